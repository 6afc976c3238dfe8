"""Ids and rows that were sorted apart: told by rows that came back with the values of other rows, in a circle.

Each row that came back changed *points* at another one when, among the columns in which the two were exported unlike,
it has more values of the other than of its own. Whoever mends rows puts right values for wrong ones, so that a row can
come to look more like another only if that one has fewer wrong values: steps from row to row along such pointers never
go in a circle, and never over more steps than there are columns. Where they do, rows were moved as a whole.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

Cells = tuple[str, ...]
"""The texts of one row, column by column; empty where there is none."""

Steps = Mapping[int, Iterable[int]]
"""From a row to those that it points at."""

MOST_ALIKE = 32
"""Rows that may share a value before it says nothing of where a row comes from."""

CANDIDATES = 8
"""Rows that are looked at more closely for each one."""

FEWEST = 2
"""Values of another row without which a step counts in a circle only: one is easily mended to be like it."""


@dataclass(frozen=True, slots=True)
class Came:
    """A row that came back: its cells now, as they first were set aside, and as the last attempt left them."""

    now: Cells
    first: Cells
    last: Cells

    @property
    def home(self) -> tuple[Cells, Cells]:
        """What it was exported with: one of the two."""
        return self.first, self.last

    @property
    def left(self) -> list[int]:
        """Columns that hold no value of its own any more."""
        cells = enumerate(zip(self.now, self.first, self.last, strict=True))
        return [column for column, (now, first, last) in cells if now not in (first, last)]


def moved(rows: Sequence[Came]) -> dict[int, int]:
    """By place in ``rows`` of each that was moved away from its id: the place of the row whose values it has."""
    return _Search(rows).moved()


@dataclass(frozen=True)
class _Search:
    """Rows that were exported alike are one: the first of them stands for all."""

    rows: Sequence[Came]

    def moved(self) -> dict[int, int]:
        if len(self._changed) < FEWEST:
            return {}
        steps = {place: self._points_at(place) for place in self._changed}
        found = in_circles(self._graph(steps, fewest=1))
        if not found:
            most = len(self.rows[0].now)
            found = on_long_ways(self._graph(steps, fewest=FEWEST), longer_than=most)
        taken: dict[int, int] = {}
        for place, to in steps.items():
            inside = {one: values for one, values in to.items() if one in found}
            if self._home[place] in found and inside:
                taken[place] = max(inside, key=lambda one: inside[one])
        return taken

    def _graph(self, steps: Mapping[int, Mapping[int, int]], *, fewest: int) -> dict[int, set[int]]:
        graph: dict[int, set[int]] = defaultdict(set)
        for place, to in steps.items():
            graph[self._home[place]].update(one for one, values in to.items() if values >= fewest)
        return graph

    @cached_property
    def _changed(self) -> list[int]:
        """Rows that came back otherwise than they went out."""
        return [place for place, row in enumerate(self.rows) if row.now not in row.home]

    @cached_property
    def _home(self) -> Mapping[int, int]:
        """By changed row, the first that was exported just like it."""
        first: dict[tuple[Cells, Cells], int] = {}
        return {place: first.setdefault(self.rows[place].home, place) for place in self._changed}

    @cached_property
    def _whole(self) -> Mapping[Cells, list[int]]:
        """Rows by all that they were exported with."""
        whole: dict[Cells, list[int]] = defaultdict(list)
        for place in dict.fromkeys(self._home.values()):
            for cells in set(self.rows[place].home):
                whole[cells].append(place)
        return whole

    @cached_property
    def _having(self) -> Mapping[tuple[int, str], list[int]]:
        """Rows by column and value that they were exported with, of values that turned up in other rows."""
        wanted = {(column, row.now[column]) for row in map(self.rows.__getitem__, self._changed) for column in row.left}
        having: dict[tuple[int, str], list[int]] = defaultdict(list)
        for place in dict.fromkeys(self._home.values()):
            for cells in set(self.rows[place].home):
                for at in enumerate(cells):
                    if at in wanted and place not in having[at][-1:]:
                        having[at].append(place)
        return having

    def _points_at(self, place: int) -> dict[int, int]:
        """Rows that a row fits better than its own, with how many values of each it has."""
        row, likes = self.rows[place], Counter[int]()
        for column in row.left:
            having = self._having[column, row.now[column]]
            likes.update(having if len(having) <= MOST_ALIKE else ())
        whole = self._whole.get(row.now, [])[:MOST_ALIKE]
        found: dict[int, int] = {}
        for other in dict.fromkeys([*whole, *(one for one, _ in likes.most_common(CANDIDATES))]):
            own, its = _alike(row, self.rows[other])
            if its > own:
                found[other] = its
        return found


def _alike(row: Came, other: Came) -> tuple[int, int]:
    """How many values a row has of its own, and how many of another, where those two differ."""
    own = its = 0
    for now, *mine, first, last in zip(row.now, row.first, row.last, other.first, other.last, strict=True):
        is_own, is_its = now in mine, now in (first, last)
        own += is_own and not is_its
        its += is_its and not is_own
    return own, its


def in_circles(steps: Steps) -> set[int]:
    """Those from which, and to which, steps lead in circles.

    Example:
        >>> sorted(in_circles({1: [2], 2: [3], 3: [2], 4: [1]}))
        [2, 3]
    """
    left = _without_ends(steps)
    back: dict[int, list[int]] = defaultdict(list)
    for one in left:
        for to in left.intersection(steps.get(one, ())):
            back[to].append(one)
    return _without_ends(back)


def _without_ends(steps: Steps) -> set[int]:
    """What is left when those that nothing points at are taken away, again and again."""
    pointed = Counter(to for tos in steps.values() for to in tos)
    everyone = {*steps, *pointed}
    ends = [one for one in everyone if not pointed[one]]
    while ends:
        one = ends.pop()
        everyone.discard(one)
        for to in steps.get(one, ()):
            pointed[to] -= 1
            if not pointed[to]:
                ends.append(to)
    return everyone


def on_long_ways(steps: Steps, *, longer_than: int) -> set[int]:
    """Those on a way of more steps than that, among steps without circles; none where there is no such way.

    Example:
        >>> sorted(on_long_ways({1: [2], 2: [3], 3: [4], 5: [4]}, longer_than=2))
        [1, 2, 3, 4]
    """
    after = _lengths(steps)
    back: dict[int, list[int]] = defaultdict(list)
    for one, tos in steps.items():
        for to in tos:
            back[to].append(one)
    before = _lengths(back)
    return {one for one in after.keys() | before.keys() if after[one] + before[one] > longer_than}


def _lengths(steps: Steps) -> Counter[int]:
    """By each, the steps of the longest way that leads to it."""
    pointed = Counter(to for tos in steps.values() for to in tos)
    length: Counter[int] = Counter()
    ends = [one for one in {*steps, *pointed} if not pointed[one]]
    while ends:
        one = ends.pop()
        length.setdefault(one, 0)
        for to in steps.get(one, ()):
            length[to] = max(length[to], length[one] + 1)
            pointed[to] -= 1
            if not pointed[to]:
                ends.append(to)
    return length
