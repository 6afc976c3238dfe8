"""Parquet files below a Delta table, written so that they survive a crash and never change under a name."""

import hashlib
import json
import os
import re
import time
from collections.abc import Callable
from pathlib import Path
from uuid import uuid4

import polars as pl
from deltalake.transaction import AddAction, RemoveAction

from hestia_assets.core.errors import SchemaConflictError, TableError
from hestia_assets.core.results import StagedFile

HASH_BYTES = 6
COMPRESSION = "zstd"
LEVEL = 1
UNSAFE = re.compile(r"[^\w.-]", re.ASCII)


def write_frame(folder: Path, frame: pl.DataFrame, *, stem: str) -> StagedFile:
    """Write rows as one Parquet file; statistics come with the nightly compaction, as they cost an import time."""

    def write(target: Path) -> int:
        frame.write_parquet(target, compression=COMPRESSION, compression_level=LEVEL, statistics=False)
        return frame.height

    return _write(folder, write, stem=stem)


def write_stream(folder: Path, rows: pl.LazyFrame, *, stem: str) -> StagedFile:
    """Write rows as one Parquet file without holding them all in memory."""

    def write(target: Path) -> int:
        rows.sink_parquet(target, compression=COMPRESSION, compression_level=LEVEL, statistics=True)
        return int(pl.scan_parquet(target, glob=False).select(pl.len()).collect().item())

    return _write(folder, write, stem=stem)


def _write(folder: Path, write: Callable[[Path], int], *, stem: str) -> StagedFile:
    """Let ``write`` fill a temporary file, then give it a name that ends in the hash of its bytes.

    A name never changes its content: a part that is staged again after a kill gets the same name when its
    rows are the same; when they differ, a file that already belongs to the table stays as it is.
    """
    folder.mkdir(parents=True, exist_ok=True)
    stem = UNSAFE.sub("_", stem)
    temporary = folder / f".{stem}-{uuid4().hex}.tmp"
    try:
        rows = write(temporary)
        name = f"{stem}-{_sync(temporary)}.parquet"
        size = temporary.stat().st_size
        temporary.replace(folder / name)
    finally:
        temporary.unlink(missing_ok=True)
    _sync_folder(folder)
    return StagedFile(name, size, rows)


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


def add_staged(folder: Path, files: list[StagedFile], schema: pl.Schema, *, table: str) -> list[AddAction]:
    """The log entries for staged files, after a last look at each.

    A file is touched first: ``vacuum`` leaves young files alone, so none vanishes while it is committed.

    Raises:
        TableError: a file is gone or not as it was written.
        SchemaConflictError: a file holds a column in another type than ``schema``.
    """
    for file in files:
        _touch(folder / file.path)
        _refuse_other_types(folder / file.path, schema, table=table)
    return [add_action(folder, file) for file in files]


def _touch(path: Path) -> None:
    try:
        os.utime(path)
    except FileNotFoundError as error:
        raise _gone(path.name) from error


def _refuse_other_types(path: Path, schema: pl.Schema, *, table: str) -> None:
    for name, dtype in pl.read_parquet_schema(path).items():
        if name not in schema or schema[name] != dtype:
            wanted = str(schema[name]) if name in schema else "nothing"
            raise SchemaConflictError(table, name, have=wanted, got=str(dtype))


def add_action(folder: Path, file: StagedFile, *, data_change: bool = True) -> AddAction:
    """The log entry that makes a written file part of the table. Raises TableError when it is gone."""
    try:
        stat = (folder / file.path).stat()
    except FileNotFoundError as error:
        raise _gone(file.path) from error
    if stat.st_size != file.size_bytes:
        raise _gone(file.path)
    stats = json.dumps({"numRecords": file.rows})
    return AddAction(file.path, file.size_bytes, {}, int(stat.st_mtime * 1000), data_change, stats)


def remove_action(file: StagedFile, *, data_change: bool) -> RemoveAction:
    """The log entry that takes a file out of the table."""
    return RemoveAction(file.path, data_change, int(time.time() * 1000), file.size_bytes)


def remove_files(folder: Path, files: list[StagedFile]) -> None:
    """Delete files that will not be committed."""
    for file in files:
        (folder / file.path).unlink(missing_ok=True)


def _gone(name: str) -> TableError:
    return TableError(f"The written rows {name} are no longer as they were written.", hint="Import this file again.")
