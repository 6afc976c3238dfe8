"""Which column of a file is which column of a dataset, and why."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class FoundColumn:
    """A column of a file: its header text and some of its values, as text."""

    source: str
    values: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ColumnMatch:
    """A column of a file and the dataset's column it is suggested for; ``target`` None: nothing fits well enough.

    ``score`` goes from 0 to 1; ``reason`` says what the suggestion rests on, or why there is none.
    """

    source: str
    target: str | None
    score: float
    reason: str


@dataclass(frozen=True)
class MappingSuggestion:
    """One match per column of the file, in its order; what is left over on either side.

    ``unmapped_sources`` are header texts, ``missing_targets`` names of the dataset's columns.
    """

    matches: tuple[ColumnMatch, ...]
    unmapped_sources: tuple[str, ...] = ()
    missing_targets: tuple[str, ...] = ()
