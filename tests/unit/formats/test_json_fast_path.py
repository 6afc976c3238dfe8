"""Records read many at a time and records read one by one give the same chunks, whatever stands between them."""

import json
from io import BytesIO
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from nested_reading import chunks, inspected, recipe_for, rows

from hestia_assets.core.errors import HestiaError
from hestia_assets.core.ports import Format
from hestia_assets.core.results import TextChunk
from hestia_assets.formats._json import alike as json_alike
from hestia_assets.formats.json import FORMAT as JSON
from hestia_assets.formats.ndjson import FORMAT as NDJSON

MANY = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
ODD = [
    '{"id":1,"t":"twice","t":"x","n":2}',
    '{"n":1,"id":2,"t":"another order"}',
    '{"id":3,"t":"new","n":1,"late":true}',
    '{"id":3,"late":{"deep":1}}',
    '{"id":4,"t":"bad escape \\q","n":1}',
    '{"id":4,"t":"half \\ud83d","n":1}',
    '{"id":4,"t":"half \\ude00\\ud83d","n":1}',
    '{"id":5,"t":"list","n":[1,2.50]}',
    '{"id":5,"t":"table","n":[{"a":1}]}',
    '{"id":6,"t":null,"n":null}',
    '{"id":"text","t":7,"n":false}',
    '{"id":8,"t":"},{","n":1e5}',
    '{"id":8,"t":"},\\n{\\"id\\"","n":1E+05}',
    '{"id":8,"t":{},"n":[]}',
    '{"id":8}',
    "{}",
    '{ "id" : 9 ,\t"t":"spaces", "n" : -0.0 }',
]
BROKEN = ['{"id":10,"t":"open', '{"id":01,"t":"a","n":1}', '{"id":1.,"t":"a","n":1}', '{"id":NaN,"t":"a","n":1}', "42"]
BROKEN += [
    '{"id":1,"t":"\x01","n":1}',
    '{"id":1 "t":"a","n":1}',
    '{"id":1,"t":"a","n":1,}',
    '{"id":1}{"id":2}',
    "",
    " \r",
]
TEXTS = st.sampled_from(
    ["x", "", "Zoë", "\U0001f600", "two\nlines", 'a "b"', "\\", "1.10", "null", "}", "},{", "\x7f\x85"]
)
NUMBERS = st.sampled_from(["0", "-1", "1.10", "1e400", "12345678901234567890123", "true", "null"])


def regular(number: int, text: str, value: str, *, ascii_only: bool) -> str:
    return f'{{"id":{number},"t":{json.dumps(text, ensure_ascii=ascii_only)},"n":{value}}}'


@st.composite
def records(draw: st.DrawFn, odd: list[str]) -> list[str]:
    """Mostly alike, with anything between them."""
    values = draw(st.lists(st.tuples(TEXTS, NUMBERS), min_size=1, max_size=6))
    ascii_only = draw(st.booleans())
    count = draw(st.integers(1, 160))
    found = [regular(i, *values[i % len(values)], ascii_only=ascii_only) for i in range(count)]
    for place, text in draw(st.lists(st.tuples(st.integers(0, 160), st.sampled_from(odd)), max_size=12)):
        found.insert(min(place, len(found)), text)
    return found


def seen(read: list[TextChunk]) -> list[Any]:
    """All that a chunk tells."""
    return [
        (c.frame.rows(), c.frame.schema, c.rejects, c.account, c.start, c.end, c.original(range(c.frame.height)))
        for c in read
    ]


def outcome(form: Format, data: bytes, sample: bytes, chunk_bytes: int) -> Any:
    """The inspection of the data, and the chunks under the recipe of a sample, each or the refusal."""
    try:
        found: Any = inspected(form, data)
    except HestiaError as error:
        found = error.message
    recipe = recipe_for(form, sample).model_copy(update={"chunk_bytes": chunk_bytes})
    try:
        read = chunks(form, data, recipe)
    except HestiaError as error:
        return found, error.message
    places = [chunk.start for chunk in read[1:3]]
    again = [seen(list(form.read(BytesIO(data), recipe, start=start))) for start in places]
    return found, seen(read), again


