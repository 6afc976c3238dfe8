"""Commits to a Delta table's log: which are rebased over others, which must land exactly on their snapshot.

An append commits through the handle whose snapshot was checked for its transaction id, and delta-rs rebases
it over other appends. A rewrite commits without retries: it becomes the very next version or fails, so two
rewrites can never both succeed (with retries, delta-rs 1.6.6 lets them, and rows double).
"""

import logging
import os
import random
import re
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import polars as pl
from deltalake import DeltaTable, TableFeatures
from deltalake.exceptions import CommitFailedError, DeltaError
from deltalake.transaction import (
    AddAction,
    CommitProperties,
    RemoveAction,
    Transaction,
    create_table_with_add_actions,
)

from hestia_assets.adapters.delta_handles import KeptTables, Snapshot
from hestia_assets.adapters.delta_types import added_columns, delta_schema, has_local_times
from hestia_assets.core.errors import TableError

log = logging.getLogger(__name__)

ATTEMPTS = 200
LONGEST_PAUSE_SECONDS = 0.25
BATCH_KEY = "hestia/batch"
OPERATION_KEY = "hestia/operation"
_COMMIT = re.compile(r"\d{20}\.(?:json|checkpoint.*\.parquet)")
CONFIGURATION = {
    "delta.deletedFileRetentionDuration": "interval 30 days",
    "delta.checkpointInterval": "10",
}
"""Files are kept as long as the log itself, so that every version in it stays readable unless it is vacuumed. Small
batches make many commits: with a checkpoint every 10 instead of 100, opening a table costs 8 ms instead of 21."""


def retried(attempt: Callable[[], int], *, table: str) -> int:
    """Call ``attempt`` until no other commit comes between, with a growing, jittered pause."""
    for number in range(ATTEMPTS):
        try:
            return attempt()
        except CommitFailedError as error:
            log.debug("Commit %s to %s lost a race: %s", number + 1, table, error)
            longest = min(LONGEST_PAUSE_SECONDS, 0.005 * 2 ** min(number, 10))
            time.sleep(random.uniform(0, longest))  # noqa: S311 - jitter, no secret
    raise TableError(f"{table} is being written by too many at once.", hint="Try again in a minute.")


def append(
    tables: KeptTables, path: Path, added: Mapping[str, Sequence[AddAction]], *, schema: pl.Schema, table: str
) -> int:
    """Add the files of each batch, all in one commit with a transaction id for each; what is there adds nothing.

    Returns:
        The version that holds the last of the batches.
    """

    def attempt() -> int:
        create(path, [], schema, operation="create")
        with tables.current(path) as now:
            fresh = [batch for batch in added if not now.has(batch)]
            if not fresh or not _widened(now, schema, table=table):
                if fresh:
                    _add(now, {batch: added[batch] for batch in fresh})
                return now.version_of(list(added)[-1])
        return attempt()  # on a snapshot that knows the new columns, checked for the batches once more

    return retried(attempt, table=table)


def _add(now: Snapshot, added: Mapping[str, Sequence[AddAction]]) -> None:
    """Commit through the very handle that was checked, then read what became of it."""
    properties = CommitProperties(
        app_transactions=[Transaction(batch, 1) for batch in added],
        custom_metadata={BATCH_KEY: ",".join(added), OPERATION_KEY: "append"},
    )
    actions: list[AddAction | RemoveAction] = [action for each in added.values() for action in each]
    now.handle.create_write_transaction(actions, "append", now.handle.schema(), commit_properties=properties)
    now.refresh()


def is_table(path: Path) -> bool:
    """Whether somebody has committed to a log there: the library's answer takes 30 ms after 1,000 commits."""
    try:
        with os.scandir(path / "_delta_log") as entries:
            return any(_COMMIT.fullmatch(entry.name) for entry in entries)
    except (FileNotFoundError, NotADirectoryError):
        return False


def create(path: Path, actions: Sequence[AddAction], schema: pl.Schema, *, operation: str) -> bool:
    """Create the table with these files in one commit, unless it exists; tells whether it did."""
    if is_table(path):
        return False
    path.mkdir(parents=True, exist_ok=True)
    try:
        create_table_with_add_actions(
            str(path),
            delta_schema(schema),
            list(actions),
            mode="error",
            configuration=CONFIGURATION,
            commit_properties=CommitProperties(custom_metadata={OPERATION_KEY: operation}),
        )
    except (DeltaError, OSError):
        if is_table(path):  # another process was first
            return False
        raise
    return True


def replace_all(path: Path, actions: Sequence[AddAction], schema: pl.Schema) -> int:
    """Take every file out and put these in. Raises CommitFailedError when another commit came between."""
    if create(path, actions, schema, operation="overwrite"):
        return 0
    allow_local_times(DeltaTable(path), schema)
    handle = DeltaTable(path)
    base = handle.version()
    handle.create_write_transaction(
        list(actions), "overwrite", delta_schema(schema), commit_properties=exactly_next("overwrite")
    )
    return base + 1


def prepare(path: Path, schema: pl.Schema, *, table: str) -> None:
    """Make sure that the table exists and has these columns. Raises SchemaConflictError."""
    create(path, [], schema, operation="create")

    def attempt() -> int:
        _widened(Snapshot.open(path), schema, table=table)
        return 0

    retried(attempt, table=table)


def swap(
    handle: DeltaTable, actions: Sequence[AddAction | RemoveAction], *, operation: str, batch: str | None = None
) -> int:
    """Put files in and take files out. Raises CommitFailedError when another commit came between."""
    base = handle.version()
    properties = exactly_next(operation, batch=batch)
    handle.create_write_transaction(list(actions), "append", handle.schema(), commit_properties=properties)
    return base + 1


def exactly_next(operation: str, *, batch: str | None = None) -> CommitProperties:
    """Properties of a commit that becomes the version after its snapshot, or fails."""
    words = {OPERATION_KEY: operation} | ({BATCH_KEY: batch} if batch else {})
    transactions = [Transaction(batch, 1)] if batch else None
    return CommitProperties(max_commit_retries=0, custom_metadata=words, app_transactions=transactions)


def _widened(now: Snapshot, schema: pl.Schema, *, table: str) -> bool:
    """Add the columns that the table lacks. Raises SchemaConflictError before anything is changed."""
    added, handle = added_columns(now.schema(), schema, table=table), now.handle
    if not added:
        return False
    if not allow_local_times(handle, schema):
        fields = {field.name: field for field in delta_schema(schema).fields}
        handle.alter.add_columns([fields[name] for name in added], commit_properties=exactly_next("add columns"))
    return True


def allow_local_times(handle: DeltaTable, schema: pl.Schema) -> bool:
    """Switch on Delta's feature for times without a zone where it is needed and missing."""
    features = handle.protocol().reader_features or []
    if "timestampNtz" in features or not any(has_local_times(dtype) for dtype in schema.values()):
        return False
    handle.alter.add_feature(TableFeatures.TimestampWithoutTimezone, allow_protocol_versions_increase=True)
    return True
