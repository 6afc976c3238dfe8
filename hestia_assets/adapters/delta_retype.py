"""All rows of a table under other types: read in stretches, and put back in one commit. The caller holds the lease."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

import polars as pl
from deltalake import DeltaTable
from deltalake.exceptions import CommitFailedError

from hestia_assets.adapters import delta_log
from hestia_assets.adapters.delta_audit import live_files
from hestia_assets.adapters.delta_files import add_staged
from hestia_assets.adapters.delta_types import delta_schema, table_schema
from hestia_assets.core.errors import TableError
from hestia_assets.core.results import StagedFile

MOST_CELLS = 4_000_000
FEWEST_ROWS = 1_000
"""A stretch has so many cells, whatever the number of columns, and is never shorter than this."""


def stretches(path: Path, handle: DeltaTable) -> Iterator[pl.DataFrame]:
    """Every row of a snapshot once, small files together."""
    schema = table_schema(handle)
    rows = max(FEWEST_ROWS, MOST_CELLS // len(schema))
    for group in _groups(live_files(handle).values(), rows):
        files = [path / file.path for file in group]
        found = pl.scan_parquet(files, schema=schema, missing_columns="insert", glob=False)
        start = 0
        while (stretch := found.slice(start, rows).collect()).height:
            yield stretch
            start += rows


def _groups(files: Iterable[StagedFile], rows: int) -> Iterator[list[StagedFile]]:
    """Files that have so many rows together, or one that has more."""
    group: list[StagedFile] = []
    for file in files:
        if group and sum(each.rows for each in group) + file.rows > rows:
            yield group
            group = []
        group.append(file)
    if group:
        yield group


def replace_types(
    path: Path,
    staged: Sequence[StagedFile],
    *,
    batch: str,
    schema: pl.Schema,
    version: int,
    table: str,
    before_commit: Callable[[], None],
) -> int:
    """Put staged rows in the place of all rows of ``version``, with the columns of ``schema``; returns the new version.

    Raises:
        TableError: the table is not at that version any more; it stays as it is.
    """
    actions = add_staged(path, list(staged), schema, table=table)
    before_commit()
    handle = DeltaTable(path)
    if handle.version() != version:
        raise _rewritten(table)
    if delta_log.allow_local_times(handle, schema):
        handle, version = DeltaTable(path), version + 1
        if handle.version() != version:
            raise _rewritten(table)
    properties = delta_log.exactly_next("retype", batch=batch)
    try:
        handle.create_write_transaction([*actions], "overwrite", delta_schema(schema), commit_properties=properties)
    except CommitFailedError as error:
        raise _rewritten(table) from error
    return version + 1


def _rewritten(table: str) -> TableError:
    return TableError(f"{table} was rewritten meanwhile.", hint="Run this again.")
