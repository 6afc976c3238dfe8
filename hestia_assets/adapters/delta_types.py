"""Types of a Delta table in Polars' words: what can be kept, and as what."""

import polars as pl
from deltalake import DeltaTable, Schema

from hestia_assets.core.errors import SchemaConflictError, TableError

WIDENED: dict[type[pl.DataType], pl.DataType] = {
    pl.UInt8: pl.Int16(),
    pl.UInt16: pl.Int32(),
    pl.UInt32: pl.Int64(),
    pl.UInt64: pl.Decimal(20, 0),
    pl.Int128: pl.Decimal(38, 0),
    pl.Categorical: pl.String(),
    pl.Enum: pl.String(),
    pl.Null: pl.String(),
}
"""Types without a counterpart in Delta, and the smallest one that holds all their values."""

KEPT = (
    pl.Int8, pl.Int16, pl.Int32, pl.Int64, pl.Float32, pl.Float64, pl.Boolean, pl.String, pl.Binary, pl.Date,
    pl.Decimal,
)  # fmt: skip


def storable(schema: pl.Schema, *, table: str) -> pl.Schema:
    """The types under which a table keeps these columns.

    Raises:
        TableError: a column has a type that Delta cannot keep, or two columns share a name.
    """
    seen: dict[str, str] = {}
    for name in schema:
        other = seen.setdefault(name.lower(), name)
        if other != name:
            raise TableError(
                f"{table} would have a column '{other}' and a column '{name}'.", hint="Rename one of them."
            )
    return pl.Schema({name: _kept(dtype, column=name, table=table) for name, dtype in schema.items()})


def _kept(dtype: pl.DataType, *, column: str, table: str) -> pl.DataType:
    if isinstance(dtype, pl.Datetime):
        return pl.Datetime("us", "UTC" if dtype.time_zone else None)
    if isinstance(dtype, pl.List | pl.Array):
        return pl.List(_kept(_instance(dtype.inner), column=column, table=table))
    if isinstance(dtype, pl.Struct):
        names = [(field.name, _kept(_instance(field.dtype), column=column, table=table)) for field in dtype.fields]
        return pl.Struct([pl.Field(name, kept) for name, kept in names])
    if isinstance(dtype, KEPT):
        return dtype
    widened = WIDENED.get(type(dtype))
    if widened is None:
        raise TableError(
            f"Column '{column}' of {table} would hold {dtype}, which a table cannot keep.",
            hint="Turn it into text or a number first.",
        )
    return widened


def _instance(dtype: object) -> pl.DataType:
    return dtype() if isinstance(dtype, type) else dtype  # pyright: ignore[reportReturnType]  # polars allows both


def cast(frame: pl.DataFrame, *, table: str) -> pl.DataFrame:
    """The rows in storable types. Raises TableError."""
    return frame.cast(dict(storable(frame.schema, table=table)))  # pyright: ignore[reportArgumentType] - a schema is a mapping


def has_local_times(dtype: pl.DataType) -> bool:
    """Whether there are times without a zone inside, for which Delta wants a table feature."""
    if isinstance(dtype, pl.Datetime):
        return dtype.time_zone is None
    if isinstance(dtype, pl.List):
        return has_local_times(_instance(dtype.inner))
    return isinstance(dtype, pl.Struct) and any(has_local_times(_instance(f.dtype)) for f in dtype.fields)


def delta_schema(schema: pl.Schema) -> Schema:
    """The same columns in Delta's words."""
    return Schema.from_arrow(schema.to_frame().to_arrow().schema)


def table_schema(table: DeltaTable) -> pl.Schema:
    """The table's columns in Polars' words."""
    return pl.scan_delta(table).collect_schema()


def added_columns(have: pl.Schema, got: pl.Schema, *, table: str) -> list[str]:
    """Columns that the table lacks. Raises SchemaConflictError for the first one whose type differs."""
    for name, dtype in got.items():
        if name in have and have[name] != dtype:
            raise SchemaConflictError(table, name, have=str(have[name]), got=str(dtype))
    return [name for name in got if name not in have]
