"""Edits by a person: a batch of their own whose rows are new versions of rows of the table."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import BinaryIO

import polars as pl

from hestia_assets.core.errors import EditError
from hestia_assets.core.layers import Layer, TableRef
from hestia_assets.core.ports import BatchStore, Hold, TableStore, Validator
from hestia_assets.core.results import START, Batch, BatchPart, BatchState, Changes, LineAccount, RowEdit
from hestia_assets.core.specs import Column, DatasetSpec, Mode, Severity
from hestia_assets.domains.ingest.loading.parts import PartMaker
from hestia_assets.domains.ingest.loading.sets import PLAN
from hestia_assets.domains.ingest.loading.versions import OF, ROW_ID, history_of, history_schema


def encoded(edits: Sequence[RowEdit], *, author: str, at: datetime) -> bytes:
    """The original of a batch of edits."""
    rows = [{"batch": edit.batch, "row": edit.row, "values": dict(edit.values)} for edit in edits]
    body = {"author": author, "at": at.isoformat(), "edits": rows}
    return json.dumps(body, ensure_ascii=False, indent=1).encode()


def decoded(source: BinaryIO) -> list[RowEdit]:
    """The inverse of ``encoded``."""
    return [RowEdit(edit["batch"], edit["row"], edit["values"]) for edit in json.load(source)["edits"]]


@dataclass(frozen=True)
class Edited:
    """Rows before and after, in the order of the edits; ``links`` as in history, one per row."""

    before: pl.DataFrame
    after: pl.DataFrame
    links: pl.DataFrame


@dataclass(frozen=True)
class EditDesk:
    """Judges edits of one dataset as an import would judge the values."""

    tables: TableStore
    validator: Validator
    batches: BatchStore
    spec: DatasetSpec

    def judge(self, edits: Sequence[RowEdit], *, batch: str) -> Edited:
        """The rows that ``batch`` would make of the table's rows. Raises EditError."""
        columns = {column.name: column for column in self.spec.recipe.columns}
        self._refuse_impossible(edits, columns)
        before = after = self._targets(edits)
        for name in dict.fromkeys(name for edit in edits for name in edit.values):
            after = self._typed(edits, after, columns[name])
        have = before.columns
        differs = pl.any_horizontal(
            after[name].ne_missing(before[name]) if name in have else after[name].is_not_null()
            for name in columns
            if name in after.columns
        )
        real = before.select(differs.alias("differs"))["differs"]
        if not real.any():
            raise EditError("The rows have these values already.", hint="Change a value, or leave the rows alone.")
        before, after = before.filter(real), after.filter(real)
        number = pl.int_range(1, pl.len() + 1, dtype=pl.Int64)
        made = after.with_columns(_batch=pl.lit(batch), _row=number, _line=number)
        self._check_together(before, made)
        return Edited(before, made, self._links(before))

    @property
    def _ref(self) -> TableRef:
        return TableRef(Layer.VALIDATED, self.spec.tenant, self.spec.name)

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
        here = self.tables.scan(self._ref).join(wanted.lazy(), on=ROW_ID, how="semi").collect(engine="streaming")
        gone = wanted.join(here, on=ROW_ID, how="anti")
        if gone.height:
            batch, row = gone.row(0)
            raise EditError(
                f"Row {row} of {batch} is not in {self._ref}: it was never there, or has been changed since.",
                hint="Look at the table again and edit the row as it is now.",
            )
        return wanted.join(here, on=ROW_ID, how="left", maintain_order="left").select(here.columns)

    def _typed(self, edits: Sequence[RowEdit], rows: pl.DataFrame, column: Column) -> pl.DataFrame:
        """The rows with one column's new values. Raises EditError for the first one that is not valid."""
        index = [number for number, edit in enumerate(edits) if column.name in edit.values]
        places = pl.Series(index, dtype=pl.Int64) + 1
        text = pl.DataFrame(
            {
                column.name: pl.Series([edits[number].values[column.name] for number in index], dtype=pl.String),
                "_row": places,
                "_line": places,
                "_lines": pl.Series([1] * len(index), dtype=pl.Int32),
            }
        )
        checks = [check.model_copy(update={"columns": (column.name,)}) for check in self.spec.checks
                  if column.name in check.columns]  # fmt: skip
        judgement = self.validator.judge(text, (column,), checks)
        wrong = judgement.failures.filter(pl.col("severity") != Severity.WARN.value).sort("index")
        if wrong.height:
            first = wrong.row(0, named=True)
            number: int = first["index"]
            where = f"{_place(edits[index[number]])}, {column.name}"
            raise EditError(f"{where}: '{first['value']}' is not valid. {first['message']}", hint="Correct the value.")
        if column.name not in rows.columns:
            rows = rows.with_columns(pl.lit(None, dtype=judgement.typed[column.name].dtype).alias(column.name))
        return rows.with_columns(rows[column.name].scatter(index, judgement.typed[column.name]))

    def _check_together(self, before: pl.DataFrame, after: pl.DataFrame) -> None:
        others = self.tables.scan(self._ref).join(before.lazy().select(ROW_ID), on=ROW_ID, how="anti")
        for failure in self.validator.judge_set(after.lazy(), others, self.spec.checks):
            if failure.result.severity is not Severity.WARN and not failure.result.passed:
                place = before.filter(after["_row"] == failure.rows[0]).row(0, named=True)
                where = f"Row {place['_row']} of {place['_batch']}, {', '.join(failure.result.columns)}"
                raise EditError(f"{where}: {failure.message}", hint="Choose another value.")

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
        here = self.tables.scan(self._ref).join(rows.lazy().select(key), on=key, how="semi")
        times = here.group_by(key).agg(pl.len().alias("_times")).collect(engine="streaming")
        return rows.join(times, on=key, how="left", maintain_order="left")["_times"].fill_null(0) == 1


