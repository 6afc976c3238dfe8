"""JSON lines: a line that is no object costs only itself; physical lines are counted exactly."""

from io import BytesIO

import pytest
from nested_reading import account, chunks, inspected, recipe_for, rejects, rows, tables

from hestia_assets.core.errors import EmptyFileError, HeaderMismatchError, UnreadableFileError
from hestia_assets.core.ports import Claim
from hestia_assets.core.results import LineAccount
from hestia_assets.formats import ndjson
from hestia_assets.formats.ndjson import FORMAT


def test_blank_lines_and_line_ends_are_counted():
    data = b'\n{"a": 1}\r\n \t\r\n{"a": 2}'

    found = chunks(FORMAT, data, recipe_for(FORMAT, data))

    assert rows(found) == [("1",), ("2",)]
    assert found[0].frame.select("_row", "_line", "_lines").rows() == [(1, 2, 1), (2, 4, 1)]
    assert account(found) == LineAccount(total=4, blank=2, loaded=2)


@pytest.mark.parametrize(
    "bad",
    ['{"a": 1', "[1]", "42", '{"a": 1} {"a": 2}', '{"a": NaN}', "{'a': 1}", '{"a": 01}', '{"a": "\0"}', "oops"],
)
def test_a_line_that_is_no_object_is_set_aside_with_its_line_and_text(bad: str):
    data = f'{{"a": 1}}\n{bad}\n{{"a": 3}}\n'.encode()

    found = chunks(FORMAT, data, recipe_for(FORMAT, data))

    assert rows(found) == [("1",), ("3",)]
    assert rejects(found) == [(2, "not_json", None, bad)]
    assert account(found) == LineAccount(total=3, loaded=2, quarantined=1)


def test_a_message_tells_the_column_and_what_is_wrong():
    data = b'{"a": 1}\n{"a": 1,}\n'

    (reject,) = chunks(FORMAT, data, recipe_for(FORMAT, data))[0].rejects

    assert reject.message == "The line is no JSON: column 9: a name in double quotes is expected here."


def test_bytes_that_are_no_text_set_only_their_line_aside():
    data = b'{"a": "x"}\n{"a": "\xe4"}\n{"a": "y"}\n'

    found = chunks(FORMAT, data, recipe_for(FORMAT, data))

    assert rows(found) == [("x",), ("y",)]
    assert rejects(found) == [(2, "not_text", None, '{"a": "\\xe4"}')]


def test_lists_of_objects_are_tables_whose_lines_are_accounted():
    data = b'{"id": 1, "l": [{"a": 1}, {"a": 2}]}\n{"id": 2}\n{"id": 3, "l": [{"a": 3}]}\n'

    found = tables(FORMAT, data)
    child = chunks(FORMAT, data, recipe_for(FORMAT, data, options={"record_path": "$.l"}))

    assert found["records"] == [{"id": "1"}, {"id": "2"}, {"id": "3"}]
    assert [(row["record_number"], row["record_id"], row["a"]) for row in found["l"]] == [
        ("1", "1", "1"),
        ("1", "1", "2"),
        ("3", "3", "3"),
    ]
    assert child[0].frame.select("_row", "_line", "_lines").rows() == [(1, 1, 1), (2, 1, 0), (3, 3, 1)]
    assert account(child) == LineAccount(total=3, loaded=2, skipped=1)


@pytest.mark.parametrize("path", ["$", "$.l"])
def test_reading_goes_on_from_any_chunk(path: str):
    data = b"\n".join(b'{"n": %d, "l": [{"a": 1}, {"a": %d}]}' % (n, n) for n in range(300))
    recipe = recipe_for(FORMAT, data, options={"record_path": path}).model_copy(update={"chunk_bytes": 1024})
    whole = chunks(FORMAT, data, recipe)

    again = list(FORMAT.read(BytesIO(data), recipe, start=whole[3].start))

    assert [row for c in again for row in c.frame.rows()] == [row for c in whole[3:] for row in c.frame.rows()]
    assert account(whole).total == 300
    assert account(whole).balanced


def test_a_key_that_the_recipe_does_not_know_sets_its_line_aside():
    recipe = recipe_for(FORMAT, b'{"a": 1}\n')

    found = chunks(FORMAT, b'{"a": 2}\n{"a": 3, "b": 4}\n', recipe)

    assert rows(found) == [("2",)]
    assert rejects(found) == [(2, "unknown_key", "b", '{"a": 3, "b": 4}')]


def test_a_file_with_none_of_the_columns_is_refused():
    with pytest.raises(HeaderMismatchError):
        chunks(FORMAT, b'{"b": 1}\n{"b": 2}\n', recipe_for(FORMAT, b'{"a": 1}\n'))


def test_a_line_larger_than_the_limit_is_refused_in_bounded_memory(monkeypatch: pytest.MonkeyPatch):
    recipe = recipe_for(FORMAT, b'{"a": 1}\n').model_copy(update={"chunk_bytes": 1024})
    monkeypatch.setattr(ndjson, "RECORD_LIMIT", 10_000)

    with pytest.raises(UnreadableFileError, match="longer than"):
        chunks(FORMAT, b'{"a": "%s"}\n' % (b"x" * 50_000), recipe)


def test_the_last_line_has_the_same_limit_and_short_lines_together_have_none(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(ndjson, "RECORD_LIMIT", 10_000)

    with pytest.raises(UnreadableFileError, match="longer than"):
        inspected(FORMAT, b'{"a": 1}\n{"a": "%s"}' % (b"x" * 50_000))
    assert len(rows(chunks(FORMAT, b'{"a": 12345}\n' * 2_000, recipe_for(FORMAT, b'{"a": 1}\n')))) == 2_000


def test_a_file_without_any_object_is_refused():
    with pytest.raises(UnreadableFileError, match="No line"):
        inspected(FORMAT, b"[1]\n[2]\n")
    with pytest.raises(EmptyFileError):
        inspected(FORMAT, b"\n\n")


@pytest.mark.parametrize(
    ("head", "name", "claim"),
    [
        (b'{"a": 1}\n{"a": 2}\n', "x.json", Claim.SURE),
        (b'{"a": 1}\n\n{"a": 2}\n', "x", Claim.SURE),
        (b'{"a": oops}\n{"a": 2}\n', "x.json", Claim.SURE),
        (b'{"a": 1}\n', "x.jsonl", Claim.SURE),
        (b'{"a": 1}\n', "x.json", Claim.NO),
        (b'{\n"a": 1}\n', "x.json", Claim.NO),
        (b'{"a": "' + b"x" * 70_000, "x", Claim.NAMED),
        (b"oops", "x.ndjson", Claim.NAMED),
    ],
)
def test_content_decides_whether_it_is_lines(head: bytes, name: str, claim: Claim):
    assert FORMAT.claim(head, file_name=name) is claim


def test_utf_16_lines_are_understood():
    data = '{"a": "ä"}\n{"a": "€"}\n'.encode("utf-16")

    assert rows(chunks(FORMAT, data, recipe_for(FORMAT, data))) == [("ä",), ("€",)]
