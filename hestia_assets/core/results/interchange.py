"""Rules that came from another tool's file, and what of the file could not come along."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from hestia_assets.core.specs import CheckSpec, ColumnType


@dataclass(frozen=True, slots=True)
class RuleNote:
    """Something a file says that no rule took over, or that a rule says otherwise: where it stands, and why."""

    place: str
    why: str


@dataclass(frozen=True)
class ImportedRules:
    """What a file of another tool says, as checks of a dataset.

    ``language`` is a name from the languages' registry. ``places``: where in the file each check stands, by its name.
    ``types`` and ``primary_key`` are what the file says of columns that the dataset has; they are suggestions.
    """

    language: str
    checks: tuple[CheckSpec, ...]
    types: Mapping[str, ColumnType] = field(default_factory=dict[str, ColumnType])
    primary_key: tuple[str, ...] = ()
    notes: tuple[RuleNote, ...] = ()
    places: Mapping[str, str] = field(default_factory=dict[str, str])


@dataclass(frozen=True)
class WrittenRules:
    """A dataset's rules as a file of another tool, and what that language cannot say."""

    content: bytes
    file_name: str
    notes: tuple[RuleNote, ...] = ()
