"""A new file of a known source against what is known: columns come, gone, renamed, retyped; figures that surprise."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from hestia_assets.core.ports import Validator
from hestia_assets.core.results import Choice, FoundColumn
from hestia_assets.core.results.drift import BatchProfile, Drift, DriftFinding, DriftKind
from hestia_assets.core.specs import Column, ColumnType, DatasetSpec, Recipe, parse
from hestia_assets.domains.ingest.matching._drift_figures import LAST, profile, unusual
from hestia_assets.domains.ingest.matching.mapping import WRITTEN, same_kind, suggest

__all__ = ["LAST", "FileSample", "decided", "drift", "profile", "retyped", "surprises"]

VALUES_SEEN = 200
MISFIT = 0.05
"""Share of values from which a column counts as retyped; fewer are slips and are set aside."""

SHARED = 0.5
NOTHING_FOUND: Mapping[str, Column] = {}


@dataclass(frozen=True)
class FileSample:
    """A file as it was inspected: its recipe with guessed types, and its first rows as text by that recipe's names.

    ``row_count``: rows of the whole file, None while it is not known.
    """

    recipe: Recipe
    text: pl.DataFrame
    row_count: int | None = None

    def found(self) -> list[FoundColumn]:
        """Its columns with some of their values."""
        return [
            FoundColumn(column.source, tuple(self.text[column.name].drop_nulls().head(VALUES_SEEN)))
            for column in self.recipe.columns
        ]


def drift(
    sample: FileSample,
    dataset: DatasetSpec,
    past: Sequence[BatchProfile],
    *,
    validator: Validator,
    rows: pl.DataFrame | None = None,
    history: Sequence[Recipe] = (),
) -> Drift:
    """What is different in this file.

    Args:
        sample: the file, as inspected.
        dataset: what it is meant for.
        past: figures of the batches before, oldest first; the file's own batch must not be among them.
        validator: types the rows as the dataset does.
        rows: some rows of the validated table; names of columns that were renamed are found by them.
        history: the dataset's earlier recipes, version 1 first.
    """
    known = _nearest(sample.recipe, dataset)
    headers = Headers(sample, dataset.model_copy(update={"recipe": known}), rows, history)
    read = _as_the_dataset_reads(sample, known)
    judgement = validator.judge(read, tuple(column for column in known.columns if column.name in read.columns), ())
    found = {column.source: column for column in sample.recipe.columns}
    broken = retyped(known.columns, read, judgement.failures, found)
    now = profile(judgement.typed.lazy(), known.columns)
    figures = surprises(now, past, broken, row_count=sample.row_count)
    return Drift((*headers.findings(), *figures), batches=len(past[-LAST:]), row_count=sample.row_count)


def surprises(
    now: BatchProfile, past: Sequence[BatchProfile], broken: Sequence[DriftFinding], *, row_count: int | None
) -> list[DriftFinding]:
    """Columns that are of another type now, and the figures of the others that are unlike those before."""
    names = {finding.column for finding in broken}
    figures = unusual(now, past, row_count=row_count)
    return [*broken, *(each for each in figures if each.column not in names or each.kind is DriftKind.ROWS)]


def decided(recipe: Recipe, changes: Mapping[str, Any]) -> Recipe:
    """The recipe after a choice about drift: as ``Recipe.with_changes``, and ``ignore`` and ``add`` join what is there.

    Raises:
        SpecError: the changes do not fit the recipe.
    """
    rest = {name: value for name, value in changes.items() if name not in ("ignore", "add")}
    changed = recipe.with_changes(rest)
    ignored = tuple(dict.fromkeys((*changed.ignored, *changes.get("ignore", ()))))
    columns = [*(column.model_dump() for column in changed.columns), *changes.get("add", ())]
    return parse(Recipe, changed.model_dump() | {"ignored": ignored, "columns": columns})


def _nearest(found: Recipe, dataset: DatasetSpec) -> Recipe:
    """Of the dataset's recipes the one whose headers the file has most of."""
    sources = {column.source for column in found.columns}
    return max(
        (dataset.recipe, *dataset.other_recipes),
        key=lambda recipe: len(sources & {column.source for column in recipe.columns}),
    )


@dataclass(frozen=True)
class Headers:
    """The header of a file against the one that is known."""

    sample: FileSample
    dataset: DatasetSpec
    rows: pl.DataFrame | None
    history: Sequence[Recipe]

    def findings(self) -> list[DriftFinding]:
        """Columns that were renamed, are gone, or are new."""
        known = self.dataset.recipe
        sources = {column.source for column in self.sample.recipe.columns}
        expected = {column.source for column in known.columns} | set(known.ignored)
        gone = [column for column in known.columns if column.source not in sources and not column.optional]
        new = [column for column in self.sample.recipe.columns if column.source not in expected]
        renamed = self._renamed(gone, new)
        named_again = {column.source for _, column, _ in renamed}
        missing = [column for column in gone if column not in [old for old, _, _ in renamed]]
        return [
            *(_renamed(*pair) for pair in renamed),
            *(_removed(column) for column in missing),
            *(_added(column, known) for column in new if column.source not in named_again),
        ]

    def _renamed(self, gone: Sequence[Column], new: Sequence[Column]) -> list[tuple[Column, Column, str]]:
        if not gone or not new:
            return []
        found = suggest(self.sample.found(), self.dataset, profile=self.rows, history=self.history)
        told = {match.target: match for match in found.matches}
        pairs: list[tuple[Column, Column, str]] = []
        for old in gone:
            match = told.get(old.name)
            same = next((column for column in new if match and column.source == match.source), None)
            if match and same:
                pairs.append((old, same, match.reason))
        if not pairs and len(gone) == len(new) == 1 and (why := self._takes_its_place(gone[0], new[0])):
            pairs.append((gone[0], new[0], why))
        return pairs

    def _takes_its_place(self, old: Column, new: Column) -> str:
        """Why the only new column may be the only one that is gone: its values are of the same kind and size."""
        if self.rows is None or old.name not in self.rows.columns or not same_kind(new.type, old.type):
            return ""
        before, now = self.rows[old.name].drop_nulls(), self.sample.text[new.name].drop_nulls()
        if before.dtype == pl.String:
            shared = now.is_in(before.unique().implode()).mean() or 0.0
            return f"{shared:.0%} of its values are known from there" if float(shared) >= SHARED else ""  # pyright: ignore[reportArgumentType] - a share
        return f"the only new column, the only one gone, and both hold {old.type.value}s"


