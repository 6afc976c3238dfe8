"""Parquet files below a Delta table: which types may be stored, writing a file so that it survives a crash."""

import hashlib
import json
import os
import time
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

from deltalake.transaction import AddAction, RemoveAction

from hestia_assets.core.errors import TableError
from hestia_assets.core.results import StagedFile

if TYPE_CHECKING:
    import polars as pl

HASH_BYTES = 6


def storable(schema: "pl.Schema", *, table: str) -> "pl.Schema":
    """The types under which a Delta table keeps these columns.

    Raises:
        TableError: a column has a type that Delta cannot keep, such as a duration.
    """
    import polars as pl

    return pl.Schema(
        {name: _storable_type(dtype, column=name, table=table) for name, dtype in schema.items()}
    )


def _storable_type(dtype: "pl.DataType", *, column: str, table: str) -> "pl.DataType":
    import polars as pl

    if isinstance(dtype, pl.Datetime):
        return pl.Datetime("us", "UTC" if dtype.time_zone else None)
    if isinstance(dtype, pl.List | pl.Array):
        return pl.List(_storable_type(_instance(dtype.inner), column=column, table=table))
    if isinstance(dtype, pl.Struct):
        fields = [
            pl.Field(field.name, _storable_type(_instance(field.dtype), column=column, table=table))
            for field in dtype.fields
        ]
        return pl.Struct(fields)
    if isinstance(dtype, pl.Time | pl.Duration | pl.Object):
        raise TableError(
            f"Column '{column}' of {table} holds {dtype}, which a table cannot keep.",
            hint="Turn it into text or a number first.",
        )
    return _widened().get(type(dtype), dtype)


def _instance(dtype: object) -> "pl.DataType":
    return dtype() if isinstance(dtype, type) else dtype  # pyright: ignore[reportReturnType]  # polars allows both


def _widened() -> "dict[type[pl.DataType], pl.DataType]":
    """Types without a counterpart in Delta, and the smallest one that holds all their values."""
    import polars as pl

    return {
        pl.UInt8: pl.Int16(),
        pl.UInt16: pl.Int32(),
        pl.UInt32: pl.Int64(),
        pl.UInt64: pl.Decimal(20, 0),
        pl.Int128: pl.Decimal(38, 0),
        pl.Categorical: pl.String(),
        pl.Enum: pl.String(),
        pl.Null: pl.String(),
    }


def needs_ntz(schema: "pl.Schema") -> bool:
    """Whether a column holds times without a zone, for which Delta wants a table feature."""
    return any("Datetime" in str(dtype) and "UTC" not in str(dtype) for dtype in schema.values())


def write_parquet(folder: Path, frame: "pl.DataFrame", *, stem: str) -> StagedFile:
    """Write rows under a name that ends in the hash of the file's bytes, so a name never changes its content.

    A part that is staged again after a kill gets the same name when its rows are the same; when they differ, a file
    that is already part of the table stays as it is.
    """
    folder.mkdir(parents=True, exist_ok=True)
    temporary = folder / f".{stem}-{uuid4().hex}.tmp"
    try:
        frame.write_parquet(temporary, compression="zstd", compression_level=1, statistics=True)
        digest = _sync(temporary)
        name = f"{stem}-{digest}.parquet"
        size = temporary.stat().st_size
        temporary.replace(folder / name)
    finally:
        temporary.unlink(missing_ok=True)
    _sync_folder(folder)
    return StagedFile(name, size, frame.height)


def _sync(path: Path) -> str:
    with path.open("rb") as written:
        digest = hashlib.file_digest(written, lambda: hashlib.blake2b(digest_size=HASH_BYTES)).hexdigest()
        os.fsync(written.fileno())
    return digest


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def add_action(folder: Path, file: StagedFile, *, data_change: bool = True) -> AddAction:
    """The log entry that makes a written file part of the table.

    Raises:
        TableError: the file is not there as it was written.
    """
    try:
        stat = (folder / file.path).stat()
    except FileNotFoundError:
        stat = None
    if stat is None or stat.st_size != file.size_bytes:
        raise TableError(
            f"The written rows {file.path} are no longer there.", hint="Run the import of this file again."
        )
    stats = json.dumps({"numRecords": file.rows})
    return AddAction(file.path, file.size_bytes, {}, int(stat.st_mtime * 1000), data_change, stats)


def remove_action(path: str, size_bytes: int, *, data_change: bool) -> RemoveAction:
    """The log entry that takes a file out of the table."""
    return RemoveAction(path, data_change, int(time.time() * 1000), size_bytes)
