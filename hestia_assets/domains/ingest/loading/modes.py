"""What a batch does to the validated table: appended, in place of all rows, or compared with them by key."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import polars as pl

from hestia_assets.core.errors import SpecError
from hestia_assets.core.layers import Layer
from hestia_assets.core.results import SYSTEM_COLUMNS, Changes, Problem, StagedFile
from hestia_assets.core.specs import DatasetSpec, Mode
from hestia_assets.domains.ingest.loading.keyed import has_key, key_trouble
from hestia_assets.domains.ingest.loading.parts import PartMaker

OLD = "_old:"
PART = 2_000_000
"""Number in the names of the files that an effect stages."""

LEFT = f"{Layer.HISTORY.value}/left"
DELETED = f"{Layer.HISTORY.value}/deleted"
WRITTEN = f"{Layer.VALIDATED.value}/written"
"""Files of an effect: rows that leave the table; tombstones; rows that go in, where the parts' files do not fit."""

TOO_MANY = "batch.delete_limit"
UNSURE = "batch.delete_unsure"
EMPTIED = "batch.replace_by_nothing"


@dataclass(frozen=True)
class Effect:
    """What publishing will do: counts, staged files by key, and why a person must look first."""

    changes: Changes
    staged: dict[str, StagedFile] = field(default_factory=dict[str, StagedFile])
    problem: Problem | None = None


@dataclass(frozen=True)
class Seen:
    """Keys that are in a file, bad rows included; ``unreadable``: rows whose key nobody can tell."""

    keys: pl.LazyFrame
    unreadable: int


@dataclass(frozen=True)
class Comparison:
    """Typed rows of a batch beside the table's rows of the same key.

    ``rows``: the rows as they would be, each with ``_state`` (new, changed, same) and ``_blanked``.
    """

    rows: pl.LazyFrame
    columns: list[str]

    def counts(self) -> Changes:
        """How many of each."""
        state = pl.col("_state")
        found = self.rows.select(
            new=(state == "new").sum(),
            changed=(state == "changed").sum(),
            same=(state == "same").sum(),
            blanked=pl.col("_blanked").sum(),
        )
        return Changes(**found.collect(engine="streaming").row(0, named=True))

    def written(self) -> pl.LazyFrame:
        """The rows that go into the table."""
        return self.rows.filter(pl.col("_state") != "same").select(self.columns)


def compare(rows: pl.LazyFrame, existing: pl.LazyFrame, spec: DatasetSpec) -> Comparison:
    """Compare rows with distinct keys with the table, value by value; an empty value equals an empty value.

    Where several rows of the table have the key, they become one; the newest of them gives the old values.
    """
    key, have = list(spec.primary_key), existing.collect_schema().names()
    own = [column.name for column in spec.recipe.columns if column.name not in key]
    others = [name for name in have if name not in (*own, *key, *SYSTEM_COLUMNS)]
    known = [name for name in own if name in have]
    old = _old_rows(rows, existing, key, [*known, *others])
    beside = rows.join(old, on=key, how="left", maintain_order="left")
    blank = {name: pl.col(name).is_null() & pl.col(OLD + name).is_not_null() for name in known}
    wanted = {name: pl.col(name) if spec.blank_overwrites else pl.coalesce(name, OLD + name) for name in known}
    differs = [value.ne_missing(pl.col(OLD + name)) for name, value in wanted.items()]
    differs += [pl.col(name).is_not_null() for name in own if name not in known]
    changed = pl.any_horizontal(pl.col("_times") > 1, *differs)
    state = pl.when(pl.col("_times").is_null()).then(pl.lit("new")).when(changed).then(pl.lit("changed"))
    judged = beside.with_columns(
        _state=state.otherwise(pl.lit("same")),
        _blanked=pl.sum_horizontal(pl.lit(0), *(empty.cast(pl.Int64) for empty in blank.values())),
    )
    merged = judged.with_columns(**wanted, **{name: pl.col(OLD + name) for name in others})
    columns = [column.name for column in spec.recipe.columns]
    return Comparison(merged, [*columns, *others, *(name for name in SYSTEM_COLUMNS if name in rows.collect_schema())])


