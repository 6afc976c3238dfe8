"""Parquet: what was stored can be told from the text, digit for digit, and typing gives it back."""

import datetime as dt
import io
import json
import struct
from contextlib import suppress
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from judging import rule_validator

from hestia_assets.core.errors import UnreadableFileError
from hestia_assets.core.results import Position, TextChunk
from hestia_assets.core.specs import ColumnType, Recipe
from hestia_assets.formats.parquet import FORMAT

FIRST, LAST = dt.datetime.fromisoformat("1000-01-01"), dt.datetime.fromisoformat("9999-12-31")
EPOCH = dt.datetime.fromisoformat("1970-01-01")
QUICK = settings(max_examples=60, deadline=None)


def stored(table: pa.Table, **options: Any) -> bytes:
    target = io.BytesIO()
    pq.write_table(table, target, **options)
    return target.getvalue()


def recipe_of(data: bytes) -> Recipe:
    return FORMAT.inspect(io.BytesIO(data), file_name="t.parquet").recipe


def read(data: bytes, recipe: Recipe | None = None) -> list[TextChunk]:
    return list(FORMAT.read(io.BytesIO(data), recipe or recipe_of(data)))


def texts(values: list[Any], kind: pa.DataType) -> list[str | None]:
    data = stored(pa.table({"v": pa.array(values, kind)}))
    return [text for chunk in read(data) for text in chunk.frame["v"].to_list()]


def typed(values: list[Any], kind: pa.DataType) -> list[Any]:
    data = stored(pa.table({"v": pa.array(values, kind)}))
    recipe = recipe_of(data)
    judgements = [rule_validator().judge(chunk.frame, recipe.columns, ()) for chunk in read(data)]
    assert all(judgement.failures.is_empty() for judgement in judgements)
    return [value for judgement in judgements for value in judgement.typed["v"].to_list()]


