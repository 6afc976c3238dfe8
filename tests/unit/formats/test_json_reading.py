"""JSON documents: every value in one table, every record in its place, strict by RFC 8259."""

import codecs
from io import BytesIO

import pytest
from nested_reading import TESTDATA, account, chunks, inspected, recipe_for, rejects, rows, tables

from hestia_assets.core.errors import EmptyFileError, HeaderMismatchError, ReadError, UnreadableFileError
from hestia_assets.core.ports import Claim
from hestia_assets.core.results import LineAccount, Position
from hestia_assets.formats.json import FORMAT

ORDERS = b"""{"version": 3, "data": {"orders": [
  {"id": 7, "address": {"city": "Wien", "zip": "01010"}, "tags": ["a", 1],
   "lines": [{"sku": "x", "tax": [{"rate": 1.10}]}, {"sku": "y"}]},
  {"id": 8, "address": {"city": "Graz"}, "lines": [], "late": true}
]}}"""


def test_nested_objects_are_columns_lists_of_objects_are_tables():
    assert tables(FORMAT, ORDERS) == {
        "records": [{"version": "3"}],
        "data.orders": [
            {"id": "7", "address_city": "Wien", "address_zip": "01010", "tags": '["a", 1]', "late": None},
            {"id": "8", "address_city": "Graz", "address_zip": None, "tags": None, "late": "true"},
        ],
        "data.orders.lines": [
            {"orders_number": "1", "orders_id": "7", "sku": "x"},
            {"orders_number": "1", "orders_id": "7", "sku": "y"},
        ],
        "data.orders.lines.tax": [{"lines_number": "1", "rate": "1.10"}],
    }


def test_the_table_with_repeated_records_is_suggested_with_a_reason():
    found = inspected(FORMAT, ORDERS)

    assert found.recipe.options["record_path"] == "$.data.orders"
    assert any(reason.what == "records" and "2 records" in reason.because for reason in found.reasons)
    assert [column.source for column in found.recipe.columns][:2] == ["id", "address.city"]


def test_nested_objects_can_stay_json_text():
    data = b'[{"id": 1, "address": {"city": "Wien", "n": 1.0}, "lines": [{"sku": "x"}]}]'

    recipe = recipe_for(FORMAT, data, options={"nested": "json"})

    assert rows(chunks(FORMAT, data, recipe)) == [("1", '{"city": "Wien", "n": 1.0}', '[{"sku": "x"}]')]


@pytest.mark.parametrize(
    ("data", "names", "expected"),
    [
        (b"[]", ["value"], []),
        (b"{}", ["value"], [("{}",)]),
        (b"42", ["value"], [("42",)]),
        (b'"text"', ["value"], [("text",)]),
        (b"null", ["value"], [(None,)]),
        (b'[1, "a", null, true, [2]]', ["value"], [("1",), ("a",), (None,), ("true",), ("[2]",)]),
        (b'[1, {"a": 2}]', ["a", "value"], [(None, "1"), ("2", None)]),
    ],
)
def test_documents_without_objects_are_a_table_of_values(data: bytes, names: list[str], expected: object):
    recipe = recipe_for(FORMAT, data)
    found = chunks(FORMAT, data, recipe)

    assert [column.name for column in recipe.columns] == names
    assert rows(found) == expected
    assert account(found).balanced


def test_the_empty_text_is_a_value_and_null_is_none():
    data = b'[{"a": "", "b": null}, {"a": null, "b": ""}]'
    recipe = recipe_for(FORMAT, data)

    assert rows(chunks(FORMAT, data, recipe)) == [("", None), (None, "")]
    assert all(column.null_words == () for column in recipe.columns)


def test_keys_that_look_like_paths_do_not_meet_other_columns():
    data = rb'[{"a.b": 1, "a": {"b": 2}, "": 3, "..": 4, "x[]": 5, "\\-": 6}]'

    assert rows(chunks(FORMAT, data, recipe_for(FORMAT, data))) == [("1", "2", "3", "4", "5", "6")]


def test_records_carry_their_number_and_line():
    found = chunks(FORMAT, ORDERS, recipe_for(FORMAT, ORDERS))

    assert found[0].frame.select("_row", "_line", "_lines").rows() == [(1, 2, 1), (2, 4, 1)]
    assert account(found) == LineAccount(total=2, loaded=2)
    assert found[0].original([1])[0].startswith('{"id": 8, "address"')


def test_a_key_that_the_recipe_does_not_know_sets_its_record_aside():
    recipe = recipe_for(FORMAT, b'[{"a": 1, "b": {"c": 2}}]')

    found = chunks(FORMAT, b'[{"a": 3}, {"a": 4, "b": {"d": 5}}, {"b": {"c": 6}}]', recipe)

    assert rows(found) == [("3", None), (None, "6")]
    assert rejects(found) == [(1, "unknown_key", "b.d", '{"a": 4, "b": {"d": 5}}')]
    assert account(found) == LineAccount(total=3, loaded=2, quarantined=1)


def test_a_key_left_out_by_choice_is_no_reason():
    recipe = recipe_for(FORMAT, b'[{"a": 1}]').model_copy(update={"ignored": ("b", "c.d")})

    assert rows(chunks(FORMAT, b'[{"a": 3, "b": {"x": 1}, "c": {"d": 2}}]', recipe)) == [("3",)]


def test_a_list_of_objects_that_no_table_takes_sets_its_record_aside():
    recipe = recipe_for(FORMAT, b'[{"a": 1, "tags": [1]}]')

    found = chunks(FORMAT, b'[{"a": 1, "new": [{"b": 2}]}, {"a": 2, "tags": [{"c": 3}]}, {"a": 3}]', recipe)

    assert [reject[1:3] for reject in rejects(found)] == [("unknown_key", "new"), ("unknown_key", "tags")]
    assert rows(found) == [("3", None)]


