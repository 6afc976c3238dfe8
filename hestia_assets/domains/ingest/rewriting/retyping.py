"""A dataset's columns change their types: the table, and the versions that left it, are read again under the new ones.

First both are read again and staged; where a row of validated does not fit, nothing is changed. Then validated is put
back under its new types, then the history; cut off between the two, whoever comes next makes the history like it.
In the history, values that do not fit are set aside beside the column, and no undo or redo brings such a row back.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import polars as pl

from hestia_assets.core.errors import NotFoundError
from hestia_assets.core.layers import Layer, TableRef
from hestia_assets.core.ports import BatchStore, Clock, FileStore, Format, Hold, SpecStore, TableStore, Validator
from hestia_assets.core.registry import Registry
from hestia_assets.core.results import CheckResult, ColumnRetype, Retype, SpecVersion, StagedFile
from hestia_assets.core.rules import Occasion
from hestia_assets.core.specs import Column, DatasetSpec, Mode
from hestia_assets.domains.ingest.loading.fitting import Ways
from hestia_assets.domains.ingest.loading.versions import OF, ROW_ID, history_of
from hestia_assets.domains.ingest.rewriting.rechecking import Rechecking
from hestia_assets.domains.ingest.rewriting.rereading import UNFIT, Arrived, Rereading
from hestia_assets.domains.ingest.rewriting.unfit import (
    Misfits,
    arrived_pairs,
    in_words,
    placed,
    refuse_other_names,
    with_unfit,
)


@dataclass(frozen=True)
class Work:
    """A table whose columns change, as it is now."""

    ref: TableRef
    columns: tuple[Column, ...]
    version: int
    rereading: Rereading


@dataclass(frozen=True)
class Retyping:
    """Brings the tables of a dataset to the types of its spec; the caller holds the dataset."""

    tables: TableStore
    validator: Validator
    specs: SpecStore
    batches: BatchStore
    files: FileStore
    formats: Registry[Format]
    clock: Clock

    def wanted(self, spec: DatasetSpec) -> Retype | None:
        """What would change in the validated table; None where the types are the same."""
        ref = TableRef(Layer.VALIDATED, spec.tenant, spec.name)
        columns = self._changed(ref, spec)
        if not columns:
            return None
        have, want = self.tables.schema(ref), self.validator.schema(columns)
        rows = int(self.tables.scan(ref).select(pl.len()).collect().item())
        named = (ColumnRetype(one.name, in_words(have[one.name]), in_words(want[one.name])) for one in columns)
        return Retype(tuple(named), rows)

    def bring(self, spec: DatasetSpec, hold: Hold, *, version: int) -> Retype | None:
        """Change what differs. Raises RetypeError when rows do not fit; then nothing is changed."""
        wanted, failing = self.wanted(spec), list[CheckResult]()
        done = [(work, self._staged(work, spec, failing, version=version)) for work in self._work(spec)]
        for work, staged in done:
            hold.verify()
            self._commit(work, staged, version=version)
        return replace(wanted, failing=tuple(failing)) if wanted else None

    def refuse(self, spec: DatasetSpec, *, but: str = "") -> None:
        """Raise RetypeError when rows do not fit the types of the spec, those of one batch not counted."""
        for work in self._work(spec):
            self._staged(work, spec, [], version=None, but=but)

    def settle(self, tenant: str, name: str, hold: Hold) -> None:
        """End what was cut off: make the history like the validated table."""
        ref = TableRef(Layer.VALIDATED, tenant, name)
        history = history_of(ref)
        if not (self.tables.exists(ref) and self.tables.exists(history)):
            return
        have, left = self.tables.schema(ref), self.tables.schema(history)
        other = {column: dtype for column, dtype in have.items() if column in left and left[column] != dtype}
        if other and (saved := self._declaring(tenant, name, other)):
            assert isinstance(saved.spec, DatasetSpec), "kept under this kind"
            self.bring(saved.spec, hold, version=saved.version)

    def _declaring(self, tenant: str, name: str, types: Mapping[str, pl.DataType]) -> SpecVersion | None:
        """The newest spec with these types."""
        for saved in self._history(tenant, name):
            assert isinstance(saved.spec, DatasetSpec), "kept under this kind"
            declared = self.validator.schema(saved.spec.recipe.columns)
            if all(declared.get(column) == dtype for column, dtype in types.items()):
                return saved
        return None

    def _history(self, tenant: str, name: str) -> list[SpecVersion]:
        try:
            return self.specs.history("dataset", tenant, name)
        except NotFoundError:
            return []

    def _changed(self, ref: TableRef, spec: DatasetSpec) -> tuple[Column, ...]:
        if not self.tables.exists(ref):
            return ()
        have, want = self.tables.schema(ref), self.validator.schema(spec.recipe.columns)
        return tuple(one for one in spec.recipe.columns if one.name in have and have[one.name] != want[one.name])

    def _work(self, spec: DatasetSpec) -> list[Work]:
        """Validated, then history, where their types differ."""
        ref = TableRef(Layer.VALIDATED, spec.tenant, spec.name)
        changed = {table: columns for table in (ref, history_of(ref)) if (columns := self._changed(table, spec))}
        if not changed:
            return []
        ways = Ways(spec, self.batches, self.files, self.formats)
        names = {column.name for columns in changed.values() for column in columns}
        imported = TableRef(Layer.IMPORTED, spec.tenant, spec.name)
        arrived = Arrived(self.tables, imported, self._origins(history_of(ref), names))
        words = self._null_words(spec)
        work = [
            Work(
                table,
                columns,
                self.tables.version(table),
                Rereading(self.validator, columns, arrived, ways.column_of, words),
            )
            for table, columns in changed.items()
        ]
        keys = self._keys(work, spec, names)
        return [replace(each, rereading=replace(each.rereading, keys=keys)) for each in work]

    def _null_words(self, spec: DatasetSpec) -> dict[str, set[str]]:
        """By column, what meant no value under the specs before this one."""
        words: dict[str, set[str]] = {}
        for saved in self._history(spec.tenant, spec.name):
            if isinstance(saved.spec, DatasetSpec) and saved.spec != spec:
                for recipe in (saved.spec.recipe, *saved.spec.other_recipes):
                    for column in recipe.columns:
                        words.setdefault(column.name, set()).update(column.null_words)
        return words

    def _origins(self, history: TableRef, names: set[str]) -> pl.DataFrame:
        """For each edit the row that it edits, with what that row says in the columns."""
        nothing = pl.DataFrame(schema={"_batch": pl.String, "_row": pl.Int64, OF[0]: pl.String, OF[1]: pl.Int64})
        if not self.tables.exists(history):
            return nothing
        left = self.tables.scan(history)
        links = left.filter(pl.col(OF[0]).is_not_null()).select(*ROW_ID, *OF).unique(ROW_ID).collect()
        have = [name for name in sorted(names) if name in left.collect_schema().names()]
        roots = links.select(pl.col(of).alias(name) for of, name in zip(OF, ROW_ID, strict=True)).unique()
        known = left.join(roots.lazy(), on=ROW_ID, how="semi").unique(ROW_ID)
        was = known.select(*(pl.col(name).alias(of) for of, name in zip(OF, ROW_ID, strict=True)),
                           *(pl.col(name).alias(f"_was:{name}") for name in have)).collect()  # fmt: skip
        return links.join(was, on=OF, how="left")

    def _keys(self, work: list[Work], spec: DatasetSpec, names: set[str]) -> dict[str, pl.DataFrame]:
        """Old and new values of columns that name rows. Raises RetypeError where rows would be named otherwise."""
        sequenced = self.batches.sequenced(spec.tenant, spec.name)
        if not any(batch.mode is Mode.UPSERT for batch in sequenced):
            return {}
        specs = [saved.spec for saved in self._history(spec.tenant, spec.name)]
        keys = {name for one in specs if isinstance(one, DatasetSpec) for name in one.primary_key} & names
        named = {name: self._named(work, name, spec) for name in sorted(keys)}
        return {name: pairs for name, pairs in named.items() if pairs.height}

    def _named(self, work: list[Work], name: str, spec: DatasetSpec) -> pl.DataFrame:
        """Each value of a key with what it becomes, of rows whose text arrived."""
        pairs = list[pl.DataFrame]()
        for each in work:
            column = next((one for one in each.columns if one.name == name), None)
            if column is not None:
                alone = replace(each.rereading, columns=(column,))
                stretches = self.tables.stretches(each.ref, version=each.version)
                pairs += [arrived_pairs(rows, alone.again(rows), name) for rows in stretches]
        known = pl.concat(pairs).unique() if pairs else pl.DataFrame(schema={"old": pl.Null, "new": pl.Null})
        refuse_other_names(spec, name, known)
        return known

    def _staged(
        self, work: Work, spec: DatasetSpec, failing: list[CheckResult], *, version: int | None, but: str = ""
    ) -> list[StagedFile]:
        """The rows under their new types, staged; without ``version``, only looked at. Raises RetypeError.

        Checks that only warn, and that rows would fail then, are added to ``failing``.
        """
        staged, misfits, left = list[StagedFile](), Misfits(), work.ref.layer is Layer.HISTORY
        validator = self.validator.on(Occasion(spec.tenant, self.clock()))
        checked = Rechecking.of(validator, spec, () if left else work.columns)
        for number, rows in enumerate(self.tables.stretches(work.ref, version=work.version)):
            again = work.rereading.again(rows)
            if not left:
                misfits.add(placed(rows, again).filter(pl.col("_batch") != but))
                stay = rows["_batch"] != but
                checked.add(rows.filter(stay), again.rows.filter(stay))
            if version is not None and not misfits.rows:
                kept = with_unfit(rows, again, work.columns) if left else again.rows
                staged.append(self.tables.stage(work.ref, kept, batch=_operation(work, version), part=number))
        if misfits.rows:
            batch, _, _ = misfits.first[next(iter(misfits.rows))]
            raise misfits.error(spec, self.validator.schema(work.columns), self.batches.get(batch))
        if staged:
            checked.add_whole(
                self.tables.scan(work.ref, version=work.version), self.tables.read_staged(work.ref, staged)
            )
        if (error := checked.error(spec)) is not None:
            raise error
        failing += checked.results()
        return staged

    def _commit(self, work: Work, staged: list[StagedFile], *, version: int) -> None:
        types = dict(self.tables.schema(work.ref)) | dict(self.validator.schema(work.columns))
        types |= {UNFIT + column.name: pl.String() for column in work.columns if work.ref.layer is Layer.HISTORY}
        self.tables.retype(
            work.ref, staged, batch=_operation(work, version), schema=pl.Schema(types), version=work.version
        )


def _operation(work: Work, version: int) -> str:
    return f"retype:{version}:{work.version}"