@dataclass(frozen=True)
class EditRun:
    """Publishes a batch of edits; killed at any moment, the next run goes on where it was."""

    maker: PartMaker
    batches: BatchStore
    hold: Hold

    def go(self, source: BinaryIO) -> Batch:
        """Bring the edits into the table. Raises EditError when it changed too much since they were made."""
        ref, mine = self.maker.ref(Layer.VALIDATED), self.maker.batch
        if not self.maker.tables.has_batch(ref, mine.id):
            desk = EditDesk(self.maker.tables, self.maker.validator, self.batches, self.maker.spec)
            self._publish(desk.judge(decoded(source), batch=mine.id))
        rows = self._rows()
        self.hold.verify()
        done = self.batches.update(
            mine.id,
            state=BatchState.COMMITTED,
            account=LineAccount(total=rows, loaded=rows),
            rows_done=rows,
            rows_loaded=rows,
            bytes_done=mine.size_bytes,
            finished_at=self.maker.clock(),
            problem=None,
            sequence=mine.sequence or self.batches.last_sequence(mine.tenant, mine.dataset) + 1,
            changes=Changes(changed=rows),
        )
        self.batches.clear_parts(mine.id)
        return done

    def _publish(self, edited: Edited) -> None:
        ref, tables, batch = self.maker.ref(Layer.VALIDATED), self.maker.tables, self.maker.batch.id
        history = history_of(ref)
        linked = pl.concat([edited.after, edited.links], how="horizontal")
        left = self.maker.stage(Layer.HISTORY, 0, pl.concat([edited.before, linked], how="diagonal"))
        made = self.maker.stage(Layer.VALIDATED, 0, edited.after)
        assert left is not None and made is not None, "there is at least one edit"
        self.batches.add_part(BatchPart(batch, PLAN, START, START, LineAccount()))
        schema = edited.after.schema
        self.hold.verify()
        tables.commit(history, [left], batch=batch, schema=history_schema(schema))
        self.hold.verify()
        tables.swap(ref, edited.before.select(ROW_ID), [made], batch=batch, schema=schema)

    def _rows(self) -> int:
        history = self.maker.tables.scan(self.maker.ref(Layer.HISTORY))
        mine = history.filter(pl.col("_batch") == self.maker.batch.id, pl.col("_of_batch").is_not_null())
        return int(mine.select(pl.len()).collect().item())


def _place(edit: RowEdit) -> str:
    return f"Row {edit.row} of {edit.batch}"
