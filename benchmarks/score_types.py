"""What the scorer of column types calls: a path becomes the type that an import would propose for each column.

The scorer knows types of its own systems only, so that this module adds the question to those of other people.
"""

import sys
import tempfile
from pathlib import Path

from benchmarks.score_adapter import load
from hestia_assets.bootstrap import Hestia, open_home

KINDS = {"text": "string", "decimal": "float", "timestamp": "datetime"}
"""What the scorer calls our types where the names differ."""

_homes: list[Hestia] = []


def types(path: str) -> dict[str, str]:
    """By column, in the file's order, what an import proposes."""
    if not _homes:
        _homes.append(open_home(Path(tempfile.mkdtemp()) / "home"))
    with Path(path).open("rb") as source:
        recipe = _homes[0].ingest.inspect(source, file_name=Path(path).name).recipe
    return {column.name: KINDS.get(column.type.value, column.type.value) for column in recipe.columns}


def _types(_system: object, path: str) -> dict[str, str]:
    return types(path)


if "systems" in sys.modules:  # in a process of the scorer
    sys.modules["systems"].Func.types = _types

__all__ = ["load", "types"]
