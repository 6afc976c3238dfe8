"""What every language of rules owes."""

from dataclasses import dataclass
from typing import Any, ClassVar, Protocol, runtime_checkable

from hestia_assets.core.results import RuleNote
from hestia_assets.core.specs import DatasetSpec
from hestia_assets.domains.interchange.found import Found


@dataclass(frozen=True)
class Wanted:
    """What is looked for in a file: rules for this dataset, of the model of this name where a file has several.

    ``column``: the file speaks of JSON texts in this column, and not of the rows.
    """

    dataset: DatasetSpec
    model: str | None = None
    column: str | None = None


class Language(Protocol):
    """How one tool writes rules. ``title`` is what people call it; ``suffix`` is that of its files."""

    title: ClassVar[str]
    suffix: ClassVar[str]

    def recognises(self, document: Any) -> bool:
        """Whether a parsed file is certainly in this language."""
        ...

    def read(self, document: Any, wanted: Wanted, found: Found) -> None:
        """Put every rule of the file into ``found``, and a note for all that becomes none. Raises SpecError."""
        ...


@runtime_checkable
class WritableLanguage(Language, Protocol):
    """A language that rules can be written in."""

    def write(self, dataset: DatasetSpec) -> tuple[dict[str, Any], tuple[RuleNote, ...]]:
        """The file as an object, and what it cannot say."""
        ...
