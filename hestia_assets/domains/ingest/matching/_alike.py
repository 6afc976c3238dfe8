"""How well a column of a file fits a column of a dataset, by one kind of evidence after the other."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import polars as pl

from hestia_assets.core.results.mapping import FoundColumn
from hestia_assets.core.specs import Column, ColumnType, Recipe
from hestia_assets.domains.ingest.matching.synonyms import (
    GENERIC,
    HARD,
    Meaning,
    canonical_words,
    meaning,
    soft_words,
    words,
)

SAME, SAME_NAME, BEFORE, SYNONYM, SAME_WORDS = 1.0, 0.98, 0.97, 0.95, 0.93
THIS_DATASET, NARROWER, LOOKS, VALUES, SPELLING, ONLY_ONE = 0.85, 0.8, 0.8, 0.75, 0.74, 0.72
DOUBTFUL = 0.6
"""Below the cut: shown as the reason why nothing is suggested."""

EMAIL = r"^[^@\s]+@[^@\s]+\.\w{2,}$"
DAY = r"^\d{1,4}[-/. ]\w{1,9}[-/. ]\d{2,4}|^(?:19|20)\d{6}$"
NUMBER = r"^[-+]?[€$£]?\s?[\d.,' ]*\d\s?[€$£%]?$"
LOOK = {ColumnType.DATE: DAY, ColumnType.TIMESTAMP: DAY, ColumnType.INTEGER: NUMBER, ColumnType.DECIMAL: NUMBER,
        ColumnType.FLOAT: NUMBER}  # fmt: skip
NEVER_ALONE = ("id", "code", "number")
PEOPLE = frozenset({"customer", "contact", "user", "employee", "full"})
"""A column that is just called "name" may be theirs."""

LETTERS = r"[^\W\d_]"
MEANT = {"email": "@", "phone": r"\d", "fax": r"\d", "name": LETTERS, "city": LETTERS, "country": LETTERS,
         "company": LETTERS, "street": LETTERS}  # fmt: skip
"""What the values of a text column have, by what it is called."""

ENOUGH_SHARED = 4
TYPO_FROM = 5


@dataclass(frozen=True, slots=True)
class Evidence:
    """A score and what it rests on."""

    score: float
    reason: str


NONE = Evidence(0.0, "")


@dataclass(frozen=True)
class Target:
    """A column of the dataset with all that is known of it."""

    column: Column
    headers: Mapping[str, str]
    values: frozenset[str] = frozenset()
    years: range = range(0)

    @property
    def meanings(self) -> list[Meaning]:
        """What its name says, and its header text where that differs."""
        told = [meaning(text) for text in (self.column.name, self.column.source)]
        return [one for number, one in enumerate(told) if one is not None and one not in told[:number]]


@dataclass(frozen=True)
class Context:
    """What all columns together tell: words of the dataset's name, and how often a head occurs on either side."""

    dataset_words: frozenset[str]
    sources: Mapping[str, int] = field(default_factory=dict[str, int])
    targets: Mapping[str, int] = field(default_factory=dict[str, int])

    def only_one(self, head: str) -> bool:
        """Whether there is one such column in the file and one in the dataset."""
        return self.sources.get(head) == 1 and self.targets.get(head) == 1


def target_of(
    column: Column, profile: pl.DataFrame | None, others: Sequence[Recipe], history: Sequence[Recipe]
) -> Target:
    """A column of the dataset with its former headers and the values it has."""
    headers = {
        earlier.source: f"was mapped so in version {version}"
        for version, recipe in enumerate(history, start=1)
        for earlier in recipe.columns
        if earlier.name == column.name
    }
    headers |= {
        other.source: "another source of this dataset calls it so"
        for recipe in others
        for other in recipe.columns
        if other.name == column.name
    }
    if profile is None or column.name not in profile.columns:
        return Target(column, headers)
    values = profile[column.name].drop_nulls()
    if values.dtype.is_temporal() and values.len():
        years = values.dt.year()
        return Target(column, headers, years=range(int(years.min() or 0), int(years.max() or 0) + 2))  # pyright: ignore[reportArgumentType] - years
    return Target(column, headers, frozenset(values.unique()) if values.dtype == pl.String else frozenset())


def evidence(found: FoundColumn, target: Target, context: Context) -> Evidence:
    """The best that speaks for this pair."""
    certain = _by_name(found.source, target)
    if certain.score:
        return certain
    said = _by_meaning(found, target, context)
    best = said or max(_by_spelling(found, target), _by_values(found, target), key=lambda one: one.score)
    if best.score > DOUBTFUL and not _fits(found, target.column):
        return Evidence(DOUBTFUL, f"{best.reason}, but its values look otherwise")
    return best


