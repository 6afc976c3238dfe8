"""Where edits by a person are judged, as an import would judge the values."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import polars as pl

from hestia_assets.core.errors import EditError
from hestia_assets.core.layers import Layer, TableRef
from hestia_assets.core.ports import BatchStore, TableStore, Validator
from hestia_assets.core.results import CheckResult, EditPreview, EditRefusal, RowEdit, merge_checks
from hestia_assets.core.rules import Scope
from hestia_assets.core.specs import CheckSpec, Column, ColumnType, DatasetSpec, Mode, Severity
from hestia_assets.domains.ingest.loading.versions import OF, ROW_ID, history_of
from hestia_assets.domains.ingest.rewriting.rereading import read_plainly

PRINTED_TIMESTAMP = "%Y-%m-%d %H:%M:%S%.f"


@dataclass(frozen=True)
class Edited:
    """Rows before and after, in the order of the edits; ``links`` as in history, one per row."""

    before: pl.DataFrame
    after: pl.DataFrame
    links: pl.DataFrame


@dataclass
class _Tried:
    """Rows before and after, in the order of the edits, and what speaks against the new values.

    ``wide``: checks of one changed column each that look at more of the row, for other columns may exempt it.
    """

    before: pl.DataFrame
    after: pl.DataFrame
    wide: list[CheckSpec] = field(default_factory=list[CheckSpec])
    refused: list[EditRefusal] = field(default_factory=list[EditRefusal])
    checks: list[CheckResult] = field(default_factory=list[CheckResult])

    @property
    def differs(self) -> pl.DataFrame:
        """For each column that they have, which rows get another value."""
        have = self.before.columns
        return self.after.select(
            self.after[name].ne_missing(self.before[name]) if name in have else self.after[name].is_not_null()
            for name in self.after.columns
        )

    @property
    def cells(self) -> int:
        """How many values are others."""
        return sum(int(column.sum()) for column in self.differs.iter_columns())

    @property
    def positions(self) -> list[int]:
        """The edits that change something."""
        return self.differs.select(pl.any_horizontal(pl.all()).alias("differs"))["differs"].arg_true().to_list()

    def real(self, batch: str) -> tuple[pl.DataFrame, pl.DataFrame]:
        """Those rows as they are, and as ``batch`` would have them."""
        number = pl.int_range(1, pl.len() + 1, dtype=pl.Int64)
        made = self.after[self.positions].with_columns(_batch=pl.lit(batch), _row=number, _line=number)
        return self.before[self.positions], made


@dataclass(frozen=True)
class EditDesk:
    """Judges edits of one dataset as an import would judge the values."""

    tables: TableStore
    validator: Validator
    batches: BatchStore
    spec: DatasetSpec

    def judge(self, edits: Sequence[RowEdit], *, batch: str) -> Edited:
        """The rows that ``batch`` would make of the table's rows. Raises EditError."""
        tried = self._tried(edits)
        if tried.refused:
            raise _refusal(tried.refused[0], edits)
        if not tried.positions:
            raise EditError("The rows have these values already.", hint="Change a value, or leave the rows alone.")
        _, refused = self._together(tried, batch=batch)
        if refused:
            raise _refusal(refused[0], edits)
        before, made = tried.real(batch)
        return Edited(before, made, self._links(before))

    def preview(self, edits: Sequence[RowEdit]) -> EditPreview:
        """What ``judge`` would say, every refusal of it. Raises EditError where a row or a column cannot be edited."""
        tried = self._tried(edits)
        checks, refused = tried.checks, tried.refused
        if tried.positions and not refused:  # a value that is none would speak for or against others
            together, refused = self._together(tried, batch="preview")
            checks = [*checks, *together]
        return EditPreview(len(tried.positions), tried.cells, merge_checks(checks), tuple(refused))

    def _tried(self, edits: Sequence[RowEdit]) -> _Tried:
        """The rows with their new values; what is not valid is refused and has no value."""
        columns = {column.name: column for column in self.spec.recipe.columns}
        self._refuse_impossible(edits, columns)
        rows = self._targets(edits)
        tried = _Tried(rows, rows)
        for name in dict.fromkeys(name for edit in edits for name in edit.values):
            for printed in sorted({edit.printed for edit in edits if name in edit.values}):
                self._take(edits, tried, columns[name], printed=printed)
        return tried

    @property
    def _ref(self) -> TableRef:
        return TableRef(Layer.VALIDATED, self.spec.tenant, self.spec.name)

    def _rows(self) -> pl.LazyFrame:
        """The table's rows; where its types wait for the next run to change them, as they will be."""
        return read_plainly(self.tables.scan(self._ref), self.validator, self.spec)

    def _refuse_impossible(self, edits: Sequence[RowEdit], columns: Mapping[str, Column]) -> None:
        rows = [(edit.batch, edit.row) for edit in edits]
        if len(set(rows)) < len(rows):
            raise EditError("One row is edited twice at once.", hint="Put all its new values into one edit.")
        for edit in edits:
            if unknown := sorted(set(edit.values) - set(columns)):
                raise EditError(f"{_place(edit)}: there is no column '{unknown[0]}'.", hint="Check the column's name.")
            if named := sorted(set(edit.values) & set(self.spec.primary_key)):
                hint = "Import a file with the corrected key instead."
                raise EditError(f"{_place(edit)}: {named[0]} names the row and cannot be edited.", hint=hint)

    def _targets(self, edits: Sequence[RowEdit]) -> pl.DataFrame:
        """The rows to edit, in the order of the edits."""
        if not edits:
            raise EditError("There is nothing to edit.", hint="Name a row and its new values.")
        schema = {"_batch": pl.String, "_row": pl.Int64}
        wanted = pl.DataFrame([(edit.batch, edit.row) for edit in edits], schema=schema, orient="row")
        here = self._rows().join(wanted.lazy(), on=ROW_ID, how="semi").collect(engine="streaming")
        gone = wanted.join(here, on=ROW_ID, how="anti")
        if gone.height:
            batch, row = gone.row(0)
            raise EditError(
                f"Row {row} of {batch} is not in {self._ref}: it was never there, or has been changed since.",
                hint="Look at the table again and edit the row as it is now.",
            )
        return wanted.join(here, on=ROW_ID, how="left", maintain_order="left").select(here.columns)

    def _take(self, edits: Sequence[RowEdit], tried: _Tried, column: Column, *, printed: bool) -> None:
        """One column's new values, of the edits that are written in one way."""
        index = [n for n, edit in enumerate(edits) if column.name in edit.values and edit.printed == printed]
        places = pl.Series(index, dtype=pl.Int64) + 1
        text = pl.DataFrame(
            {
                column.name: pl.Series([edits[number].values[column.name] for number in index], dtype=pl.String),
                "_row": places,
                "_line": places,
                "_lines": pl.Series([1] * len(index), dtype=pl.Int32),
            }
        )
        checks = [check.model_copy(update={"columns": (column.name,), "label": check.name})
                  for check in self.spec.checks
                  if column.name in check.columns and self.validator.scope(check) is Scope.VALUE]  # fmt: skip
        wide = [check for check in checks if (self.validator.reads(check) or set[str]()) - {column.name}]
        tried.wide += [check for check in wide if check not in tried.wide]
        checks = [check for check in checks if check not in wide]
        judgement = self.validator.judge(text, (as_printed(column) if printed else column,), checks)
        wrong = judgement.failures.filter(pl.col("severity") != Severity.WARN.value).sort("index")
        for row in wrong.unique("index", keep="first", maintain_order=True).iter_rows(named=True):
            number: int = row["index"]
            tried.refused.append(EditRefusal(index[number], column.name, row["value"], row["message"]))
        tried.checks.extend(judgement.results)
        values = judgement.typed[column.name]
        if column.name not in tried.after.columns:
            tried.after = tried.after.with_columns(pl.lit(None, dtype=values.dtype).alias(column.name))
        tried.after = tried.after.with_columns(tried.after[column.name].scatter(index, values))

    def _together(self, tried: _Tried, *, batch: str) -> tuple[list[CheckResult], list[EditRefusal]]:
        """What the checks over all rows say of those that change; a column that the table lacks has no values yet."""
        before, made = tried.real(batch)
        others = self._rows().join(before.lazy().select(ROW_ID), on=ROW_ID, how="anti")
        checks = [check for check in self.spec.checks if set(check.columns) <= set(made.columns)]
        found = self.validator.judge_records(made, [one for one in checks if self.validator.scope(one) is Scope.ROW])
        differs = tried.differs[tried.positions]
        for check in tried.wide:
            found += self.validator.judge_records(made.filter(differs[check.columns[0]]), [check])
        found += self.validator.judge_set(made.lazy(), others, checks)
        refused: list[EditRefusal] = []
        for failure in found:
            if failure.result.severity is Severity.WARN:
                continue
            names = failure.result.columns
            numbers: list[int] = failure.rows.to_list()
            for number in numbers:
                position = tried.positions[number - 1]
                value = ", ".join(str(made[name][number - 1]) for name in names)
                refused.append(EditRefusal(position, ", ".join(names), value, failure.message))
        return [failure.result for failure in found], refused

    def _links(self, before: pl.DataFrame) -> pl.DataFrame:
        """Which row each edit is a version of, and whether a key names that row.

        Where several rows have the key, it names none of them: an edit of one must not take the others' place.
        """
        keyed = {batch: self.batches.get(batch).mode is Mode.UPSERT for batch in before["_batch"].unique()}
        own = before.select(
            pl.col("_batch").alias("_of_batch"),
            pl.col("_row").alias("_of_row"),
            pl.col("_batch").replace_strict(keyed, return_dtype=pl.Boolean).alias("_by_key"),
        )
        history = history_of(self._ref)
        if not self.tables.exists(history):
            return own.with_columns(pl.col("_by_key") & self._only_of_their_key(before))
        earlier = self.tables.scan(history).filter(pl.col("_of_batch").is_not_null())
        known = earlier.join(before.lazy().select(ROW_ID), on=ROW_ID, how="semi")
        links = known.select(*ROW_ID, *OF, "_by_key").unique(ROW_ID).collect()
        found = before.select(ROW_ID).join(links, on=ROW_ID, how="left", maintain_order="left")
        linked = found.select(pl.col(name).fill_null(own[name]) for name in (*OF, "_by_key"))
        return linked.with_columns(pl.col("_by_key") & self._only_of_their_key(before))

    def _only_of_their_key(self, rows: pl.DataFrame) -> pl.Series:
        key = list(self.spec.primary_key)
        if not key or not set(key) <= set(rows.columns):
            return pl.Series("only", [False]).new_from_index(0, rows.height)
        here = self._rows().join(rows.lazy().select(key), on=key, how="semi")
        times = here.group_by(key).agg(pl.len().alias("_times")).collect(engine="streaming")
        return rows.join(times, on=key, how="left", maintain_order="left")["_times"].fill_null(0) == 1


def as_printed(column: Column) -> Column:
    """The column whose text is what the table shows."""
    written = PRINTED_TIMESTAMP if column.type is ColumnType.TIMESTAMP else None
    empty = tuple(word for word in column.null_words if not word)
    plain = {"format": written, "decimal_sign": ".", "thousands_sign": "", "null_words": empty}
    return column.model_copy(update=plain)


def _refusal(refusal: EditRefusal, edits: Sequence[RowEdit]) -> EditError:
    where = f"{_place(edits[refusal.position])}, {refusal.column}"
    return EditError(f"{where}: '{refusal.value}' is not valid. {refusal.message}", hint="Correct the value.")


def _place(edit: RowEdit) -> str:
    return f"Row {edit.row} of {edit.batch}"
