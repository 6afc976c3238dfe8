"""How a dirty file is made: entries that know where their lines belong, put together and turned into bytes.

The truth comes from how the lines were made, never from reading them back, so it can judge the reader.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from random import Random


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a file, or one record of several lines, and where its lines belong.

    ``problem`` is the rule that must keep the record out; ``warning`` one that it fails but stays.
    """

    text: str
    place: str = "loaded"
    problem: str | None = None
    warning: str | None = None

    @property
    def lines(self) -> int:
        """Physical lines."""
        return self.text.count("\n") + 1


@dataclass(frozen=True)
class Truth:
    """What is really in a file."""

    lines: dict[str, int]
    rows_loaded: int
    rows_quarantined: int
    problems: dict[str, int]
    warnings: dict[str, int]


@dataclass(frozen=True)
class DemoFile:
    """One file: its entries in order, and how they become bytes."""

    name: str
    entries: list[Entry]
    encoding: str = "utf-8"
    newline: str = "\n"

    @property
    def dataset(self) -> str:
        """The dataset it belongs to."""
        return self.name.removesuffix(".csv")

    def content(self) -> bytes:
        """The bytes of the file."""
        text = "".join(f"{entry.text}\n" for entry in self.entries)
        return text.replace("\n", self.newline).encode(self.encoding)

    @property
    def truth(self) -> Truth:
        """The account and the rows, counted from how the entries were made."""
        lines: Counter[str] = Counter()
        for entry in self.entries:
            lines[entry.place] += entry.lines
        rows = [entry for entry in self.entries if entry.place in {"loaded", "quarantined"}]
        bad = [entry.problem for entry in rows if entry.problem]
        return Truth(
            lines={"total": lines.total(), **lines},
            rows_loaded=len(rows) - len(bad),
            rows_quarantined=len(bad),
            problems=dict(Counter(bad)),
            warnings=dict(Counter(entry.warning for entry in rows if entry.warning)),
        )


Row = dict[str, str]
Spoiler = Callable[[Row, Random], Row | str]
"""Makes a good row bad: other values, or a line that is no row at all."""


@dataclass
class Sheet:
    """Rows of one file in the making: good ones with bad ones among them at random places."""

    columns: Sequence[str]
    random: Random
    delimiter: str = ","
    entries: list[Entry] = field(default_factory=list)

    def line(self, row: Row) -> str:
        """A row as text; a value is quoted only where it must be."""
        return self.delimiter.join(self._quoted(row[name]) for name in self.columns)

    def _quoted(self, value: str) -> str:
        if any(mark in value for mark in (self.delimiter, '"', "\n")):
            return '"' + value.replace('"', '""') + '"'
        return value

    def add(self, rows: Iterable[Row]) -> None:
        """Good rows."""
        self.entries += [Entry(self.line(row)) for row in rows]

    def spoil(self, rows: Iterable[Row], problem: str, spoiler: Spoiler) -> None:
        """Bad rows, each at a random place."""
        for row in rows:
            made = spoiler(row, self.random)
            text = made if isinstance(made, str) else self.line(made)
            self._insert(Entry(text, "quarantined", problem=problem))

    def warn(self, rows: Iterable[Row], rule: str, spoiler: Spoiler) -> None:
        """Rows that fail a check without being kept out."""
        for row in rows:
            made = spoiler(row, self.random)
            assert not isinstance(made, str), "a row that loads has values"
            self._insert(Entry(self.line(made), warning=rule))

    def repeat(self, count: int) -> None:
        """Repeat good rows further down: their keys are no longer unique."""
        good = [entry for entry in self.entries if entry.place == "loaded" and not entry.warning]
        for entry in self.random.sample(good, count):
            where = self.random.randint(self.entries.index(entry) + 1, len(self.entries))
            self.entries.insert(where, Entry(entry.text, "quarantined", problem="unique"))

    def sprinkle(self, text: str, place: str, count: int) -> None:
        """Lines that are no records: blank ones, comments."""
        for _ in range(count):
            self._insert(Entry(text, place))

    def _insert(self, entry: Entry) -> None:
        # never among the first rows: a person who looks at the file sees good ones first
        self.entries.insert(self.random.randint(min(20, len(self.entries)), len(self.entries)), entry)

    def finish(
        self, name: str, *, preamble: Sequence[str] = (), encoding: str = "utf-8", newline: str = "\n"
    ) -> DemoFile:
        """Put header and preamble on top."""
        top = [Entry(line, "preamble") for line in preamble]
        header = Entry(self.delimiter.join(self.columns), "header")
        return DemoFile(name, [*top, header, *self.entries], encoding=encoding, newline=newline)
