"""Records that look alike, matched many at a time by one regular expression.

It proves that a text is a JSON object with known keys, each at most once, in a known order, and gives the exact text
of each value. What it cannot vouch for (other keys, another order, lists, damage) is left to the careful decoder.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from json.decoder import scanstring  # type: ignore[attr-defined] - json's own, in no stub
from json.encoder import encode_basestring_ascii  # type: ignore[attr-defined] - json's own, in no stub
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from hestia_assets.formats._json.values import Number, scalar_json

SPACE = r"[ \t\r\n]*"
TEXT = r'"((?:[^"\\\x00-\x1f]|\\.)*)"'
STRICT_TEXT = (
    r'"((?:[^"\\\x00-\x1f]|\\(?:["\\/bfnrt]|u(?:[0-9abcefABCEF][0-9a-fA-F]{3}|[dD][0-7][0-9a-fA-F]{2}'
    r"|[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2})))*)\""
)
LITERAL = r"(-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?|true|false)"
KEYS_AT_ONCE = 15
"""The fastest engine of Rust has places for 16 groups; the last of them is the rest."""
MOST_KEYS = 120
"""Wider records are decoded as fast one by one."""
Path = tuple[str, ...]
Flags = npt.NDArray[np.bool_]


class UnfitError(Exception):
    """A value that a template cannot describe, or two that one template cannot describe together."""


@dataclass
class Outline:
    """What stands at a path: texts, other scalars, an object with keys in an order, the first of them always."""

    has_text: bool = False
    has_literal: bool = False
    children: "dict[str, Outline]" = field(default_factory=dict)
    optional: set[str] = field(default_factory=set)

    @classmethod
    def of(cls, value: Any) -> "Outline":
        """The outline of one value. Raises UnfitError: it has a list or an empty object."""
        if isinstance(value, dict) and value:
            if not all(map(is_text, value)):
                raise UnfitError
            return cls(children={key: cls.of(item) for key, item in value.items()})
        if isinstance(value, (dict, list)):
            raise UnfitError
        is_literal = isinstance(value, (Number, bool))
        return cls(has_text=not is_literal and value is not None, has_literal=is_literal)

    def with_other(self, other: "Outline") -> "Outline":
        """Both in one. Raises UnfitError: their keys are in no common order."""
        children = dict(self.children) or dict(other.children)
        optional = self.optional | other.optional
        if self.children and other.children:
            children = {}
            for key in _common_order(list(self.children), list(other.children)):
                ours, theirs = self.children.get(key), other.children.get(key)
                children[key] = ours.with_other(theirs) if ours and theirs else ours or theirs or Outline()
            optional |= set(self.children) ^ set(other.children)
        if children and next(iter(children)) in optional:
            raise UnfitError
        return Outline(self.has_text or other.has_text, self.has_literal or other.has_literal, children, optional)

    def leaves(self) -> int:
        """How many values it has."""
        return sum(child.leaves() for child in self.children.values()) or 1


def _common_order(ours: Sequence[str], theirs: Sequence[str]) -> list[str]:
    """Ours, with each key of theirs that is new behind the one that it follows."""
    shared = set(ours) & set(theirs)
    if [key for key in ours if key in shared] != [key for key in theirs if key in shared]:
        raise UnfitError
    order, at = list(ours), 0
    for key in theirs:
        if key in shared:
            at = order.index(key) + 1
        else:
            order.insert(at, key)
            at += 1
    return order


@dataclass(frozen=True, slots=True)
class Group:
    """What a group of the pattern catches."""

    path: Path
    is_text: bool


class Template:
    """A pattern for records of one outline. ``is_ascii``: other signs stand as escapes, in keys too."""

    def __init__(self, outline: Outline, *, is_ascii: bool) -> None:
        if not outline.children or outline.leaves() > MOST_KEYS:
            raise UnfitError
        self.outline = outline
        self._stages: list[tuple[str, list[Group]]] = []
        members = list(_members(outline, (), is_ascii=is_ascii))
        for first in range(0, len(members), KEYS_AT_ONCE):
            part = members[first : first + KEYS_AT_ONCE]
            pattern = "".join(text for text, _ in part)
            opening, rest = ("" if first else SPACE + r"\{"), first + KEYS_AT_ONCE < len(members)
            closing = "(.*)" if rest else rf"{SPACE}\}}{SPACE}()"  # the last group tells a match from none
            self._stages.append((rf"(?s)^{opening}{pattern}{closing}$", [g for _, groups in part for g in groups]))
        whole = "".join(text for text, _ in members).replace(TEXT, STRICT_TEXT)
        self._whole = rf"(?s)^{SPACE}\{{{whole}{SPACE}\}}{SPACE}$"

    def fits(self, texts: pl.Series) -> Flags:
        """Which texts match."""
        return texts.str.contains(self._whole).fill_null(value=False).to_numpy()

    def cells(self, texts: pl.Series, *, escapes: bool) -> tuple[Flags, list[tuple[Path, pl.Series]]]:
        """Which texts match, and for these the values by path; a path with texts and numbers comes twice.

        Args:
            texts: one record each.
            escapes: whether a backslash may stand in them.
        """
        fits = np.ones(len(texts), np.bool_)
        cells: list[tuple[Path, pl.Series]] = []
        rest = texts
        for pattern, groups in self._stages:
            found = rest.str.extract_groups(pattern).struct.unnest()
            *values, rest = found.get_columns()
            fits &= rest.is_not_null().to_numpy()
            for group, value in zip(groups, values, strict=True):
                plain = _plain(value, fits) if escapes and group.is_text else value
                cells.append((group.path, plain))
        return fits, cells if fits.all() else [(path, value.filter(pl.Series(fits))) for path, value in cells]


def _members(outline: Outline, path: Path, *, is_ascii: bool) -> Iterator[tuple[str, list[Group]]]:
    """The pattern of each key with its value, and the groups in it; the comma stands before."""
    written = encode_basestring_ascii if is_ascii else scalar_json
    for number, (key, child) in enumerate(outline.children.items()):
        comma = rf"{SPACE}," if number else ""
        value, groups = _value(child, (*path, key), is_ascii=is_ascii)
        text = f"{comma}{SPACE}{re.escape(written(key))}{SPACE}:{SPACE}{value}"
        yield (f"(?:{text})?" if key in outline.optional else text), groups


def _value(outline: Outline, path: Path, *, is_ascii: bool) -> tuple[str, list[Group]]:
    choices, groups = ["null"], list[Group]()
    if outline.has_text:
        choices.append(TEXT)
        groups.append(Group(path, is_text=True))
    if outline.has_literal:
        choices.append(LITERAL)
        groups.append(Group(path, is_text=False))
    if outline.children:
        inner = list(_members(outline, path, is_ascii=is_ascii))
        choices.append(rf"\{{{''.join(text for text, _ in inner)}{SPACE}\}}")
        groups += [group for _, found in inner for group in found]
    return f"(?:{'|'.join(choices)})", groups


def _plain(cells: pl.Series, fits: Flags) -> pl.Series:
    """Escapes resolved; where one is none, or gives half of a character, the record fits no more."""
    at = cells.str.contains("\\", literal=True).fill_null(value=False).arg_true()
    if at.is_empty():
        return cells
    values: list[str | None] = []
    for index, cell in zip(at.to_list(), cells.gather(at).to_list(), strict=True):
        value = unescaped(cell)
        values.append(value)
        fits[index] &= value is not None
    return cells.scatter(at, pl.Series(values, dtype=pl.String))


def unescaped(cell: str) -> str | None:
    """What stands between two quotes, escapes resolved; None where that is no text."""
    try:
        value, _ = scanstring(f'{cell}"', 0, True)
    except ValueError:
        return None
    return value if is_text(value) else None


def learnt(samples: Sequence[tuple[str, Any]]) -> Template | None:
    """A template for records like most of these, each a text and its object; None where they have nothing in common."""
    found: Outline | None = None
    for _, value in samples:
        try:
            outline = Outline.of(value)
            found = outline if found is None else found.with_other(outline)
        except (UnfitError, RecursionError):
            continue
    try:
        return Template(found, is_ascii=all(text.isascii() for text, _ in samples)) if found is not None else None
    except UnfitError:
        return None


def texts_of(text: str, separator: str) -> pl.Series:
    """The pieces of a text; null where a piece holds bytes that are no text."""
    try:
        return pl.Series([text], dtype=pl.String).str.split(separator).explode()
    except UnicodeEncodeError:
        pieces = text.split(separator)
        return pl.Series([piece if is_text(piece) else None for piece in pieces], dtype=pl.String)


def is_text(text: str) -> bool:
    """Whether it can be written as UTF-8: no half of a character, no byte that was no text."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