def test_a_file_with_none_of_the_columns_is_refused():
    recipe = recipe_for(FORMAT, b'[{"a": 1}]')

    with pytest.raises(HeaderMismatchError, match="missing: a; new: b"):
        chunks(FORMAT, b'[{"b": 1}, {"b": 2}]', recipe)


def test_a_document_that_breaks_off_is_refused_with_its_place_when_inspected():
    with pytest.raises(UnreadableFileError, match="line 2, column 9"):
        inspected(FORMAT, b'[{"a": 1},\n{"a": 2,}]')


def test_a_document_that_breaks_off_later_loads_what_came_before():
    recipe = recipe_for(FORMAT, b'[{"a": 1}]')

    found = chunks(FORMAT, b'[{"a": 1},\n{"a": 2},\n{"a": oops', recipe)

    assert rows(found) == [("1",), ("2",)]
    assert rejects(found) == [(3, "not_json", None, '{"a": oops')]
    assert account(found) == LineAccount(total=3, loaded=2, quarantined=1)


def test_reading_goes_on_from_any_chunk():
    data = b'{"x": [' + b",\n".join(b'{"n": %d, "pad": "%s"}' % (n, b"y" * 90) for n in range(200)) + b'], "z": 1}'
    recipe = recipe_for(FORMAT, data).model_copy(update={"chunk_bytes": 2048})
    whole = chunks(FORMAT, data, recipe)

    for number, chunk in enumerate(whole):
        again = list(FORMAT.read(BytesIO(data), recipe, start=chunk.start))

        assert [c.frame.rows() for c in again] == [c.frame.rows() for c in whole[number:]]
    assert len(whole) > 5


def test_reading_of_a_child_table_goes_on_from_any_chunk():
    data = b"[" + b",\n".join(b'{"n": %d, "l": [{"a": 1}, {"a": %d}]}' % (n, n) for n in range(300)) + b"]"
    recipe = recipe_for(FORMAT, data, options={"record_path": "$.l"}).model_copy(update={"chunk_bytes": 1024})
    whole = chunks(FORMAT, data, recipe)

    again = list(FORMAT.read(BytesIO(data), recipe, start=whole[3].start))

    assert [c.frame.rows() for c in again] == [c.frame.rows() for c in whole[3:]]


def test_bytes_that_are_no_text_set_only_their_record_aside():
    data = b'[{"a": "good"}, {"a": "b\xff"}, {"a": "\\ud800"}, {"a": "\\ud83d\\ude00"}]'

    found = chunks(FORMAT, data, recipe_for(FORMAT, data))

    assert rows(found) == [("good",), ("😀",)]
    assert [reject[1] for reject in rejects(found)] == ["not_text", "not_text"]
    assert rejects(found)[0][3] == '{"a": "b\\xff"}'


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_marks_and_utf_16_are_understood(encoding: str):
    data = '[{"größe": "10 €"}]'.encode(encoding)

    assert FORMAT.claim(data, file_name="x") is Claim.SURE
    assert rows(chunks(FORMAT, data, recipe_for(FORMAT, data))) == [("10 €",)]


def test_a_hundred_thousand_brackets_are_refused_cleanly():
    for data in (b"[" * 100_000, b'{"a":' * 100_000, b"[" * 100_000 + b"]" * 100_000):
        with pytest.raises(UnreadableFileError, match=r"nested too deeply|ends here"):
            inspected(FORMAT, data)


def test_nothing_but_space_is_empty():
    with pytest.raises(EmptyFileError):
        inspected(FORMAT, b" \n\t")


def test_a_record_longer_than_a_block_is_read_whole():
    data = b'[{"a": "%s"}, {"a": "x"}]' % (b"long " * 600_000)

    found = rows(chunks(FORMAT, data, recipe_for(FORMAT, data)))

    assert [len(row[0] or "") for row in found] == [3_000_000, 1]


@pytest.mark.parametrize(
    ("head", "name", "claim"),
    [
        (b" [1]", "x.csv", Claim.SURE),
        (b'{"a": 1}', "x", Claim.SURE),
        (b'{"a": 1}\n{"a": 2}\n', "x.json", Claim.NO),
        (b'{"a": 1}\n', "x.jsonl", Claim.NO),
        (b"42", "x.json", Claim.NAMED),
        (b"42", "x.txt", Claim.NO),
        (b'{"a":\n{"b": 1}\n}', "x.txt", Claim.SURE),
    ],
)
def test_content_decides_whether_it_is_a_document(head: bytes, name: str, claim: Claim):
    assert FORMAT.claim(head, file_name=name) is claim


@pytest.mark.skipif(not TESTDATA.exists(), reason="the shared test data are not here")
def test_the_json_test_suite_is_judged_as_its_names_say():
    wrong: list[str] = []
    for path in sorted((TESTDATA / "json_parse").iterdir()):
        try:
            chunks(FORMAT, path.read_bytes(), inspected(FORMAT, path.read_bytes(), file_name=path.name).recipe)
        except ReadError:
            wrong += [path.name] if path.name.startswith("y_") else []
        else:
            wrong += [path.name] if path.name.startswith("n_") else []

    assert wrong == []


def test_the_mark_of_utf_8_alone_is_an_empty_file():
    with pytest.raises(EmptyFileError):
        inspected(FORMAT, codecs.BOM_UTF8)


def test_positions_count_bytes():
    data = '[{"a": "€"}, {"a": "€"}]'.encode()

    found = chunks(FORMAT, data, recipe_for(FORMAT, data))

    assert found[-1].end == Position(len(data), 1, 3)
