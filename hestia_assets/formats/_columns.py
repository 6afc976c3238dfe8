"""How the columns of a file meet those of a recipe: names for header texts, and which one is which."""

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence

from hestia_assets.core.errors import HeaderMismatchError
from hestia_assets.core.specs import Column, Recipe

LEFT_OUT = "_left_out_"
"""Begins the stand-in name of a column that the recipe leaves out; no column of a person begins so."""


def column_name(text: str, number: int) -> str:
    """A column name for a header text: lower case, words joined by underscores, any script.

    Example:
        >>> column_name(" Order No. ", 1), column_name("", 3), column_name("Größe (cm)", 4)
        ('order_no', 'column_3', 'größe_cm')
    """
    plain = unicodedata.normalize("NFKC", text).strip().lower()
    known = "".join("_" if unicodedata.category(sign) == "No" else sign for sign in plain)  # not in a ColumnName
    return re.sub(r"\W+", "_", known).strip("_")[:120] or f"column_{number}"


def text_columns(sources: Sequence[str], *, null_words: tuple[str, ...] = ("",)) -> tuple[Column, ...]:
    """Text columns for header texts, with names that are unique."""
    taken: set[str] = set()
    copies: dict[str, int] = {}
    columns: list[Column] = []
    for number, source in enumerate(sources, start=1):
        name = wanted = column_name(source, number)
        while name in taken:
            copies[wanted] = copies.get(wanted, 1) + 1
            name = f"{wanted}_{copies[wanted]}"
        taken.add(name)
        columns.append(Column(source=source, name=name, null_words=null_words))
    return tuple(columns)


def joined_header(rows: Sequence[Sequence[str]]) -> list[str]:
    """One text per column from the rows of a header, top-down; a blank in an upper row repeats what is left of it.

    Example:
        >>> joined_header([["", "2024", "", "2025"], ["city", "men", "women", "men"]])
        ['city', '2024 men', '2024 women', '2025 men']
    """
    width = max((len(row) for row in rows), default=0)
    full = [[*row, *[""] * (width - len(row))] for row in rows]
    for row in full[:-1]:
        for number in range(1, width):
            row[number] = row[number] if row[number].strip() else row[number - 1]
    if len(full) == 1:
        return full[0]
    return [" ".join(text.strip() for text in column if text.strip()) for column in zip(*full, strict=True)]


def numbered(width: int) -> list[str]:
    """Sources for a file without a header."""
    return [f"column_{number}" for number in range(1, width + 1)]


def matched(found: Sequence[str], recipe: Recipe) -> list[str]:
    """For each header text of a file the recipe's column name, or a stand-in for one that is left out.

    A header that is the recipe's own, word for word, may name a column twice; any other order needs unique texts.

    Raises:
        HeaderMismatchError: columns are missing that are not optional, or new ones are not left out by choice.
    """
    wanted = [column.source for column in recipe.columns]
    if list(found) == wanted:
        return [column.name for column in recipe.columns]
    by_source = {column.source: column for column in recipe.columns}
    present, ignored = set(found), set(recipe.ignored)
    missing = [source for source, column in by_source.items() if source not in present and not column.optional]
    added = [text for text in found if text not in by_source and text not in ignored]
    used = [text for text in found if text in by_source]
    if missing or added or len(set(used)) != len(used) or len(by_source) != len(wanted):
        twice = [text for text, times in Counter(used).items() if times > 1]
        raise HeaderMismatchError(missing=missing, added=added, twice=twice)
    return [by_source[text].name if text in by_source else f"{LEFT_OUT}{number}" for number, text in enumerate(found)]
