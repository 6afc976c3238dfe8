"""The commits of a Delta table's log as files."""

import json
from pathlib import Path
from typing import Any


def commit_file(path: Path, version: int) -> Path:
    """Where a commit of the table at ``path`` is written down."""
    return path / "_delta_log" / f"{version:020d}.json"


def actions_of(path: Path, version: int) -> list[dict[str, Any]] | None:
    """The entries of one commit; None where its log file is gone (old ones are cleaned away)."""
    try:
        text = commit_file(path, version).read_text(encoding="utf-8")
    except FileNotFoundError:
        return None
    return [json.loads(line) for line in text.splitlines() if line.strip()]
