"""What one browser tab has decided so far about the files it is importing. Rows and bytes stay on disk."""

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import partial
from typing import Any, BinaryIO

import polars as pl
import streamlit as st

from hestia_assets.core.errors import ReadError
from hestia_assets.core.results import Inspection, Member, Preview, Problem, Question, Reason, SpecVersion, TableInFile
from hestia_assets.core.specs import CheckSpec, Column, DatasetSpec, Recipe, parse
from streamlit_app.chosen import ChosenFile, Fate
from streamlit_app.composed import JOINING, Changed, about_columns, after, composed, recipes_of
from streamlit_app.counting import Counting
from streamlit_app.facade import hestia, tenant

_KEY = "draft"


class Step(StrEnum):
    """The four steps of the wizard."""

    CHOOSE = "Choose files"
    PREVIEW = "Check the preview"
    RULES = "Rules and mode"
    RUN = "Import"


@dataclass
class Draft:
    """The state of the wizard.

    ``number`` makes the widgets of a new draft new ones; ``edition`` those of the columns, when they change; ``turn``
    those of the way of reading, when something else than they changed it. ``slot`` is the place of the recipe among
    those of the dataset, ``added`` the headers of columns that this one gains.
    ``looked`` is the position of the file that is shown, ``member`` its part where it is an archive with ``members``;
    ``refused`` are files that did not arrive. ``version`` is the saved one that the person sees; ``dropped`` are rules
    whose columns are not in this file. ``spot`` is the first line under discussion and how many lines there are.
    """

    number: int = 0
    step: Step = Step.CHOOSE
    files: tuple[ChosenFile, ...] = ()
    looked: int = 0
    member: str = ""
    members: tuple[Member, ...] | None = None
    refused: tuple[Problem, ...] = ()
    dataset: str = ""
    saved: DatasetSpec | None = None
    slot: int = 0
    added: tuple[str, ...] = ()
    version: int = 0
    recipe: Recipe = field(default_factory=Recipe)
    guessed: tuple[Column, ...] = ()
    edition: int = 0
    turn: int = 0
    found: Inspection | None = None
    answers: dict[str, int] = field(default_factory=dict)
    joining: dict[str, Any] = field(default_factory=dict)
    checks: tuple[CheckSpec, ...] = ()
    dropped: tuple[CheckSpec, ...] = ()
    fates: tuple[Fate, ...] = ()
    cleared: bool = False
    spot: tuple[int, int] | None = None
    seen: dict[str, Preview] = field(default_factory=dict)
    _examples: pl.DataFrame | None = None
    _counting: Counting | None = None

    @property
    def file(self) -> ChosenFile | None:
        """The file that is shown."""
        return self.files[self.looked] if self.files else None

    @property
    def how_many(self) -> int:
        """Files that are imported: those that were chosen, or the parts of one archive."""
        return len(self.files) if len(self.files) > 1 else len(self.members or ()) or 1

    @property
    def file_name(self) -> str:
        """Its name, or that of the part of the archive that is shown."""
        assert self.file is not None, "a file is chosen first"
        return self.member or self.file.name

    def open(self) -> AbstractContextManager[BinaryIO]:
        """The bytes that are shown. Raises HestiaError."""
        assert self.file is not None, "a file is chosen first"
        return self.file.open(self.member)

    @property
    def unit(self) -> str:
        """What the account of this file counts: line, record or row."""
        return hestia().formats.get(self.recipe.format).unit

    @property
    def reasons(self) -> tuple[Reason, ...]:
        """Why the file is read this way."""
        return self.found.reasons if self.found else ()

    @property
    def tables(self) -> tuple[TableInFile, ...]:
        """All tables of the file."""
        return self.found.tables if self.found else ()

    @property
    def questions(self) -> tuple[Question, ...]:
        """What only a person can know."""
        return self.found.questions if self.found else ()

    @property
    def spec(self) -> DatasetSpec:
        """The dataset as it would be saved now. Raises SpecError."""
        base = self.saved or parse(DatasetSpec, {"name": self.dataset, "tenant": tenant()})
        return composed(base, Changed(self.recipe, self.slot, self.checks, self.joining, self.added))

    def take_saved(self, found: SpecVersion | None) -> None:
        """Begin with the dataset as it is saved now, or without one."""
        spec = found.spec if found else None
        self.saved = spec if isinstance(spec, DatasetSpec) else None
        self.version = found.version if found else 0
        self.checks, self.dropped = (self.saved.checks if self.saved else ()), ()
        self.slot, self.added, self.joining = (
            0,
            (),
            {name: getattr(self.saved, name) for name in JOINING} if self.saved else {},
        )

    def preview(self) -> Preview:
        """The first rows under the present choices; read again when a choice changed. Raises HestiaError."""
        key = self._key()
        if key not in self.seen:
            with self.open() as source:
                self.seen = {key: hestia().ingest.preview(source, self.recipe, checks=self.checks)}
        return self.seen[key]

    def counting(self) -> Counting:
        """The scan of the whole file under the present choices, begun anew when one changed. Raises SpecError."""
        assert self.file is not None, "a file is chosen first"
        key = self._key()
        if self._counting is None or self._counting.key != key:
            self.stop()
            alone = self.spec.model_copy(update={"recipe": self.recipe, "other_recipes": ()})
            self._counting = Counting(key, partial(self.file.open, self.member), alone)
        return self._counting

    def stop(self) -> None:
        """Count no further."""
        if self._counting is not None:
            self._counting.stop()

    def _key(self) -> str:
        return f"{self.looked}/{self.member}/{self.spec.model_dump_json()}"

    def examples(self) -> pl.DataFrame:
        """First values as text, one column for each of ``guessed``."""
        if self._examples is None:
            as_text = self.recipe.model_copy(update={"columns": self.guessed, "ignored": ()})
            with self.open() as source:
                found = hestia().ingest.preview(source, as_text, limit=20).text
            self._examples = found.select(column.name for column in self.guessed)
        return self._examples

    def take_recipe(self, recipe: Recipe) -> None:
        """Go on with this recipe; its columns are the ones to edit."""
        self.recipe, self.guessed = recipe, recipe.columns
        self.edition += 1
        self._examples, self.seen, self.spot = None, {}, None

    def take_found(self, found: Inspection) -> None:
        """Go on with what an inspection says; its safe answers hold."""
        self.turn += 1
        self.found, self.answers = found, {}
        self.take_recipe(found.recipe)

    def look_at(self, position: int) -> None:
        """Show another file, or another file of the archive, read in the same way. Raises HestiaError."""
        if len(self.files) > 1:
            self.looked, self.members = position, None
            members = self.parts()
            self.member = members[0].name if members else ""
        else:
            self.member = self.parts()[position].name
        self._examples, self.seen, self.spot = None, {}, None

    def parts(self) -> tuple[Member, ...]:
        """What is in the file that is shown, where it is an archive. Raises HestiaError."""
        assert self.file is not None, "files are chosen first"
        if self.members is None:
            with self.file.open() as source:
                self.members = tuple(hestia().ingest.members(source, file_name=self.file.name))
        return self.members

    def look_again(self) -> None:
        """Inspect the file anew, but go on reading it as saved. Raises HestiaError."""
        assert self.saved is not None, "it was imported before"
        with self.open() as source:
            self.found = hestia().ingest.inspect(source, file_name=self.file_name)
        self.take_fitting()

    def take_fitting(self) -> None:
        """Read the file in the first of the dataset's ways that fits; the first of all where none does."""
        assert self.saved is not None, "it was saved before"
        for slot, recipe in enumerate(recipes_of(self.saved)):
            self.slot = slot
            self.take_recipe(recipe)
            try:
                self.preview()
            except ReadError:
                continue
            return
        self.slot = 0
        self.take_recipe(self.saved.recipe)

    def add_recipe(self, recipe: Recipe, *, added: Sequence[str] = ()) -> None:
        """Files may also look like this; the dataset keeps its columns, and gains those under the headers ``added``."""
        assert self.saved is not None, "it was saved before"
        self.slot, self.added = len(recipes_of(self.saved)), tuple(added)
        self.take_recipe(recipe)

    def read_as(self, chosen: Recipe) -> None:
        """Read the file in another way; columns that a person settled keep name and type. Raises ReadError."""
        with self.open() as source:
            found = hestia().ingest.inspect_as(source, chosen)
        kept = {column.source: column for column in self._settled()}
        columns = tuple(kept.get(column.source, column) for column in found.recipe.columns)
        if self.found is not None:
            about_file = tuple(one for one in self.questions if not about_columns(one))
            self.found = replace(
                self.found, recipe=found.recipe, questions=(*about_file, *filter(about_columns, found.questions))
            )
        self.take_recipe(chosen.model_copy(update={"columns": columns}))
        self._drop_rules()

    def read_table(self, table: TableInFile) -> None:
        """Read another table of the file. Raises ReadError, SpecError."""
        chosen = self.recipe.with_changes(table.changes)
        with self.open() as source:
            anew = hestia().ingest.inspect_as(source, chosen)
        old = self.found or anew
        self.take_found(replace(anew, tables=old.tables))
        self._drop_rules()

    def answered(self, question: Question) -> int:
        """Which answer holds now: the one given, else the first that would change nothing, else the safe one."""
        if question.text in self.answers:
            return self.answers[question.text]
        held = (n for n, one in enumerate(question.choices) if self._after(one.changes) == self.recipe)
        return next(held, question.chosen)

    def answer(self, question: Question, choice: int) -> None:
        """Settle a question; the file is read again where that changes how. Raises HestiaError."""
        self.turn += 1
        changes = question.choices[choice].changes
        if set(changes) - {"columns"}:
            self.read_as(self.recipe.with_changes({name: v for name, v in changes.items() if name != "columns"}))
        self.take_recipe(self._after({"columns": changes.get("columns", {})}))
        self.answers[question.text] = choice

    def _after(self, changes: Mapping[str, Any]) -> Recipe:
        return after(self.recipe, changes, found=self.found.recipe.columns if self.found else ())

    def _settled(self) -> list[Column]:
        """Columns of the saved dataset, or those that the person changed."""
        guessed = set() if self.saved else {column.model_dump_json() for column in self.guessed}
        return [column for column in self.recipe.columns if column.model_dump_json() not in guessed]

    def _drop_rules(self) -> None:
        """Rules and keys on columns that are gone leave, and are remembered to be named."""
        names = {column.name for column in self.recipe.columns}
        lost = tuple(check for check in self.checks if not names.issuperset(check.columns))
        self.checks = tuple(check for check in self.checks if check not in lost)
        self.dropped = (*self.dropped, *lost)
        if not names.issuperset(self.joining.get("primary_key", ())):
            self.joining = {}

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
    """Forget the draft and remove its uploads; files from a drop folder go back there."""
    old = draft()
    old.stop()
    for file in old.files:
        file.give_back()
    st.session_state[_KEY] = Draft(number=old.number + 1)
    return st.session_state[_KEY]
