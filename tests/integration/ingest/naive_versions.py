"""The rule of versions, written down naively: what the table holds after any sequence of batches, undos and redos."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Version:
    """One version of a row; without a quantity it may still be one, a tombstone is ``gone``."""

    batch: str
    row: int
    key: str
    qty: int | None
    of: tuple[str, int]
    keyed: bool
    gone: bool = False


@dataclass
class Committed:
    """A batch, in its place in the order."""

    id: str
    replaces: bool
    versions: list[Version] = field(default_factory=list)
    alive: bool = True


@dataclass
class NaiveTable:
    """All batches of a dataset in the order of commit."""

    batches: list[Committed] = field(default_factory=list)

    def rows(self) -> list[Version]:
        """The rows as they are."""
        counting = self._counting()
        every = [(place, version) for place, batch in counting for version in batch.versions]
        return [
            one
            for place, one in every
            if not one.gone and not any(later > place and _is_next(two, one) for later, two in every)
        ]

    def kept(self, batch: Committed) -> int:
        """Rows of a batch that a later one replaced and that are in the table so."""
        if batch not in [other for _, other in self._counting()]:
            return 0
        rows = self.rows()
        return sum(not one.gone and one not in rows and self._last(one) in rows for one in batch.versions)

    def _last(self, one: Version) -> Version:
        later = [two for _, batch in self._counting() for two in batch.versions if two == one or _is_next(two, one)]
        return later[-1]

    def _counting(self) -> list[tuple[int, Committed]]:
        alive = [(place, batch) for place, batch in enumerate(self.batches) if batch.alive]
        barrier = max((place for place, batch in alive if batch.replaces), default=0)
        return [(place, batch) for place, batch in alive if place >= barrier]

    def append(self, batch: str, rows: list[tuple[str, int | None]], *, replaces: bool = False) -> None:
        """Rows that join, or take the place of all."""
        made = [Version(batch, n, key, qty, (batch, n), keyed=False) for n, (key, qty) in enumerate(rows, start=1)]
        self.batches.append(Committed(batch, replaces, made))

    def upsert(self, batch: str, rows: list[tuple[str, int | None]], *, deletes: bool) -> None:
        """Rows that update those of the same key."""
        before, made = self.rows(), Committed(batch, replaces=False)
        last = {key: (number, qty) for number, (key, qty) in enumerate(rows, start=1)}
        for key, (number, qty) in last.items():
            old = sorted((one for one in before if one.key == key), key=lambda one: (one.batch, one.row))
            value = old[-1].qty if old and qty is None else qty
            if len(old) != 1 or old[0].qty != value:
                made.versions.append(Version(batch, number, key, value, (batch, number), keyed=True))
        missing = sorted({one.key for one in before} - set(last)) if deletes else []
        for number, key in enumerate(missing, start=1):
            made.versions.append(Version(batch, -number, key, None, (batch, -number), keyed=True, gone=True))
        self.batches.append(made)

    def edit(self, batch: str, target: Version, qty: int) -> None:
        """A new value for one row; where several rows have the key, it names none of them."""
        only = sum(one.key == target.key for one in self.rows()) == 1
        version = Version(batch, 1, target.key, qty, target.of, target.keyed and only)
        self.batches.append(Committed(batch, replaces=False, versions=[version]))


def _is_next(two: Version, one: Version) -> bool:
    """Whether ``two``, coming later, is a later version of the row that ``one`` is a version of."""
    return two != one and ((two.keyed and two.key == one.key) or two.of == one.of)
