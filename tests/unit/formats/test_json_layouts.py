"""JSON in unusual encodings and layouts is read, or refused in words that help."""

import pytest
from nested_reading import chunks, inspected, recipe_for, rows

from hestia_assets.core.errors import UnreadableFileError
from hestia_assets.core.ports import Claim
from hestia_assets.formats._nested import shape as nested_shape
from hestia_assets.formats.json import FORMAT as JSON
from hestia_assets.formats.ndjson import FORMAT as NDJSON


@pytest.mark.parametrize("encoding", ["utf-32", "utf-32-le", "utf-32-be", "utf-16-le", "utf-16-be"])
def test_wide_encodings_are_understood_with_and_without_a_mark(encoding: str):
    document = '[{"a": "ä"}, {"a": "€"}]'.encode(encoding)
    lines = '{"a": "ä"}\n{"a": "€"}\n'.encode(encoding)

    assert rows(chunks(JSON, document, recipe_for(JSON, document))) == [("ä",), ("€",)]
    assert rows(chunks(NDJSON, lines, recipe_for(NDJSON, lines))) == [("ä",), ("€",)]
    assert NDJSON.claim(lines, file_name="x") is Claim.SURE


@pytest.mark.parametrize(
    "data",
    [b'{"a": 1}\r{"a": 2}\r', b'{\n  "a": 1\n}\n{\n  "a": 2\n}\n', b'{"a": 1}{"a": 2}', b"[1][2]"],
    ids=["lines that end in CR", "pretty-printed objects", "objects side by side", "lists side by side"],
)
def test_several_values_that_are_no_lines_are_refused_with_what_to_do(data: bytes):
    with pytest.raises(UnreadableFileError, match="a second value follows; several records need a list"):
        inspected(JSON, data)


@pytest.mark.parametrize("data", [b"{%s}", b"[{%s}]", b'{"a":{"b":{%s}}}'], ids=["document", "record", "inside"])
def test_a_map_with_more_keys_than_can_be_columns_is_refused_in_bounded_memory(
    data: bytes, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(nested_shape, "MOST_PATHS", 1_000)
    keys = b",".join(b'"k%d":%d' % (n, n) for n in range(2_000))

    with pytest.raises(UnreadableFileError, match="more than 1,000 different fields"):
        inspected(JSON, data % keys)
    if data.endswith(b"}"):
        with pytest.raises(UnreadableFileError, match="more than 1,000 different fields"):
            inspected(NDJSON, data % keys)