def assert_same_with_and_without(form: Format, data: bytes, sample: bytes, chunk_bytes: int) -> None:
    fast = outcome(form, data, sample, chunk_bytes)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(json_alike, "MOST_TEMPLATES", 0)
        careful = outcome(form, data, sample, chunk_bytes)

    assert fast == careful


@MANY
@given(records([*ODD, *BROKEN]), st.sampled_from(["\n", "\r\n"]), st.sampled_from([1024, 4096, 1 << 20]), st.booleans())
def test_lines_read_many_at_a_time_are_those_read_one_by_one(found: list[str], end: str, size: int, hurt: bool):
    data = end.join(found).encode()
    data = data.replace("ë".encode(), b"\xeb", 1) if hurt else data

    assert_same_with_and_without(NDJSON, data, b'{"id":1,"t":"a","n":1}\n' * 2, size)


@MANY
@given(
    records(ODD),
    st.sampled_from([",", ", ", ",\n", "\n  ,\r\n"]),
    st.sampled_from([1024, 4096, 1 << 20]),
    st.sampled_from(["[%s]", '{"a":1,"rows":[%s],"z":[{"id":1},{"id":2}]}', "[%s,", "[%s]x"]),
)
def test_elements_read_many_at_a_time_are_those_read_one_by_one(found: list[str], comma: str, size: int, around: str):
    data = (around % comma.join(found)).encode()
    sample = (around[:-1] if around[-1] in ",x" else around).replace(
        "[%s", "[%s]"[:3]
    ) % '{"id":1,"t":"a","n":1},{"id":1}'

    assert_same_with_and_without(JSON, data, sample.rstrip(",").encode() + (b"]" if around == "[%s," else b""), size)


def test_pretty_printed_records_are_read_many_at_a_time_too():
    data = json.dumps([{"id": n, "in": {"a": "x\ny", "b": n / 4}} for n in range(200)], indent=2).encode()

    assert_same_with_and_without(JSON, data, data, 1024)
    assert rows(chunks(JSON, data, recipe_for(JSON, data)))[199] == ("199", "x\ny", "49.75")


def test_keys_that_are_sometimes_there_and_objects_inside_are_read_as_ever():
    kept = [
        {"id": n, **({"a": {"b": "x", **({"c": n} if n % 5 else {})}} if n % 3 else {}), "z": None} for n in range(300)
    ]
    data = "\n".join(json.dumps(record) for record in kept).encode()

    assert_same_with_and_without(NDJSON, data, data, 4096)


def test_wide_records_are_read_as_ever():
    data = b"\n".join(json.dumps({f"column {i}": f"v{i * n}" for i in range(120)}).encode() for n in range(100))

    assert_same_with_and_without(NDJSON, data, data, 1 << 16)


@pytest.mark.parametrize("key", ["größe", "a.b", "x[0]", 'say "x"', "\\", "", "^$|(+*?)#&-~ ", "\n"])
def test_keys_of_any_signs_are_read_as_ever(key: str):
    for ascii_only in (True, False):
        data = "\n".join(json.dumps({key: n, "t": "ü"}, ensure_ascii=ascii_only) for n in range(99)).encode()

        assert_same_with_and_without(NDJSON, data, data, 4096)
        assert len(rows(chunks(NDJSON, data, recipe_for(NDJSON, data)))) == 99


def test_a_chunk_without_any_row_after_many_alike_is_read_as_ever():
    sound = [f'{{"id":{n},"t":"x","n":1}}' for n in range(100)]
    data = "\n".join([*sound, *['{"id":1,"id":2}'] * 150]).encode()

    assert_same_with_and_without(NDJSON, data, b'{"id":1,"t":"a","n":1}', 1024)