def _by_name(source: str, target: Target) -> Evidence:
    column = target.column
    if source == column.source:
        return Evidence(SAME, "same header")
    joined = "".join(words(source))
    if joined and joined in ("".join(words(column.name)), "".join(words(column.source))):
        return Evidence(SAME_NAME, "same name")
    return Evidence(BEFORE, target.headers[source]) if source in target.headers else NONE


def _by_meaning(found: FoundColumn, target: Target, context: Context) -> Evidence | None:
    """What the words say; None where they say nothing about this pair, a score of 0 where they speak against it."""
    if canonical_words(found.source) and canonical_words(found.source) == canonical_words(target.column.name):
        return Evidence(SAME_WORDS, f"same words: {found.source} = {target.column.name}")
    told = meaning(found.source)
    if told is None or not target.meanings:
        return None
    return max((_relation(found.source, told, other, target, context) for other in target.meanings), key=_score)


def _score(one: Evidence) -> float:
    return one.score


def _relation(source: str, one: Meaning, other: Meaning, target: Target, context: Context) -> Evidence:
    nested = one.qualifiers <= other.qualifiers or other.qualifiers <= one.qualifiers
    if one.head != other.head or not nested:
        return NONE
    said = f"synonym: {source} = {' '.join([*sorted(one.qualifiers), one.head])} ({one.language})"
    if one.qualifiers == other.qualifiers:
        return Evidence(SYNONYM, said)
    return _narrower(said, one.head, one.qualifiers ^ other.qualifiers, context) or Evidence(
        DOUBTFUL, f"{source} may be another {one.head} than {target.column.name}"
    )


def _narrower(said: str, head: str, extra: frozenset[str], context: Context) -> Evidence | None:
    """Where one side says more than the other; None where that may be another column."""
    if extra & HARD or extra - soft_words():
        return None
    if extra <= context.dataset_words:
        return Evidence(THIS_DATASET, said)
    if head not in GENERIC:
        return Evidence(NARROWER, said)
    if (head == "name" and not extra <= PEOPLE) or head in NEVER_ALONE:
        return None
    if context.only_one(head):
        return Evidence(ONLY_ONE, f"{said}, and there is no other {head} on either side")
    return None


def _by_spelling(found: FoundColumn, target: Target) -> Evidence:
    from rapidfuzz.distance import OSA  # few files need it

    one = "".join(words(found.source))
    for other in {"".join(words(target.column.name)), "".join(words(target.column.source))}:
        shorter = min(len(one), len(other))
        if shorter < TYPO_FROM or re.findall(r"\d+", one) != re.findall(r"\d+", other):
            continue
        if one[0] == other[0] and OSA.distance(one, other) <= (2 if shorter >= 2 * TYPO_FROM else 1):
            return Evidence(SPELLING, f"spelled almost like {target.column.name}")
    return NONE


def _by_values(found: FoundColumn, target: Target) -> Evidence:
    seen = frozenset(value.strip() for value in found.values) - {""}
    if not seen:
        return NONE
    if target.values and _all_look(found.values, EMAIL):
        if _all_look(list(target.values)[:100], EMAIL):
            return Evidence(LOOKS, f"values look like e-mail addresses, as {target.column.name} has")
        return NONE
    shared = seen & target.values
    if len(shared) >= ENOUGH_SHARED and len(shared) >= 0.8 * len(seen):
        some = ", ".join(sorted(shared)[:3])
        return Evidence(VALUES, f"{len(shared)} of {len(seen)} different values are in {target.column.name}: {some}")
    years = [int(year) for value in seen for year in re.findall(r"(?<!\d)\d{4}(?!\d)", value)]
    if target.years and _all_look(found.values, DAY) and years and all(year in target.years for year in years):
        return Evidence(ONLY_ONE, f"values look like dates in {min(seen)}, as {target.column.name} has")
    return NONE


def _all_look(values: Sequence[str], pattern: str) -> bool:
    told = [value.strip() for value in values if value.strip()]
    return bool(told) and sum(bool(re.search(pattern, value)) for value in told) >= 0.9 * len(told)


def _fits(found: FoundColumn, column: Column) -> bool:
    """Whether at least half of the values look like what the column holds; without values nothing speaks against it."""
    told = [value.strip() for value in found.values if value.strip() not in ("", *column.null_words)]
    said = meaning(column.name)
    pattern = LOOK.get(column.type) or (MEANT.get(said.head) if said else None)
    return not told or pattern is None or sum(bool(re.search(pattern, value)) for value in told) >= 0.5 * len(told)
