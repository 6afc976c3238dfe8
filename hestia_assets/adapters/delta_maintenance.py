"""Joining small files and deleting dead ones. The caller holds the table's lease."""

import math
import time
from collections.abc import Callable
from pathlib import Path
from uuid import uuid4

import polars as pl
from deltalake import DeltaTable

from hestia_assets.adapters import delta_log
from hestia_assets.adapters.delta_audit import live_files
from hestia_assets.adapters.delta_files import add_action, remove_action, remove_files, write_stream
from hestia_assets.adapters.delta_types import table_schema
from hestia_assets.core.errors import TableError
from hestia_assets.core.results import StagedFile

SMALL_BYTES = 64 * 1024 * 1024
JOINED_BYTES = 128 * 1024 * 1024
UNCOMMITTED_HOURS = 7 * 24
"""Files that no commit names may belong to a batch that is being read, or held for a person's decision."""


def join_small_files(path: Path, *, table: str, before_commit: Callable[[], None]) -> int:
    """Replace small files by few large ones with the same rows; returns the number of files saved."""
    handle = DeltaTable(path)
    groups = _groups([file for file in live_files(handle).values() if file.size_bytes < SMALL_BYTES])
    joined = [_joined(path, group, table_schema(handle), table=table) for group in groups]
    if joined:
        _commit(path, groups, joined, table=table, before_commit=before_commit)
    return sum(len(group) for group in groups) - len(joined)


def _groups(files: list[StagedFile]) -> list[list[StagedFile]]:
    groups: list[list[StagedFile]] = [[]]
    for file in files:
        if sum(other.size_bytes for other in groups[-1]) + file.size_bytes > JOINED_BYTES:
            groups.append([])
        groups[-1].append(file)
    return [group for group in groups if len(group) > 1]


def _joined(path: Path, group: list[StagedFile], schema: pl.Schema, *, table: str) -> StagedFile:
    rows = pl.scan_parquet([path / file.path for file in group], schema=schema, missing_columns="insert", glob=False)
    written = write_stream(path, rows, stem=f"joined-{uuid4().hex}")
    expected = sum(file.rows for file in group)
    if written.rows != expected:
        remove_files(path, [written])
        raise TableError(
            f"Joining files of {table} gave {written.rows} rows instead of {expected}; nothing was changed.",
            hint="Report this with the table's log folder.",
        )
    return written


def _commit(
    path: Path,
    groups: list[list[StagedFile]],
    joined: list[StagedFile],
    *,
    table: str,
    before_commit: Callable[[], None],
) -> None:
    old = [file for group in groups for file in group]
    actions = [
        *(remove_action(file, data_change=False) for file in old),
        *(add_action(path, file, data_change=False) for file in joined),
    ]

    def attempt() -> int:
        before_commit()
        handle = DeltaTable(path)
        if not live_files(handle).keys() >= {file.path for file in old}:
            raise TableError(f"{table} was rewritten meanwhile.", hint="Run this again.")
        return delta_log.swap(handle, actions, operation="compact")

    delta_log.retried(attempt, table=table)


def delete_dead_files(path: Path, *, keep_hours: float) -> list[str]:
    """Delete what no version of the last ``keep_hours`` needs, and what nobody committed for a week."""
    handle = DeltaTable(path)
    keep = math.ceil(keep_hours)
    deleted = handle.vacuum(keep, dry_run=False, enforce_retention_duration=False)
    handle = DeltaTable(path)
    deleted += handle.vacuum(max(keep, UNCOMMITTED_HOURS), dry_run=False, enforce_retention_duration=False, full=True)
    return sorted({*deleted, *_delete_temporary(path)})


def _delete_temporary(path: Path) -> list[str]:
    """What a killed process left half-written."""
    oldest = time.time() - UNCOMMITTED_HOURS * 3600
    left = [file for file in path.glob(".*.tmp") if file.stat().st_mtime < oldest]
    for file in left:
        file.unlink(missing_ok=True)
    return [file.name for file in left]


def bring_back(path: Path, version: int, *, before_commit: Callable[[], None]) -> int:
    """Commit an old version's files as a new version. Raises CommitFailedError when another came between."""
    handle = DeltaTable(path)
    base = handle.version()
    if base == version:
        return base
    before_commit()
    handle.restore(version, commit_properties=delta_log.exactly_next("restore"))
    return base + 1