def _old_rows(rows: pl.LazyFrame, existing: pl.LazyFrame, key: list[str], values: list[str]) -> pl.LazyFrame:
    """One line per key that both have: the old values, and how many rows of the table have it (``_times``)."""
    both = existing.join(rows.select(key), on=key, how="semi")
    newest = both.sort("_batch", "_row").group_by(key, maintain_order=True).last()
    times = both.group_by(key).agg(pl.len().alias("_times"))
    return newest.select(*key, *(pl.col(name).alias(OLD + name) for name in values)).join(times, on=key)


def changes_of(
    spec: DatasetSpec,
    rows: pl.LazyFrame,
    existing: pl.LazyFrame | None,
    mode: Mode,
    *,
    seen: pl.LazyFrame | None = None,
) -> Changes:
    """What typed rows would do to the table; nothing is kept. Raises SpecError when there is no key to compare by.

    ``seen``: keys of all rows of the file, bad ones too, where those are not among ``rows``.
    """
    refuse_without_key(spec, mode)
    total = int(rows.select(pl.len()).collect(engine="streaming").item())
    height = _height(existing)
    if mode is not Mode.UPSERT:
        return Changes(new=total, deleted=height if mode is Mode.REPLACE else 0)
    numbered = (
        rows
        if "_row" in rows.collect_schema()
        else rows.with_row_index("_row", offset=1).with_columns(pl.col("_row").cast(pl.Int64))
    )
    placed = numbered if "_line" in numbered.collect_schema() else numbered.with_columns(_line=pl.col("_row"))
    trouble = key_trouble(placed, spec)
    out = pl.concat([trouble.failure.rows, trouble.repeats])
    good = placed.filter(~pl.col("_row").is_in(out.implode()))
    repeated = trouble.repeats.len()
    if existing is None or not _names_rows(existing, spec):
        return Changes(new=total - out.len(), same=repeated)
    counts = compare(good, existing, spec).counts()
    keys = placed.select(spec.primary_key) if seen is None else seen
    deleted = _height(missing(existing, keys, spec)) if spec.delete_missing else 0
    return Changes(counts.new, counts.changed, counts.same + repeated, deleted, counts.blanked)


def refuse_without_key(spec: DatasetSpec, mode: Mode) -> None:
    """Raise SpecError when rows are to be updated and nothing names them."""
    if mode is Mode.UPSERT and not spec.primary_key:
        hint = "Set primary_key of the dataset, or choose another mode."
        raise SpecError(f"Rows are to be updated by key, but dataset {spec.key} has no key.", hint=hint)


def missing(existing: pl.LazyFrame, seen: pl.LazyFrame, spec: DatasetSpec) -> pl.LazyFrame:
    """Rows of the table whose key is not among those seen; a row without a key is nobody's to miss."""
    key = list(spec.primary_key)
    return existing.filter(has_key(key)).join(seen.select(key), on=key, how="anti")


def _names_rows(existing: pl.LazyFrame, spec: DatasetSpec) -> bool:
    """Whether the table has the columns of the key; where it has not, no row of it is known."""
    return set(spec.primary_key) <= set(existing.collect_schema().names())


def _height(rows: pl.LazyFrame | None) -> int:
    return 0 if rows is None else int(rows.select(pl.len()).collect(engine="streaming").item())


