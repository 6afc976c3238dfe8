"""Who asks for rows, and what for."""

from dataclasses import dataclass
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class Principal:
    """Whoever asks for rows. The embedded set-up has one per tenant, who may do everything."""

    name: str
    tenant: str = "default"


LOCAL = Principal("local")


class Purpose(StrEnum):
    """Why rows are read."""

    PAGE = "page"
    PREVIEW = "preview"
    SQL = "sql"
    TRANSFORM = "transform"
    EXPORT = "export"
    CHECK = "check"