def _renamed(old: Column, new: Column, why: str) -> DriftFinding:
    said = f"'{old.source}' is gone and '{new.source}' is new: it may be {old.name} ({why})."
    take = {"source": new.source, **(_written(new, old) if same_kind(new.type, old.type) else {})}
    choices = (
        _leave("The file waits until it is decided."),
        Choice(f"'{new.source}' is {old.name}", why, {"columns": {old.name: take}}),
        Choice(
            f"'{new.source}' is another column: leave it out",
            f"{old.name} has no value in files without it.",
            {"columns": {old.name: {"optional": True}}, "ignore": [new.source]},
        ),
    )
    return DriftFinding(DriftKind.RENAMED, old.name, said, choices, source=new.source)


def _leave(because: str) -> Choice:
    return Choice("Leave it as it is", because, {})


def _removed(column: Column) -> DriftFinding:
    said = f"'{column.source}' is gone: {column.name} would have no value."
    make = Choice(
        "Files without it are welcome",
        f"{column.name} has no value in their rows.",
        {"columns": {column.name: {"optional": True}}},
    )
    return DriftFinding(DriftKind.REMOVED, column.name, said, (_leave("The file waits until it is decided."), make))


def _added(column: Column, known: Recipe) -> DriftFinding:
    taken = {other.name.lower() for other in known.columns}
    name = column.name if column.name not in taken else f"{column.name}_2"
    join = column.model_copy(update={"name": name, "optional": True}).model_dump()
    choices = (
        _leave("The file waits until it is decided."),
        Choice("Leave it out", "Its values stay in the original file only.", {"ignore": [column.source]}),
        Choice(f"Add it as {name}", "Rows from before have no value there.", {"add": [join]}),
    )
    said = f"'{column.source}' is new ({column.type.value})."
    return DriftFinding(DriftKind.ADDED, column.source, said, choices, source=column.source)


def _as_the_dataset_reads(sample: FileSample, known: Recipe) -> pl.DataFrame:
    """The file's rows under the dataset's names; columns that it does not have are missing."""
    names = {column.source: column.name for column in sample.recipe.columns}
    return sample.text.select(
        pl.col(names[column.source]).alias(column.name) for column in known.columns if column.source in names
    )


def retyped(
    columns: Sequence[Column], read: pl.DataFrame, failures: pl.DataFrame, found: Mapping[str, Column] = NOTHING_FOUND
) -> list[DriftFinding]:
    """Columns of which many values are not of their type.

    Args:
        columns: as the dataset has them.
        read: their text.
        failures: of typing alone, as in ``Judgement``.
        found: how each column is written in this file, by header, where that was looked at.
    """
    counts = dict(failures.group_by("column").len().iter_rows())
    findings: list[DriftFinding] = []
    for column in columns:
        misfits = counts.get(column.name, 0)
        values = _with_a_value(read, column) if misfits else 0
        if misfits and misfits >= MISFIT * values:
            example = failures.filter(pl.col("column") == column.name)["value"][0]
            findings.append(_retyped_column(column, found.get(column.source), misfits, values, example))
    return findings


def _with_a_value(read: pl.DataFrame, column: Column) -> int:
    if column.name not in read.columns:
        return 0
    text = read[column.name].str.strip_chars()
    return text.drop_nulls().len() - int(text.is_in(list(column.null_words)).sum())


def _retyped_column(column: Column, found: Column | None, misfits: int, values: int, example: str) -> DriftFinding:
    counted = f"{misfits:,} of {values:,} values of {column.name}"
    said = f"{counted} are no {column.type.value} any more, such as '{example}'."
    choices = [Choice("Keep the type", "Rows whose value does not fit are set aside.", {})]
    if found is None:
        return DriftFinding(DriftKind.RETYPED, column.name, said, tuple(choices), source=column.source)
    changes = _written(found, column)
    if same_kind(found.type, column.type) and any(getattr(column, name) != value for name, value in changes.items()):
        how = "It is written otherwise now, and its values mean the same."
        choices.append(Choice("Read it as it is written now", how, {"columns": {column.name: changes}}))
    return DriftFinding(DriftKind.RETYPED, column.name, said, tuple(choices), source=found.source)


def _written(found: Column, column: Column) -> dict[str, Any]:
    """How the values of a column are written in this file."""
    if column.type is ColumnType.TEXT:
        return {}
    words = tuple(dict.fromkeys((*column.null_words, *found.null_words)))
    return {name: getattr(found, name) for name in WRITTEN} | {"null_words": words}
