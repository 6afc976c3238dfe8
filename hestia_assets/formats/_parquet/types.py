"""Which type a column gets from the type that a Parquet file declares."""

from typing import TYPE_CHECKING, Any, Literal

from hestia_assets.core.results import Choice, Question, Reason
from hestia_assets.core.specs import Column, ColumnType
from hestia_assets.formats._columns import text_columns
from hestia_assets.formats._parquet.file import batches, is_too_large

if TYPE_CHECKING:
    import pyarrow as pa
    import pyarrow.parquet as pq

NAN = ("NaN",)
DECIMAL_DIGITS, DECIMAL_PLACES = 38, 18
SAMPLE_ROWS = 1000
AS_TEXT = {"text": {"options": {"binary": "text"}}, "hex": {"options": {"binary": "hex"}}}


def typed_columns(schema: "pa.Schema") -> tuple[Column, ...]:
    """Columns with the types that fit the declared ones without loss; text for all others."""
    columns = text_columns(schema.names, null_words=())
    return tuple(column.model_copy(update=_type(kind)) for column, kind in zip(columns, schema.types, strict=True))


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
    elif pa.types.is_timestamp(kind) and kind.tz:
        more = f" Moments are written in UTC; the file shows them in {kind.tz}."
    elif pa.types.is_timestamp(kind) and kind.unit == "ns":
        more = " A row with a finer value than microseconds is set aside; choose text to keep it."
    elif pa.types.is_nested(kind):
        more = " It is nested, and kept as JSON."
    elif column.type is ColumnType.TEXT and not pa.types.is_string(kind):
        more = " No narrower type here keeps it exactly."
    return Reason(column.name, column.type.value, f"The file declares {kind}.{more}"[:300])


def bytes_as(file: "pq.ParquetFile") -> tuple[Literal["text", "hex"], Question | None]:
    """How columns of bytes are shown: some writers store text in them without saying so."""
    names = [field.name for field in file.schema_arrow if _is_bytes(field.type)]
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


def _first_values(file: "pq.ParquetFile") -> list[bytes]:
    """Bytes of the first rows."""
    if not file.num_row_groups or is_too_large(file, 0):
        return []
    batch = next(batches(file, [0], SAMPLE_ROWS), None)
    columns = [] if batch is None else [column for column in batch.columns if _is_bytes(column.type)]
    return [value for column in columns for value in column.to_pylist() if value is not None]


def _is_bytes(kind: "pa.DataType") -> bool:
    import pyarrow as pa

    return pa.types.is_binary(kind) or pa.types.is_large_binary(kind) or pa.types.is_fixed_size_binary(kind)
