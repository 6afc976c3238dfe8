"""The records of one table in a JSON document, streamed: down to the list, element by element, then to the end."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, BinaryIO

from hestia_assets.core.results import START, Position
from hestia_assets.formats._json.cursor import Cursor
from hestia_assets.formats._json.runs import Run, Runs
from hestia_assets.formats._json.values import json_text
from hestia_assets.formats._nested.paths import Segments, segments_of


@dataclass(frozen=True, slots=True)
class Outer:
    """One value as it was decoded: a record, or what records stand in.

    ``text`` is its source, None where it was put together from a document too large to keep.
    """

    value: Any
    line: int
    repeated: str | None
    text: str | None

    @property
    def original(self) -> str:
        """The text of the file, or one that says the same."""
        return json_text(self.value) if self.text is None else self.text


@dataclass(frozen=True, slots=True)
class Inner:
    """A record, the number of the record that it stands in, and that record."""

    value: Any
    number: int
    parent: Any


@dataclass
class Nesting:
    """Finds the records inside outer values and numbers those on the way, over the whole file."""

    segments: Segments
    numbers: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.numbers = [0] * (len(self.segments) + 1)

    def records(self, outer: Any) -> Iterator[Inner]:
        """The records of one outer value: itself where the path ends with it."""
        self.numbers[0] += 1
        if not self.segments:
            return iter((Inner(outer, 0, None),))
        return self._inner(outer, 0)

    def _inner(self, value: Any, level: int) -> Iterator[Inner]:
        found, number = value, self.numbers[level]
        for name in self.segments[level]:
            found = found.get(name) if isinstance(found, dict) else None
        for element in found if isinstance(found, list) else ():
            self.numbers[level + 1] += 1
            if level + 1 == len(self.segments):
                yield Inner(element, number, value)
            else:
                yield from self._inner(element, level + 1)


@dataclass
class Document:
    """A JSON document, read for one table. ``cursor`` tells how far."""

    source: BinaryIO
    encoding: str
    segments: Segments
    tables: Sequence[str]
    runs: Runs
    stop: int = 0
    """Where a run of records ends, in bytes before the cursor."""

    def __post_init__(self) -> None:
        self.cursor = Cursor(self.source, self.encoding)
        self.is_list = self.cursor.peek() == "["
        self.nesting = Nesting(self.segments if self.is_list else self.segments[1:])
        self._path = () if self.is_list or not self.segments else self.segments[0]
        self._whole = not self.is_list and not self.segments

    def outers(self, start: Position) -> Iterator[Outer | Run]:
        """Every outer value from ``start``, or many at a time. Raises FaultError, also for text behind the end."""
        jumps = self.jumps(start)
        if jumps:
            self.cursor = Cursor(self.source, self.encoding, offset=start.offset, line=start.line)
        yield from self._down(self._path, entered=jumps)
        self.cursor.at_end()

    def jumps(self, start: Position) -> bool:
        """Whether reading can begin in the middle: at an element of the only list on the way."""
        return start != START and not self.nesting.segments and not self._whole

    def _down(self, names: Sequence[str], *, entered: bool) -> Iterator[Outer | Run]:
        cursor = self.cursor
        if not names:
            yield from self._here(entered=entered)
            return
        if entered:
            yield from self._down(names[1:], entered=True)
        elif cursor.peek() != "{":
            cursor.skip()
            return
        for key in cursor.members(entered=entered):
            if key == names[0]:
                yield from self._down(names[1:], entered=False)
            else:
                cursor.skip()

    def _here(self, *, entered: bool) -> Iterator[Outer | Run]:
        cursor = self.cursor
        sign = cursor.peek()
        if entered or (sign == "[" and not self._whole):
            for _ in cursor.elements(entered=entered):
                yield self._run() or self._one()
        elif sign == "{" and self._whole:
            yield self._put_together()
        else:
            yield self._one()

    def _run(self) -> Run | None:
        """Records that look alike, where each is an outer value."""
        if self.nesting.segments or self.cursor.peek() != "{":
            return None
        return self.runs.next(self.cursor, stop=self.stop)

    def _one(self) -> Outer:
        cursor = self.cursor
        cursor.peek()
        line = cursor.line()
        found, first = cursor.sized_value()
        self.runs.decoded(cursor, first, None if found.repeated else found.value)
        return Outer(found.value, line, found.repeated, cursor.text[first : found.end])

    def _put_together(self) -> Outer:
        """The document as one record, without the lists that are tables of their own."""
        line = self.cursor.line()
        repeated: list[str] = []
        lists = {segments_of(path)[0] for path in self.tables if path != "$"}
        return Outer(self._object((), lists, repeated), line, repeated[0] if repeated else None, None)

    def _object(self, names: tuple[str, ...], lists: set[tuple[str, ...]], repeated: list[str]) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for key in self.cursor.members():
            path = (*names, key)
            sign = self.cursor.peek()
            if key in found:
                repeated.append(key)
            if sign == "[" and path in lists:
                self.cursor.skip()
                found.setdefault(key, None)
            elif sign == "{" and any(other[: len(path)] == path for other in lists):
                found[key] = self._object(path, lists, repeated)
            else:
                decoded = self.cursor.value()
                repeated += [decoded.repeated] if decoded.repeated else []
                found[key] = decoded.value
        return found
