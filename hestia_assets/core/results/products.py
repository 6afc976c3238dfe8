"""What transforms and exports made."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class TransformResult:
    """A transform that became a table."""

    table: str
    rows: int
    version: int
    columns: Mapping[str, str]
    seconds: float


@dataclass(frozen=True, slots=True)
class ExportResult:
    """A file that was re-read, counted and hashed before it got its name. ``path`` is below the exports folder."""

    path: str
    rows: int
    size_bytes: int
    sha256: str
    table: str
    table_version: int
    seconds: float
