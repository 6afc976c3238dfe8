"""Which version of each row is the row: the one rule behind modes, undo, redo and edits.

A version belongs to a batch and is named by ``_batch`` and ``_row``. Versions of one row follow each other in the order
in which their batches were committed first (``Batch.sequence``). The validated table holds, of each row, the last
version whose batch is not undone and not older than the last replacing batch that is not undone; if that version is
a tombstone, the row is gone. Rows of upsert batches are one row when they have the same key; other rows are rows of
their own, and an edit is a version of the row that it edits.

Every version that left the validated table is in the history table, as are tombstones, and edits from the start.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from hestia_assets.core.layers import Layer, TableRef
from hestia_assets.core.ports import TableStore
from hestia_assets.core.results import SYSTEM_COLUMNS, Batch, BatchState
from hestia_assets.core.specs import Mode

ROW_ID = ["_batch", "_row"]
OF = ["_of_batch", "_of_row"]
LINKS = pl.Schema({"_of_batch": pl.String(), "_of_row": pl.Int64(), "_by_key": pl.Boolean(), "_deleted": pl.Boolean()})
"""What history knows beyond a table's columns: the row that a version edits, whether a key names it, tombstones."""

Keys = tuple[tuple[str, ...], ...]

SHARE_ROWS = 250_000
"""Rows of a batch whose versions are looked at together; memory grows with it."""


def history_of(ref: TableRef) -> TableRef:
    """Where versions that left a validated table are."""
    return TableRef(Layer.HISTORY, ref.tenant, ref.name)


def history_schema(*tables: pl.Schema) -> pl.Schema:
    """Columns of the history of tables with these columns."""
    columns: dict[str, pl.DataType] = {}
    for table in tables:
        columns |= dict(table)
    return pl.Schema(columns | dict(LINKS))


@dataclass(frozen=True)
class Order:
    """The batches of a dataset as they count: in order, with their keys, some of them undone."""

    batches: Sequence[Batch]
    keys: Mapping[str, tuple[str, ...]]
    """The key columns under which each batch was committed; empty where rows have no key."""

    def distinct(self) -> Keys:
        """The different keys of batches whose rows are named by key."""
        return tuple(dict.fromkeys(key for batch in self.batches if (key := self.keys[batch.id])))

    def active(self, turned: str, *, alive: bool) -> pl.DataFrame:
        """Batches that count if ``turned`` were alive or not: ``_batch``, ``_seq``, ``_keyed``, number of their key."""
        living = [batch for batch in self.batches if (alive if batch.id == turned else _is_alive(batch))]
        barrier = max((batch.sequence or 0 for batch in living if batch.mode is Mode.REPLACE), default=0)
        keys = self.distinct()
        rows = [
            (batch.id, batch.sequence, batch.mode is Mode.UPSERT, _index(keys, self.keys[batch.id]))
            for batch in living
            if (batch.sequence or 0) >= barrier
        ]
        schema = {"_batch": pl.String, "_seq": pl.Int64, "_keyed": pl.Boolean, "_key_no": pl.Int64}
        return pl.DataFrame(rows, schema=schema, orient="row")


def _is_alive(batch: Batch) -> bool:
    return batch.state is BatchState.COMMITTED


def _index(keys: Keys, key: tuple[str, ...]) -> int | None:
    return keys.index(key) if key in keys else None


@dataclass(frozen=True)
class Share:
    """One of ``of`` shares of all versions; those of one row are in one share."""

    number: int
    of: int

    @property
    def is_whole(self) -> bool:
        """Whether there is no other share."""
        return self.of == 1

    def holds(self) -> pl.Expr:
        """Whether a version is in the share; rows without a number of their own are in the first."""
        return pl.lit(value=True) if self.is_whole else pl.col("_of_row").abs().fill_null(0) % self.of == self.number


WHOLE = Share(0, 1)