@dataclass(frozen=True)
class EffectPlan:
    """Works out the effect of one batch and stages its files. ``existing``: the rows of the table now, if any."""

    maker: PartMaker
    existing: pl.LazyFrame | None

    def append(self, rows: int) -> Effect:
        """The rows join."""
        return Effect(Changes(new=rows))

    def replace(self, rows: int, *, aside: bool) -> Effect:
        """The rows that are there leave; where all that should come were set aside, a person must look first."""
        if self.existing is None:
            return Effect(Changes(new=rows))
        file = self._stage(Layer.HISTORY, self.existing, 0)
        staged, leaving = ({LEFT: file}, file.rows) if file else ({}, 0)
        return Effect(
            Changes(new=rows, deleted=leaving), staged, _emptied(leaving) if leaving and aside and not rows else None
        )

    def upsert(self, rows: pl.LazyFrame, repeats: int, seen: Seen | None) -> Effect:
        """The rows are compared; ``rows`` have distinct keys. With ``seen``, rows of other keys go."""
        spec, existing = self.maker.spec, self.existing
        height = _height(existing)
        if existing is None or not height or not _names_rows(existing, spec):
            return self._into_empty(rows, repeats)
        comparison = compare(rows, existing, spec)
        counts = comparison.counts()
        staged: dict[str, StagedFile] = {}
        if counts.new or counts.changed:
            self._keep(staged, WRITTEN, Layer.VALIDATED, comparison.written(), 0)
        gone = None if seen is None else missing(existing, seen.keys, spec).select(spec.primary_key).collect()
        self._stage_leaving(staged, existing, gone)
        deleted = 0 if gone is None else gone.height
        changes = Changes(counts.new, counts.changed, counts.same + repeats, deleted, counts.blanked)
        return Effect(changes, staged, _reason(changes, height, seen, spec))

    def _into_empty(self, rows: pl.LazyFrame, repeats: int) -> Effect:
        count = _height(rows)
        if not repeats:  # the parts' files are what goes in
            return Effect(Changes(new=count))
        staged: dict[str, StagedFile] = {}
        self._keep(staged, WRITTEN, Layer.VALIDATED, rows, 0)
        return Effect(Changes(new=count, same=repeats), staged)

    def _stage_leaving(self, staged: dict[str, StagedFile], existing: pl.LazyFrame, gone: pl.DataFrame | None) -> None:
        key = list(self.maker.spec.primary_key)
        keys = [gone.lazy()] if gone is not None else []
        if written := staged.get(WRITTEN):
            keys.append(self.maker.tables.read_staged(self.maker.ref(Layer.VALIDATED), [written]).select(key))
        if keys:
            self._keep(staged, LEFT, Layer.HISTORY, existing.join(pl.concat(keys), on=key, how="semi"), 0)
        if gone is not None and gone.height:
            self._keep(staged, DELETED, Layer.HISTORY, self._tombstones(gone).lazy(), 1)

    def _tombstones(self, gone: pl.DataFrame) -> pl.DataFrame:
        """One per key, numbered downwards so that no row of the file has the number."""
        numbered = gone.unique(maintain_order=True).with_row_index("_number", offset=1)
        return numbered.select(
            *gone.columns,
            pl.lit(self.maker.batch.id).alias("_batch"),
            (-pl.col("_number").cast(pl.Int64)).alias("_row"),
            pl.lit(0, dtype=pl.Int64).alias("_line"),
            pl.lit(value=True).alias("_deleted"),
        )

    def _keep(self, staged: dict[str, StagedFile], key: str, layer: Layer, rows: pl.LazyFrame, number: int) -> None:
        if file := self._stage(layer, rows, number):
            staged[key] = file

    def _stage(self, layer: Layer, rows: pl.LazyFrame, number: int) -> StagedFile | None:
        ref = self.maker.ref(layer)
        return self.maker.tables.stage_stream(ref, rows, batch=self.maker.batch.id, part=PART + number)


def _emptied(leaving: int) -> Problem:
    return Problem(
        EMPTIED,
        f"No row of this file can be loaded, and all {leaving:,} rows of the table would leave for it.",
        "Look at the rows set aside: the file may be written in another way. Discard the batch, or release it.",
    )


def _reason(changes: Changes, height: int, seen: Seen | None, spec: DatasetSpec) -> Problem | None:
    if seen is None or not changes.deleted:
        return None
    if seen.unreadable:
        return Problem(
            UNSURE,
            f"{changes.deleted:,} rows of the table are not in the file, but the keys of {seen.unreadable:,} rows of it"
            " cannot be read.",
            "Release the batch to delete them all the same, or discard it.",
        )
    if changes.deleted <= spec.delete_limit * height:
        return None
    return Problem(
        TOO_MANY,
        f"{changes.deleted:,} of {height:,} rows of the table are not in the file and would be deleted; "
        f"without a person's word at most {spec.delete_limit:.0%} are.",
        "Release the batch to delete them, or discard it.",
    )


def leaving_rows(maker: PartMaker, files: Sequence[StagedFile]) -> pl.DataFrame:
    """Ids of the rows that leave, from the staged files of an effect."""
    rows = maker.tables.read_staged(maker.ref(Layer.HISTORY), files)
    return (
        rows.select("_batch", "_row").collect(engine="streaming")
        if files
        else pl.DataFrame(schema={"_batch": pl.String, "_row": pl.Int64})
    )
