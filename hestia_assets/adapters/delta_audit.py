"""After a rewrite: does the log make sense? A file that is taken out must have been in the table.

Our own rewrites cannot break this (they land exactly on their snapshot), but whoever writes to the lake with
other tools can, and delta-rs lets them without an error: two racing rewrites double or resurrect rows.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl
from deltalake import DeltaTable

from hestia_assets.adapters import delta_log
from hestia_assets.adapters.delta_entries import actions_of
from hestia_assets.adapters.delta_files import add_action, remove_action
from hestia_assets.core.errors import CorruptTableError
from hestia_assets.core.results import StagedFile

CHECKPOINT = re.compile(r"(\d{20})\.checkpoint\..*parquet$")
Live = Mapping[str, StagedFile]


@dataclass(frozen=True)
class Damage:
    """The first commit that took out files which were not there, and what the table holds without it."""

    version: int
    should: Live


def live_files(handle: DeltaTable) -> dict[str, StagedFile]:
    """The files of a snapshot by path, oldest commit first."""
    table = pl.DataFrame(handle.get_add_actions(flatten=True))
    rows = table.select("path", "size_bytes", "num_records").rows()
    return {path: StagedFile(path, size, count or 0) for path, size, count in reversed(rows)}


def damage(path: Path) -> Damage | None:
    """Replay the log from its last checkpoint, leaving out commits that removed files which were not there.

    None when the table holds what the others give: nothing was damaged, or it was repaired since.
    """
    start = _last_checkpoint(path)
    head = DeltaTable(path)
    live = live_files(DeltaTable(path, version=start))
    bad: list[int] = []
    for version in range(start + 1, head.version() + 1):
        actions = actions_of(path, version) or []
        removed = {action["remove"]["path"] for action in actions if "remove" in action}
        if live.keys() >= removed:
            live = _after(live, actions, removed)
        else:
            bad.append(version)
    return Damage(bad[0], live) if bad and live.keys() != live_files(head).keys() else None


def repair(path: Path, found: Damage, *, table: str) -> None:
    """Bring the table back to what it holds without the damaging commit; later appends stay.

    Raises:
        CorruptTableError: always, so that whoever rewrote the table learns that the result is gone.
    """
    delta_log.retried(lambda: _repaired(path, found), table=table)
    raise CorruptTableError(
        f"Version {found.version} of {table} was damaged by two rewrites at once; it has been taken back.",
        hint="Run the work again, and let only Hestia rewrite its tables.",
    )


def _repaired(path: Path, found: Damage) -> int:
    handle = DeltaTable(path)
    if handle.version() == found.version:
        handle.restore(found.version - 1, commit_properties=delta_log.exactly_next("repair"))
        return found.version + 1
    live = live_files(handle)
    out = [remove_action(file, data_change=True) for name, file in live.items() if name not in found.should]
    back = [add_action(path, file) for name, file in found.should.items() if name not in live]
    return delta_log.swap(handle, [*out, *back], operation="repair")


def _after(live: Live, actions: list[dict[str, Any]], removed: set[str]) -> dict[str, StagedFile]:
    kept = {name: file for name, file in live.items() if name not in removed}
    for action in actions:
        if "add" in action:
            file = _added(action["add"])
            kept[file.path] = file
    return kept


def _added(entry: dict[str, Any]) -> StagedFile:
    stats = re.search(r'"numRecords":\s*(\d+)', entry.get("stats") or "")
    return StagedFile(entry["path"], entry["size"], int(stats[1]) if stats else 0)


def _last_checkpoint(path: Path) -> int:
    """The version of the newest checkpoint, else the oldest version in the log."""
    names = [entry.name for entry in (path / "_delta_log").iterdir()]
    points = [int(match[1]) for name in names if (match := CHECKPOINT.match(name))]
    commits = [int(name[:20]) for name in names if re.fullmatch(r"\d{20}\.json", name)]
    return max(points) if points else min(commits)
