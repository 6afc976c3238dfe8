"""Commits to a Delta table's log: which may be retried, which must land exactly on the snapshot they were made from.

An append commits through the handle whose snapshot was checked for its transaction id, and delta-rs rebases it over
other appends. A rewrite commits with no retries at all: it lands as the very next version or not, so two rewrites
can never both succeed (with retries, delta-rs 1.6.6 lets them, and rows double).
"""

import logging
import random
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from deltalake import DeltaTable, Schema, TableFeatures
from deltalake.exceptions import CommitFailedError, DeltaError
from deltalake.transaction import AddAction, CommitProperties, RemoveAction, Transaction

from hestia_assets.adapters.delta_files import needs_ntz
from hestia_assets.core.errors import SchemaConflictError, TableError

if TYPE_CHECKING:
    import polars as pl

log = logging.getLogger(__name__)

ATTEMPTS = 100
BATCH_KEY = "hestia/batch"
OPERATION_KEY = "hestia/operation"


def delta_schema(schema: "pl.Schema") -> Schema:
    """The same columns in Delta's words."""
    return Schema.from_arrow(schema.to_frame().to_arrow().schema)


def table_schema(table: DeltaTable) -> "pl.Schema":
    """The table's columns in Polars' words."""
    import polars as pl

    return pl.scan_delta(table).collect_schema()


def retried(attempt: Callable[[], int], *, table: str) -> int:
    """Call ``attempt`` until no other commit comes between, with a growing, jittered pause."""
    for number in range(ATTEMPTS):
        try:
            return attempt()
        except CommitFailedError as error:
            log.debug("Commit to %s lost a race (%s): %s", table, number + 1, error)
            time.sleep(random.uniform(0, min(0.5, 0.005 * 2 ** min(number, 7))))  # noqa: S311 - no secret
    raise TableError(f"{table} is written by too many at once.", hint="Try again in a minute.")


def ensure_table(path: Path, schema: "pl.Schema") -> None:
    """Create the table when it is missing; another process may do the same at the same time."""
    if DeltaTable.is_deltatable(str(path)):
        return
    path.mkdir(parents=True, exist_ok=True)
    properties = CommitProperties(custom_metadata={OPERATION_KEY: "create"})
    try:
        DeltaTable.create(path, schema=delta_schema(schema), mode="ignore", commit_properties=properties)
    except (DeltaError, OSError):
        if not DeltaTable.is_deltatable(str(path)):
            raise


def widen(path: Path, schema: "pl.Schema", *, table: str) -> None:
    """Add the columns that the table lacks. Raises SchemaConflictError before anything is changed."""
    handle = DeltaTable(path)
    have = table_schema(handle)
    refuse_other_types(have, schema, table=table)
    _allow_ntz(handle, schema)
    added = [name for name in schema if name not in have]
    if added:
        fields = {field.name: field for field in delta_schema(schema).fields}
        properties = CommitProperties(custom_metadata={OPERATION_KEY: "add columns"})
        handle.alter.add_columns([fields[name] for name in added], commit_properties=properties)


def refuse_other_types(have: "pl.Schema", got: "pl.Schema", *, table: str) -> None:
    """Raise SchemaConflictError for the first column whose type differs."""
    for name, dtype in got.items():
        if name in have and have[name] != dtype:
            raise SchemaConflictError(table, name, have=str(have[name]), got=str(dtype))


def _allow_ntz(handle: DeltaTable, schema: "pl.Schema") -> None:
    features = handle.protocol().reader_features or []
    if needs_ntz(schema) and "timestampNtz" not in features:
        feature = TableFeatures.TimestampWithoutTimezone
        handle.alter.add_feature(feature, allow_protocol_versions_increase=True)


def append(path: Path, actions: Sequence[AddAction], *, batch: str, schema: "pl.Schema", table: str) -> int:
    """Add files under the transaction id ``batch``; a batch that is there already adds nothing."""

    def attempt() -> int:
        ensure_table(path, schema)
        widen(path, schema, table=table)
        handle = DeltaTable(path)
        if handle.transaction_version(batch) is not None:
            return handle.version()
        refuse_other_types(table_schema(handle), schema, table=table)
        properties = CommitProperties(
            app_transactions=[Transaction(batch, 1)],
            custom_metadata={BATCH_KEY: batch, OPERATION_KEY: "append"},
        )
        handle.create_write_transaction(
            list(actions), "append", handle.schema(), commit_properties=properties
        )
        return handle.version()

    return retried(attempt, table=table)


def replace_all(handle: DeltaTable, actions: Sequence[AddAction], schema: "pl.Schema") -> int:
    """Take every file out and put these in. Raises CommitFailedError when another commit came between."""
    _allow_ntz(handle, schema)
    handle = DeltaTable(handle.table_uri)
    handle.create_write_transaction(
        list(actions), "overwrite", delta_schema(schema), commit_properties=exactly_next("overwrite")
    )
    return handle.version()


def swap(handle: DeltaTable, actions: Sequence[AddAction | RemoveAction], operation: str) -> int:
    """Put files in and take files out. Raises CommitFailedError when another commit came between."""
    handle.create_write_transaction(
        list(actions), "append", handle.schema(), commit_properties=exactly_next(operation)
    )
    return handle.version()


def exactly_next(operation: str) -> CommitProperties:
    """Properties of a commit that becomes the version after its snapshot, or fails."""
    return CommitProperties(max_commit_retries=0, custom_metadata={OPERATION_KEY: operation})
