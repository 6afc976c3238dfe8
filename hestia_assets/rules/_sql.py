"""Pieces of SQL that set rules share; every name is quoted."""

from collections.abc import Iterable


def quoted(name: str) -> str:
    """A name as SQL writes it."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """A text as SQL writes it."""
    return "'" + text.replace("'", "''") + "'"


def listed(names: Iterable[str]) -> str:
    """Names with commas between them."""
    return ", ".join(map(quoted, names))


def filled(names: Iterable[str]) -> str:
    """That none of the columns is empty."""
    return " AND ".join(f"{quoted(name)} IS NOT NULL" for name in names)
