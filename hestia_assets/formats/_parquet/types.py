"""Which type a column gets from the type that a Parquet file declares."""

from typing import TYPE_CHECKING, Any, Literal

import polars as pl

from hestia_assets.core.results import Choice, Question, Reason
from hestia_assets.core.specs import Column, ColumnType
from hestia_assets.formats._columns import text_columns
from hestia_assets.formats._parquet.file import OpenFile, batches

if TYPE_CHECKING:
    import pyarrow as pa

NAN = ("NaN",)
DECIMAL_DIGITS, DECIMAL_PLACES = 38, 18
SAMPLE_ROWS = 1000
LOOK_ROWS = 262_144
AS_TEXT = {"text": {"options": {"binary": "text"}}, "hex": {"options": {"binary": "hex"}}}


def typed_columns(file: OpenFile) -> tuple[Column, ...]:
    """Columns with the types that fit the declared ones without loss; text for all others.

    Raises:
        UnreadableFileError: a page of a column of nanoseconds is damaged.
    """
    columns = text_columns(file.schema.names, null_words=())
    finer = _finer_than_microseconds(file)
    return tuple(
        column if number in finer else column.model_copy(update=_type(kind))
        for number, (column, kind) in enumerate(zip(columns, file.schema.types, strict=True))
    )


def _finer_than_microseconds(file: OpenFile) -> set[int]:
    """Columns of timestamps in nanoseconds that use them: a timestamp here would lose the last three digits.

    Most writers declare nanoseconds and never use them, so the values are looked at: the first that does is enough.
    """
    import pyarrow as pa

    declared = [n for n, kind in enumerate(file.schema.types) if pa.types.is_timestamp(kind) and kind.unit == "ns"]
    names = file.schema.names
    return {number for number in declared if names.count(names[number]) > 1 or _has_finer(file, names[number])}


def _has_finer(file: OpenFile, name: str) -> bool:
    import pyarrow as pa

    groups = [number for number in file.groups if not file.is_too_large(number)]
    for batch in batches(file, groups, LOOK_ROWS, columns=[name]) if groups else ():
        counts = pl.Series(batch.column(0).cast(pa.int64()), dtype=pl.Int64)
        if (counts % 1000 != 0).any():
            return True
    return False


def _type(kind: "pa.DataType") -> dict[str, Any]:
    import pyarrow as pa

    exact = pa.types.is_decimal(kind) and kind.precision <= DECIMAL_DIGITS and 0 <= kind.scale <= DECIMAL_PLACES
    zone = "Z" if pa.types.is_timestamp(kind) and kind.tz else ""
    fits: tuple[tuple[bool, dict[str, Any]], ...] = (
        (pa.types.is_uint64(kind), {"type": ColumnType.DECIMAL, "scale": 0}),
        (pa.types.is_integer(kind), {"type": ColumnType.INTEGER}),
        (pa.types.is_floating(kind), {"type": ColumnType.FLOAT, "null_words": NAN}),
        (pa.types.is_boolean(kind), {"type": ColumnType.BOOLEAN, "format": "true|false"}),
        (exact, {"type": ColumnType.DECIMAL, "scale": kind.scale if exact else 0}),
        (pa.types.is_date(kind), {"type": ColumnType.DATE, "format": "%Y-%m-%d"}),
        (pa.types.is_timestamp(kind), {"type": ColumnType.TIMESTAMP, "format": f"%Y-%m-%d %H:%M:%S%.f{zone}"}),
    )
    return next((values for is_so, values in fits if is_so), {})


def why(column: Column, kind: "pa.DataType") -> Reason:
    """The declared type, and what is not obvious about the one it becomes."""
    import pyarrow as pa

    more = ""
    if column.null_words == NAN:
        more = " NaN stays in the imported text and counts as no value."
    elif column.type is ColumnType.TEXT and pa.types.is_timestamp(kind):
        more = " Some values are finer than a microsecond, as a timestamp can keep it; text keeps every digit."
    elif pa.types.is_timestamp(kind) and kind.tz:
        more = f" Moments are written in UTC; the file shows them in {kind.tz}."
    elif pa.types.is_timestamp(kind) and kind.unit == "ns":
        more = " No value is finer than a microsecond; a later one that is would be set aside."
    elif pa.types.is_nested(kind):
        more = " It is nested, and kept as JSON."
    elif column.type is ColumnType.TEXT and not pa.types.is_string(kind):
        more = " No narrower type here keeps it exactly."
    return Reason(column.name, column.type.value, f"The file declares {kind}.{more}"[:300])


def bytes_as(file: OpenFile) -> tuple[Literal["text", "hex"], Question | None]:
    """How columns of bytes are shown: some writers store text in them without saying so."""
    names = [field.name for field in file.schema if _is_bytes(field.type)]
    if not names:
        return "hex", None
    values = _first_values(file)
    texts = [value.decode("utf-8", "replace") for value in values]
    if not texts or any("\ufffd" in text or not text.isprintable() for text in texts):
        return "hex", None
    named = ", ".join(f"'{name}'" for name in names[:5])
    shown = tuple((text, value.hex()) for text, value in zip(texts[:3], values[:3], strict=True))
    header = ("as text", "in hex")
    choices = (
        Choice("text", "All bytes seen are printable UTF-8.", AS_TEXT["text"], header, shown),
        Choice("hex", "Bytes that are no text keep their exact value.", AS_TEXT["hex"], header, shown),
    )
    return "text", Question("binary", f"Are the bytes in {named} text?", choices)


def _first_values(file: OpenFile) -> list[bytes]:
    """Bytes of the first rows."""
    if not file.groups or file.is_too_large(0):
        return []
    batch = next(batches(file, [0], SAMPLE_ROWS), None)
    columns = [] if batch is None else [column for column in batch.columns if _is_bytes(column.type)]
    return [value for column in columns for value in column.to_pylist() if value is not None]


def _is_bytes(kind: "pa.DataType") -> bool:
    import pyarrow as pa

    return pa.types.is_binary(kind) or pa.types.is_large_binary(kind) or pa.types.is_fixed_size_binary(kind)
