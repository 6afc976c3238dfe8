"""What one browser tab has decided so far about the file it is importing. Rows and bytes stay on disk."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import BinaryIO

import polars as pl
import streamlit as st

from hestia_assets.core.results import IncomingFile, Preview, Reason, SpecVersion
from hestia_assets.core.specs import CheckSpec, Column, DatasetSpec, Recipe, parse
from streamlit_app.facade import hestia, tenant, uploads

_KEY = "draft"


class Step(StrEnum):
    """The four steps of the wizard."""

    CHOOSE = "Choose a file"
    PREVIEW = "Check the preview"
    RULES = "Add rules"
    RUN = "Import"


@dataclass(frozen=True)
class ChosenFile:
    """A file among the uploads, found by its token; ``folder`` is the dataset whose drop folder it came from."""

    name: str
    size_bytes: int
    token: str
    folder: str = ""

    @property
    def path(self) -> Path:
        """Where it is. Raises UnknownUploadError."""
        return uploads().path(self.token)

    @contextmanager
    def open(self) -> Iterator[BinaryIO]:
        """Its bytes."""
        with self.path.open("rb") as source:
            yield source

    def remove(self) -> None:
        """Take it away once its bytes are kept as an original."""
        uploads().remove(self.token)


def claim(file: IncomingFile) -> ChosenFile:
    """Take a file out of its drop folder, so that nothing else imports it meanwhile. Raises NotFoundError."""
    path = Path(file.path)
    return ChosenFile(path.name, file.size_bytes, token=uploads().claim(path), folder=file.dataset)


@dataclass
class Draft:
    """The state of the wizard.

    ``number`` makes the widgets of a new draft new ones; ``edition`` those of the columns, when they change.
    ``version`` is the saved one that the person sees; ``dropped`` are rules whose columns are not in this file.
    """

    number: int = 0
    step: Step = Step.CHOOSE
    file: ChosenFile | None = None
    dataset: str = ""
    saved: DatasetSpec | None = None
    version: int = 0
    recipe: Recipe = field(default_factory=Recipe)
    guessed: tuple[Column, ...] = ()
    edition: int = 0
    reasons: tuple[Reason, ...] = ()
    checks: tuple[CheckSpec, ...] = ()
    dropped: tuple[CheckSpec, ...] = ()
    batch: str = ""
    known: bool = False
    cleared: bool = False
    seen: dict[str, Preview] = field(default_factory=dict)
    _examples: pl.DataFrame | None = None

    @property
    def spec(self) -> DatasetSpec:
        """The dataset as it would be saved now. Raises SpecError."""
        kept = self.saved.description if self.saved else ""
        fields = {
            "name": self.dataset, "tenant": tenant(), "description": kept,
            "recipe": self.recipe.model_dump(), "checks": [check.model_dump() for check in self.checks],
        }  # fmt: skip
        return parse(DatasetSpec, fields)

    def take_saved(self, found: SpecVersion | None) -> None:
        """Begin with the dataset as it is saved now, or without one."""
        spec = found.spec if found else None
        self.saved = spec if isinstance(spec, DatasetSpec) else None
        self.version = found.version if found else 0
        self.checks, self.dropped = (self.saved.checks if self.saved else ()), ()

    def preview(self) -> Preview:
        """The first rows under the present choices; read again when a choice changed. Raises HestiaError."""
        assert self.file is not None, "a file is chosen first"
        key = self.spec.model_dump_json()
        if key not in self.seen:
            with self.file.open() as source:
                self.seen = {key: hestia().ingest.preview(source, self.recipe, checks=self.checks)}
        return self.seen[key]

    def examples(self) -> pl.DataFrame:
        """First values as text, one column for each of ``guessed``."""
        assert self.file is not None, "a file is chosen first"
        if self._examples is None:
            as_text = self.recipe.model_copy(update={"columns": self.guessed})
            with self.file.open() as source:
                found = hestia().ingest.preview(source, as_text, limit=20).text
            self._examples = found.select(column.name for column in self.guessed)
        return self._examples

    def take_recipe(self, recipe: Recipe) -> None:
        """Go on with this recipe; its columns are the ones to edit."""
        self.recipe, self.guessed = recipe, recipe.columns
        self.edition += 1
        self._examples, self.seen = None, {}

    def read_as(self, chosen: Recipe) -> None:
        """Read the file in another way; columns whose header stays keep name and type. Raises ReadError."""
        assert self.file is not None, "a file is chosen first"
        with self.file.open() as source:
            found = hestia().ingest.inspect_as(source, chosen).recipe
        kept = {column.source: column for column in self.recipe.columns}
        columns = tuple(kept.get(column.source, column) for column in found.columns)
        names = {column.name for column in columns}
        lost = tuple(check for check in self.checks if not names.issuperset(check.columns))
        self.checks = tuple(check for check in self.checks if check not in lost)
        self.dropped = (*self.dropped, *lost)
        self.take_recipe(chosen.model_copy(update={"columns": columns}))

    def go(self, step: Step) -> None:
        """Show another step."""
        self.step = step
        st.rerun()


def draft() -> Draft:
    """This session's draft."""
    if _KEY not in st.session_state:
        st.session_state[_KEY] = Draft()
    return st.session_state[_KEY]


def start_over() -> Draft:
    """Forget the draft and remove its upload; a file from a drop folder goes back there."""
    old = draft()
    if old.file is not None:
        uploads().give_back(old.file.token)
    st.session_state[_KEY] = Draft(number=old.number + 1)
    return st.session_state[_KEY]
