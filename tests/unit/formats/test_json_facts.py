"""What the usual JSON readers lose or change in silence (FACTS 11 to 14, 36): kept, or set aside with its line."""

import pytest
from nested_reading import account, chunks, recipe_for, rejects, rows

from hestia_assets.formats.json import FORMAT as JSON
from hestia_assets.formats.ndjson import FORMAT as NDJSON


def test_a_key_first_seen_in_the_last_of_thousands_of_lines_keeps_its_values():
    data = b"".join(b'{"id": %d}\n' % n for n in range(3000)) + b'{"id": 3000, "late": "here"}\n'

    recipe = recipe_for(NDJSON, data)
    found = rows(chunks(NDJSON, data, recipe))

    assert [column.source for column in recipe.columns] == ["id", "late"]
    assert (found[-1], found[0], len(found)) == (("3000", "here"), ("0", None), 3001)


def test_a_key_first_seen_in_the_last_element_of_a_list_keeps_its_values():
    data = b"[" + b"".join(b'{"id": %d},\n' % n for n in range(3000)) + b'{"id": 3000, "late": "here"}]'

    found = rows(chunks(JSON, data, recipe_for(JSON, data)))

    assert (found[-1], len(found)) == (("3000", "here"), 3001)


@pytest.mark.parametrize("number", ["12300000000000000000001", "-9223372036854775809", "1" * 5000])
def test_integers_of_any_size_are_exact(number: str):
    for form, data in [(JSON, f'[{{"n": {number}}}]'), (NDJSON, f'{{"n": {number}}}\n')]:
        found = chunks(form, data.encode(), recipe_for(form, data.encode()))

        assert rows(found) == [(number,)]


@pytest.mark.parametrize("number", ["1.10", "0.1000000000000000055", "1E400", "-0", "1e-7", "100.00"])
def test_decimals_stay_as_they_are_written(number: str):
    for form, data in [(JSON, f'[{{"price": {number}}}]'), (NDJSON, f'{{"price": {number}}}\n')]:
        found = chunks(form, data.encode(), recipe_for(form, data.encode()))

        assert rows(found) == [(number,)]


def test_numbers_in_lists_stay_as_they_are_written():
    data = b'[{"prices": [1.10, 12300000000000000000001, "x"]}]'

    assert rows(chunks(JSON, data, recipe_for(JSON, data))) == [('[1.10, 12300000000000000000001, "x"]',)]


def test_a_record_with_a_key_twice_is_set_aside_with_its_line_and_text():
    lines = ['{"id": 1, "name": "a"}', '{"id": 2, "name": "b", "name": "c"}', '{"id": 3, "name": "d"}']
    for form, text in [(JSON, "[" + ",\n".join(lines) + "]"), (NDJSON, "\n".join(lines))]:
        found = chunks(form, text.encode(), recipe_for(form, text.encode()))

        assert rows(found) == [("1", "a"), ("3", "d")]
        assert rejects(found) == [(2, "duplicate_key", "name", lines[1])]
        assert account(found).balanced


def test_an_empty_object_is_a_row_and_does_not_vanish():
    data = b'{"a": 1}\n{}\n{"a": 2}\n'

    found = chunks(NDJSON, data, recipe_for(NDJSON, data))

    assert rows(found) == [("1",), (None,), ("2",)]
    assert account(found).loaded == 3
