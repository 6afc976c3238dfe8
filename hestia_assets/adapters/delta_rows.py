"""Taking single rows out of a table while others go in. The caller holds the table's lease.

Only files that hold a leaving row are written anew; one commit, under the batch's transaction id, swaps them.
"""

from collections.abc import Callable, Sequence
from pathlib import Path
from uuid import uuid4

import polars as pl
from deltalake import DeltaTable

from hestia_assets.adapters import delta_log
from hestia_assets.adapters.delta_audit import live_files
from hestia_assets.adapters.delta_files import add_action, add_staged, remove_action, remove_files, write_stream
from hestia_assets.adapters.delta_handles import version_of
from hestia_assets.core.errors import TableError
from hestia_assets.core.results import StagedFile

ROW_ID = ["_batch", "_row"]


def swap_rows(
    path: Path,
    leaving: pl.DataFrame | None,
    staged: Sequence[StagedFile],
    *,
    batch: str,
    schema: pl.Schema,
    table: str,
    before_commit: Callable[[], None],
) -> int:
    """Take rows out by batch and row number (None: all) and put staged files in, once per ``batch``.

    Returns:
        The version that holds the swap.
    """
    delta_log.prepare(path, schema, table=table)
    handle = DeltaTable(path)
    if handle.transaction_version(batch) is not None:
        return version_of(batch, path, latest=handle.version())
    live = list(live_files(handle).values())
    touched = live if leaving is None else [file for file in live if _holds(path, file, leaving)]
    rest = [] if leaving is None else [_without(path, file, leaving) for file in touched]
    return _commit(path, touched, rest, staged, batch=batch, schema=schema, table=table, before_commit=before_commit)


def _holds(path: Path, file: StagedFile, leaving: pl.DataFrame) -> bool:
    found = pl.scan_parquet(path / file.path, glob=False).select(ROW_ID).join(leaving.lazy(), on=ROW_ID, how="semi")
    return bool(found.select(pl.len()).collect(engine="streaming").item())


def _without(path: Path, file: StagedFile, leaving: pl.DataFrame) -> StagedFile:
    rows = pl.scan_parquet(path / file.path, glob=False).join(
        leaving.lazy(), on=ROW_ID, how="anti", maintain_order="left"
    )
    return write_stream(path, rows, stem=f"rest-{uuid4().hex}")


def _commit(
    path: Path,
    touched: Sequence[StagedFile],
    rest: Sequence[StagedFile],
    staged: Sequence[StagedFile],
    *,
    batch: str,
    schema: pl.Schema,
    table: str,
    before_commit: Callable[[], None],
) -> int:
    def attempt() -> int:
        before_commit()
        handle = DeltaTable(path)
        if handle.transaction_version(batch) is not None:
            return version_of(batch, path, latest=handle.version())
        if not live_files(handle).keys() >= {file.path for file in touched}:
            raise TableError(f"{table} was rewritten meanwhile.", hint="Run this again.")
        actions = [
            *(remove_action(file, data_change=True) for file in touched),
            *(add_action(path, file) for file in rest if file.rows),
            *add_staged(path, list(staged), schema, table=table),
        ]
        return delta_log.swap(handle, actions, operation="update", batch=batch)

    version = delta_log.retried(attempt, table=table)
    remove_files(path, [file for file in rest if not file.rows])
    return version