@pytest.mark.parametrize(
    ("kind", "values"),
    [
        (pa.int8(), st.integers(-128, 127)),
        (pa.int64(), st.integers(-(2**63), 2**63 - 1)),
        (pa.uint64(), st.integers(0, 2**64 - 1)),
        (pa.float64(), st.floats(allow_nan=False, allow_infinity=False)),
        (pa.bool_(), st.booleans()),
        (pa.date32(), st.dates(dt.date(1000, 1, 1), dt.date(9999, 12, 31))),
        (pa.timestamp("us"), st.datetimes(FIRST, LAST)),
        (pa.timestamp("ms"), st.datetimes(FIRST, LAST).map(
            lambda at: at.replace(microsecond=at.microsecond // 1000 * 1000))),
        (pa.string(), st.text(st.characters(exclude_categories=["Cs"])).filter(bool)),
    ],
    ids=str,
)  # fmt: skip
def test_a_value_typed_from_its_text_is_the_value_that_was_stored(kind: pa.DataType, values: st.SearchStrategy[Any]):
    @QUICK
    @given(st.lists(st.none() | values, min_size=1, max_size=20))
    def check(column: list[Any]):
        assert typed(column, kind) == column

    check()


@QUICK
@given(st.integers(0, 18).flatmap(lambda scale: st.tuples(st.just(scale), st.integers(-(10**30), 10**30))))
def test_decimals_keep_every_digit(case: tuple[int, int]):
    scale, digits = case
    value = Decimal((int(digits < 0), tuple(map(int, str(abs(digits)))), -scale))

    assert typed([value], pa.decimal128(38, scale)) == [value]
    assert texts([value], pa.decimal128(38, scale)) == [format(value, "f")]


@QUICK
@given(st.integers(-(2**63), 2**63 - 1))
def test_nanoseconds_can_be_told_from_the_text(count: int):
    (text,) = texts([count], pa.timestamp("ns"))

    assert text is not None
    day, _, clock = text.partition(" ")
    whole, _, fraction = clock.partition(".")
    seconds = (dt.datetime.fromisoformat(f"{day} {whole}") - EPOCH) // dt.timedelta(seconds=1)
    assert seconds * 10**9 + int(fraction.ljust(9, "0") or 0) == count


@QUICK
@given(st.integers(0, 2**32 - 1))
def test_floats_of_32_bits_come_back_bit_for_bit(bits: int):
    (value,) = struct.unpack("<f", struct.pack("<I", bits))
    if value != value or value in (float("inf"), -float("inf")):  # noqa: PLR0124 - NaN
        return

    (text,) = texts([value], pa.float32())

    assert text is not None
    assert struct.unpack("<I", struct.pack("<f", float(text)))[0] == bits


@pytest.mark.parametrize(
    ("kind", "value", "text"),
    [
        (pa.decimal128(5, 2), Decimal("1.10"), "1.10"),
        (pa.decimal128(20, 12), Decimal("0.000000000001"), "0.000000000001"),
        (pa.float64(), 1e16, "1e+16"),
        (pa.float64(), float("nan"), "NaN"),
        (pa.float16(), 0.5, "0.5"),
        (pa.time64("us"), dt.time(8, 30), "08:30:00"),
        (pa.time64("us"), dt.time(8, 30, 0, 5), "08:30:00.000005"),
        (pa.timestamp("us"), dt.datetime.fromisoformat("2024-12-31"), "2024-12-31 00:00:00"),
        (pa.timestamp("us", "Europe/Berlin"), dt.datetime(2024, 12, 31, 8, 30, tzinfo=dt.UTC), "2024-12-31 08:30:00Z"),
        (pa.timestamp("us"), 2**62, "4611686018427387904 us after 1970-01-01"),
        (pa.date32(), 10**8, "100000000 days after 1970-01-01"),
        (pa.duration("ms"), dt.timedelta(seconds=-90, milliseconds=-500), "-PT90.5S"),
        (pa.binary(), b"\x00\xff", "00ff"),
        (pa.binary(4), b"\x00\x01\x02\x03", "00010203"),
        (pa.list_(pa.int32()), [1, None, 3], "[1, null, 3]"),
        (pa.list_(pa.string()), [], "[]"),
        (pa.struct([("a", pa.string()), ("b", pa.float64())]), {"a": 'q"', "b": 1.5}, '{"a": "q\\"", "b": 1.5}'),
        (pa.map_(pa.string(), pa.int32()), [("a", 1), ("b", None)], '{"a": 1, "b": null}'),
        (pa.map_(pa.string(), pa.int32()), [("a", 1), ("a", 2)], '[["a", 1], ["a", 2]]'),
        (pa.list_(pa.decimal128(5, 2)), [Decimal("1.10")], "[1.10]"),
    ],
    ids=str,
)
def test_values_are_written_so(kind: pa.DataType, value: object, text: str):
    assert texts([value, None], kind) == [text, None]


@QUICK
@given(st.lists(st.none() | st.lists(st.none() | st.lists(st.none() | st.integers(-9, 9)), max_size=4), min_size=1))
def test_nested_lists_are_the_json_of_what_was_stored(values: list[Any]):
    found = texts(values, pa.list_(pa.list_(pa.int64())))

    assert [None if text is None else json.loads(text) for text in found] == values


@QUICK
@given(
    st.lists(st.none() | st.fixed_dictionaries({"a": st.none() | st.text(st.characters(exclude_categories=["Cs"]))})),
    st.integers(1, 7),
)
def test_nested_values_are_the_same_however_rows_are_grouped(values: list[Any], group: int):
    kind = pa.list_(pa.struct([("a", pa.string())]))
    column = [None if value is None else [value, None] for value in values]
    data = stored(pa.table({"v": pa.array(column, kind)}), row_group_size=group)

    found = [text for chunk in read(data) for text in chunk.frame["v"].to_list()]

    assert [None if text is None else json.loads(text) for text in found] == column


def test_types_are_those_that_the_file_declares_and_never_guessed():
    table = pa.table({
        "number_like": ["1", "2"],
        "small": pa.array([1, 2], pa.int8()),
        "price": pa.array([Decimal("1.10"), None], pa.decimal128(9, 2)),
        "at": pa.array([0, 1], pa.timestamp("us", "UTC")),
        "clock": pa.array([0, 1], pa.time32("s")),
    })  # fmt: skip

    columns = recipe_of(stored(table)).columns

    kinds = [ColumnType.TEXT, ColumnType.INTEGER, ColumnType.DECIMAL, ColumnType.TIMESTAMP, ColumnType.TEXT]
    assert [column.type for column in columns] == kinds
    assert columns[2].scale == 2


def test_old_timestamps_of_any_year_are_right_and_what_is_not_read_of_them_is_named():
    late = dt.datetime.fromisoformat("9999-12-31 23:59:59")
    data = stored(pa.table({"at": pa.array([late], pa.timestamp("us"))}), use_deprecated_int96_timestamps=True)

    notes = FORMAT.inspect(io.BytesIO(data), file_name="t.parquet").notes

    assert read(data)[0].frame["at"].to_list() == ["9999-12-31 23:59:59"]
    assert [(note.what, note.places) for note in notes] == [("INT96 timestamps", ("at",))]


def test_columns_of_the_same_name_are_all_read():
    table = pa.Table.from_arrays([pa.array([1]), pa.array([2]), pa.array([3])], names=["a", "a", ""])
    data = stored(table)

    (chunk,) = read(data)

    assert [column.name for column in recipe_of(data).columns] == ["a", "a_2", "column_3"]
    assert chunk.frame.row(0)[:3] == ("1", "2", "3")


def test_thousands_of_tiny_row_groups_are_few_chunks_and_reading_goes_on_among_them():
    data = stored(pa.table({"n": list(range(3000))}), row_group_size=1)
    recipe = FORMAT.inspect(io.BytesIO(data), file_name="n.parquet").recipe.model_copy(update={"chunk_bytes": 65536})

    chunks = list(FORMAT.read(io.BytesIO(data), recipe))
    again = list(FORMAT.read(io.BytesIO(data), recipe, start=chunks[0].end))

    assert len(chunks) < 10
    assert [row for chunk in chunks for row in chunk.frame["n"]] == [str(n) for n in range(3000)]
    assert [row for chunk in again for row in chunk.frame["n"]] == [str(n) for n in range(chunks[0].end.row - 1, 3000)]
    assert all(chunk.account.balanced for chunk in chunks)


def test_reading_goes_on_inside_a_row_group():
    data = stored(pa.table({"n": list(range(5000)), "t": ["some text"] * 5000}), row_group_size=3000)
    recipe = recipe_of(data).model_copy(update={"chunk_bytes": 4096})
    chunks = read(data, recipe)

    again = list(FORMAT.read(io.BytesIO(data), recipe, start=chunks[3].end))

    numbers = [n for chunk in [*chunks[:4], *again] for n in chunk.frame["n"].to_list()]
    assert numbers == [str(n) for n in range(5000)]
    assert chunks[-1].end == Position(len(data), 5001, 5001)


def test_bytes_that_a_writer_called_text_set_only_their_row_aside():
    column = pa.array([b"good", b"\xff\xfe", b"fine"], pa.binary())
    data = bytearray(stored(pa.table({"t": column.view(pa.binary())})))
    recipe = recipe_of(bytes(data)).model_copy(update={"options": {"binary": "text"}})

    (chunk,) = read(bytes(data), recipe)

    assert chunk.frame["t"].to_list() == ["good", "fine"]
    assert [(reject.row, reject.column, reject.value) for reject in chunk.rejects] == [(2, "t", "fffe")]
    assert chunk.account.balanced


def test_bytes_that_look_like_text_are_asked_about_with_both_readings():
    data = stored(pa.table({"raw": [b"abc", b"def"]}))

    inspection = FORMAT.inspect(io.BytesIO(data), file_name="t.parquet")

    (question,) = inspection.questions
    assert question.choices[question.chosen].label == "text"
    assert question.choices[0].sample[0] == ("abc", "616263")


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        (lambda data: data[: len(data) // 2], "cut off"),
        (lambda data: data[:-4] + b"XXXX", "cut off"),
        (lambda data: data[:-8] + b"\xff\xff\xff\x7fPAR1", "damaged"),
        (lambda data: data[:-4] + b"PARE", "encrypted"),
        (lambda data: b"PARE" + data[4:], "encrypted"),
        (lambda data: data[4:], "no Parquet file"),
        (lambda _: b"PAR1", "cut off"),
    ],
)
def test_a_damaged_file_is_told_apart(damage: Any, words: str):
    data = stored(pa.table({"n": list(range(100))}))

    with pytest.raises(UnreadableFileError, match=words):
        read(damage(data))


def test_a_page_that_was_changed_is_noticed_when_it_has_a_checksum():
    data = bytearray(stored(pa.table({"n": list(range(1000))}), write_page_checksum=True, compression="none"))
    data[200] ^= 1

    with pytest.raises(UnreadableFileError, match="damaged"):
        read(bytes(data))


def test_a_file_without_rows_has_columns_and_no_chunk_of_rows():
    data = stored(pa.table({"n": pa.array([], pa.int64())}))

    assert [column.name for column in recipe_of(data).columns] == ["n"]
    assert sum(chunk.frame.height for chunk in read(data)) == 0


def test_values_too_large_to_unpack_are_set_aside_and_never_unpacked():
    table = pa.table({"small": ["x"], "big": ["y" * (70 * 1024 * 1024)]})
    data = stored(table, compression="zstd", use_dictionary=False)

    (chunk,) = read(data)

    assert chunk.frame.height == 0
    assert [reject.rule for reject in chunk.rejects] == ["too_large"]
    assert "big" in chunk.rejects[0].message
    assert chunk.account.balanced


@pytest.mark.parametrize(
    ("count", "kind"), [(1_700_000_000_123_456_789, "text"), (1_700_000_000_123_456_000, "timestamp")]
)
@pytest.mark.parametrize("zone", [None, "Europe/Berlin"])
def test_nanoseconds_are_suggested_as_text_only_where_they_are_used(count: int, kind: str, zone: str | None):
    values = pa.array([None, 0, count], pa.timestamp("ns", zone))
    inspection = FORMAT.inspect(io.BytesIO(stored(pa.table({"v": values}))), file_name="t.parquet")
    assert inspection.recipe.columns[0].type.value == kind
    assert "microsecond" in inspection.reasons[1].because or zone


def test_a_damaged_description_of_a_column_is_refused_and_does_not_end_the_process():
    data = stored(pa.table({"v": [1, 2, 3]}))
    start = len(data) - 8 - int.from_bytes(data[-8:-4], "little")
    for at in range(start, len(data) - 8):
        damaged = bytearray(data)
        damaged[at] ^= 1
        with suppress(UnreadableFileError):
            read(bytes(damaged))
