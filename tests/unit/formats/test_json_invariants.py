"""Whatever JSON is written and read back loses nothing; damage costs only the lines it hits."""

import json
from collections import Counter
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from nested_reading import account, chunks, inspected, recipe_for, rows

from hestia_assets.core.ports import Format
from hestia_assets.formats.json import FORMAT as JSON
from hestia_assets.formats.ndjson import FORMAT as NDJSON

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
NUMBERS = st.one_of(st.integers(), st.floats(allow_nan=False, allow_infinity=False))
SCALARS = st.one_of(TEXT, NUMBERS, st.booleans(), st.none())
KEYS = st.one_of(st.sampled_from(["id", "a", "b", "a.b", "", ".", "..", "x[]", "@id"]), TEXT)
VALUES: st.SearchStrategy[Any] = st.recursive(
    SCALARS,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(KEYS, inner, max_size=3)),
    max_leaves=8,
)
RECORDS = st.lists(st.dictionaries(KEYS, VALUES, max_size=5), min_size=1, max_size=6)


def leaves(value: object) -> Counter[str]:
    """The scalars of a value as cells show them, null left out."""
    if isinstance(value, dict):
        return sum((leaves(item) for item in value.values()), Counter())
    if isinstance(value, list):
        return sum((leaves(item) for item in value), Counter())
    if value is None:
        return Counter()
    return Counter([value if isinstance(value, str) else json.dumps(value)])


def found_leaves(form: Format, data: bytes) -> Counter[str]:
    """The scalars of all tables, keys of parents left out; lists in cells opened."""
    found = inspected(form, data)
    total: Counter[str] = Counter()
    for table in found.tables:
        recipe = recipe_for(form, data, **table.changes)
        read = chunks(form, data, recipe)
        assert account(read).balanced
        own = [i for i, column in enumerate(recipe.columns) if not column.source.startswith("..")]
        for row in rows(read):
            for index in own:
                total += cell_leaves(row[index])
    return total


def cell_leaves(cell: str | None) -> Counter[str]:
    """A cell's scalars; what looks like a list may be one, or a text: both are counted as the text is."""
    if cell is None or cell in ("[]", "{}"):
        return Counter()
    return Counter([cell])


def opened(values: Counter[str]) -> Counter[str]:
    """Texts that are JSON lists or objects, opened: on both sides alike."""
    total: Counter[str] = Counter()
    for text, count in values.items():
        try:
            value = json.loads(text, parse_float=str, parse_int=str) if text[:1] in ("[", "{") else text
        except ValueError:
            value = text
        inner = opened(leaves(value)) if isinstance(value, (dict, list)) else Counter([text])
        for leaf in inner:
            total[leaf] += inner[leaf] * count
    return total


@settings(max_examples=100, deadline=None)
@given(RECORDS)
def test_a_document_read_back_loses_nothing(records: list[dict[str, Any]]):
    data = json.dumps(records, ensure_ascii=False).encode()

    assert opened(found_leaves(JSON, data)) == opened(leaves(records))


@settings(max_examples=100, deadline=None)
@given(RECORDS)
def test_lines_read_back_lose_nothing(records: list[dict[str, Any]]):
    data = "\n".join(json.dumps(record) for record in records).encode()

    assert opened(found_leaves(NDJSON, data)) == opened(leaves(records))


@settings(max_examples=100, deadline=None)
@given(
    st.lists(st.tuples(TEXT, st.integers()), min_size=2, max_size=12),
    st.lists(st.tuples(st.integers(0, 11), st.binary(min_size=1, max_size=6)), max_size=4),
)
def test_damaged_lines_change_no_other_line(records: list[tuple[str, int]], damage: list[tuple[int, bytes]]):
    lines = [json.dumps({"t": text, "n": number}).encode() for text, number in records]
    recipe = recipe_for(NDJSON, b"\n".join(lines)).model_copy(update={"chunk_bytes": 1024})
    hurt = {index: piece.replace(b"\n", b"?") for index, piece in damage if index < len(lines)}
    damaged = [line[:3] + hurt[i] + line[3:] if i in hurt else line for i, line in enumerate(lines)]

    found = chunks(NDJSON, b"\n".join(damaged), recipe)
    by_line = {row[-2]: row[:2] for chunk in found for row in chunk.frame.rows()}

    assert account(found).balanced
    assert {line: by_line.get(line) for line in range(1, len(lines) + 1) if line - 1 not in hurt} == {
        line: (text, str(number)) for line, (text, number) in enumerate(records, 1) if line - 1 not in hurt
    }