@dataclass(frozen=True)
class Versions:
    """All versions of the rows of one dataset."""

    tables: TableStore
    ref: TableRef
    keys: Keys

    def touched(self, batch: Batch, share: Share = WHOLE, *, along: pl.DataFrame) -> pl.DataFrame:
        """Versions whose fate hangs on a batch, one line each: id, line, key columns, links, ``_here``, ``_own``.

        ``along``: ids of versions of other batches that come and go with it. ``_here``: the validated table has it
        now. ``_own``: the share holds it, and everything that decides about it is in the frame; other versions are
        there to decide.
        """
        everything = self._all()
        mine = None if self._touches_all(batch) else everything.filter(pl.col("_batch") == batch.id)
        if mine is not None and along.height:
            mine = pl.concat([mine, everything.join(along.lazy(), on=ROW_ID, how="semi")])
        own = _once(self._tied(everything.filter(share.holds()), mine, share)).with_columns(_own=pl.lit(value=True))
        if share.is_whole or not self.keys:  # versions of one row are in one share, unless a key ties them
            return own
        near = [everything.join(own.lazy().select(key).unique(), on=key, how="semi") for key in map(list, self.keys)]
        others = self._tied(pl.concat(near).filter(~share.holds()), mine, WHOLE)
        return pl.concat([own, _once(others).with_columns(_own=pl.lit(value=False))])

    def shares(self, batch: Batch, *, along: int = 0) -> Iterator[Share]:
        """The shares in which versions whose fate hangs on a batch are looked at, so that memory bears each.

        ``along``: versions of other batches that come and go with it.
        """
        rows = batch.rows_loaded + along
        if self._touches_all(batch):
            frames = [self.tables.scan(self.ref), *([] if (left := self.left()) is None else [left])]
            rows = sum(int(frame.select(pl.len()).collect(engine="streaming").item()) for frame in frames)
        of = max(1, -(-rows // SHARE_ROWS))
        return (Share(number, of) for number in range(of))

    def _touches_all(self, batch: Batch) -> bool:
        return batch.mode is Mode.REPLACE or len(self.keys) > 1

    def _tied(self, versions: pl.LazyFrame, mine: pl.LazyFrame | None, share: Share) -> pl.LazyFrame:
        """Those that are versions of rows of ``mine``, or have a key of one."""
        if mine is None:
            return versions
        rows = versions.join(mine.filter(share.holds()).select(OF).unique(), on=OF, how="semi")
        named = [versions.join(mine.select(key).unique(), on=key, how="semi") for key in map(list, self.keys)]
        return pl.concat([rows, *named])

    def same_rows(self, mine: pl.LazyFrame) -> pl.DataFrame:
        """Every version of the rows of which ``mine`` (ids) are versions, one line each, as ``touched``."""
        everything = self._all()
        own = everything.join(mine, on=ROW_ID, how="semi").collect(engine="streaming").lazy()
        return self._versions_of(everything, own)

    def _versions_of(self, everything: pl.LazyFrame, mine: pl.LazyFrame) -> pl.DataFrame:
        parts = [everything.join(mine.select(by).unique(), on=by, how="semi") for by in (OF, *map(list, self.keys))]
        return _once(pl.concat(parts))

    def left(self) -> pl.LazyFrame | None:
        """The history table, if there is one."""
        history = history_of(self.ref)
        return self.tables.scan(history) if self.tables.exists(history) else None

    def _all(self) -> pl.LazyFrame:
        """Ids, keys and links of validated and history; a version may be there more than once."""
        wanted = [*SYSTEM_COLUMNS, *dict.fromkeys(name for key in self.keys for name in key)]
        here = self.tables.scan(self.ref)
        frames = [_only(here, wanted).with_columns(_here=pl.lit(value=True), _deleted=pl.lit(value=False))]
        links = pl.LazyFrame(
            schema={"_batch": pl.String, "_row": pl.Int64, **{name: LINKS[name] for name in (*OF, "_by_key")}}
        )
        if (left := self.left()) is not None:
            deleted = pl.col("_deleted").fill_null(value=False)
            frames.append(_only(left, [*wanted, "_deleted"]).with_columns(deleted, _here=pl.lit(value=False)))
            links = left.filter(pl.col("_of_batch").is_not_null()).select(links.collect_schema().names()).unique(ROW_ID)
        versions = pl.concat(frames, how="diagonal").join(links, on=ROW_ID, how="left")
        own = {of: pl.col(of).fill_null(pl.col(name)) for of, name in zip(OF, ROW_ID, strict=True)}
        return versions.with_columns(**own)


def _once(versions: pl.LazyFrame) -> pl.DataFrame:
    rest = [name for name in versions.collect_schema().names() if name not in (*ROW_ID, "_here")]
    once = versions.group_by(ROW_ID).agg(*(pl.col(name).first() for name in rest), pl.col("_here").any())
    return once.collect(engine="streaming")


def _only(rows: pl.LazyFrame, names: Sequence[str]) -> pl.LazyFrame:
    have = rows.collect_schema().names()
    return rows.select([name for name in names if name in have])


def judged(
    versions: pl.DataFrame, active: pl.DataFrame, keys: Keys, *, but: pl.DataFrame | None = None
) -> pl.DataFrame:
    """The versions of active batches with ``_seq``, ``_final`` (sequence of the row's last version), ``_gone``.

    A version is the row when ``_final`` is its own sequence and it is no tombstone; ``_gone``: the last one is one.
    ``but``: ids of versions that do not count, although their batches do.
    """
    if but is not None and but.height:
        versions = versions.join(but, on=ROW_ID, how="anti")
    rows = versions.join(active, on="_batch").with_columns(pl.col("_by_key").fill_null(pl.col("_keyed")))
    rows = rows.with_columns(_final=pl.col("_seq"), _gone=pl.col("_deleted"))
    rows = _followed(rows, rows, OF)
    for number, key in enumerate(keys):
        named = rows.filter(pl.col("_by_key") & (pl.col("_key_no") == number))
        rows = _followed(rows, named, list(key))
    return rows


def is_row() -> pl.Expr:
    """Whether a judged version is the row as it should be in the table."""
    return (pl.col("_final") == pl.col("_seq")) & ~pl.col("_deleted")


def _followed(rows: pl.DataFrame, later: pl.DataFrame, by: list[str]) -> pl.DataFrame:
    """``_final`` and ``_gone`` after looking at the last of ``later`` with the same values in ``by``."""
    if rows.is_empty():
        return rows
    later = later.filter(pl.col("_seq") > rows["_seq"].min())  # the oldest batch, often the largest, is later than none
    if later.is_empty():
        return rows
    last = (
        later.sort("_seq")
        .group_by(by)
        .agg(pl.col("_seq").last().alias("_then"), pl.col("_deleted").last().alias("_then_gone"))
    )
    joined = rows.join(last, on=by, how="left")
    is_later = (pl.col("_then") > pl.col("_final")).fill_null(value=False)
    return joined.with_columns(
        _final=pl.when(is_later).then("_then").otherwise("_final"),
        _gone=pl.when(is_later).then("_then_gone").otherwise("_gone"),
    ).drop("_then", "_then_gone")
