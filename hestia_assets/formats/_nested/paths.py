"""Paths in nested records: ``address.city`` names a column, ``$.orders[].lines`` a table.

A dot, bracket or backslash that belongs to a name is written behind a backslash. ``.`` is the record itself where it
is no object, ``..`` the number of the record that a child record stands in, ``../id`` a field of that record.
"""

import re

ROOT = "$"
ITSELF = "."
PARENT = ".."
PARENT_FIELD = "../"
EMPTY = r"\-"
_SPECIAL = re.compile(r"([.\[\\])")
_TOKEN = re.compile(r"\[\]|\.|(?:\\.|[^.\[\\])+")

Segments = tuple[tuple[str, ...], ...]
"""The names down to each list: ``$.data.orders[].lines`` is ``(("data", "orders"), ("lines",))``."""


def escaped(name: str) -> str:
    """A name as a step of a path; the empty name has a sign of its own."""
    return _SPECIAL.sub(r"\\\1", name) if name else EMPTY


def joined(prefix: str, name: str) -> str:
    r"""The path of a field inside another one.

    Example:
        >>> joined("address", "city"), joined("", "a.b")
        ('address.city', 'a\\.b')
    """
    return f"{prefix}.{escaped(name)}" if prefix else escaped(name)


def table_path(segments: Segments) -> str:
    """The text of a table's path.

    Example:
        >>> table_path((("data", "orders"), ("lines",)))
        '$.data.orders[].lines'
    """
    lists = [".".join(escaped(name) for name in names) for names in segments]
    return f"{ROOT}.{'[].'.join(lists)}" if lists else ROOT


def segments_of(path: str) -> Segments:
    """The other way round; a list at the end may be marked or not.

    Example:
        >>> segments_of("$.data.orders[].lines[]"), segments_of("$"), segments_of("data.items")
        ((('data', 'orders'), ('lines',)), (), (('data', 'items'),))
    """
    found: list[tuple[str, ...]] = []
    names: list[str] = []
    for step in _TOKEN.findall(re.sub(r"^\$(?=$|[.\[])", "", path)):
        if step == "[]":
            found += [tuple(names)] if names else []
            names = []
        elif step != ".":
            names.append("" if step == EMPTY else re.sub(r"\\(.)", r"\1", step))
    return (*found, tuple(names)) if names else tuple(found)


def names_of(source: str) -> tuple[str, ...]:
    """The names that lead to a column.

    Example:
        >>> names_of("address.city"), names_of("$")
        (('address', 'city'), ('$',))
    """
    return tuple(name for names in segments_of(f"{ROOT}.{source}") for name in names)
