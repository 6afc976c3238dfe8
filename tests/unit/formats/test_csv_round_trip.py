"""Any table of text, written in any dialect, comes back byte for byte; damage costs only the rows it touches."""

from dataclasses import dataclass, replace
from io import BytesIO

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from hestia_assets.core.results import LineAccount
from hestia_assets.core.specs import Column, Recipe
from hestia_assets.formats.csv import FORMAT

DELIMITERS = [",", ";", "\t", "|", "^", "~", ":", " ", "\x01", "\x1f", "||", "~|~", "::", "<=>", "¦", "§§", "12345678"]
WIDE = ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-32", "gb18030"]
NARROW = ["cp1252", "iso-8859-15", "mac_roman"]


@dataclass(frozen=True)
class Dialect:
    delimiter: str
    quote: str
    escape: str
    line_end: str
    encoding: str

    def written(self, value: str, *, alone: bool) -> str:
        special = [self.delimiter, self.quote, self.escape, "\r", "\n"]
        if not self.quote:
            return "".join(self.escape + sign if self._is_special(sign) else sign for sign in value)
        if not any(sign and sign in value for sign in special) and not self._needs_quotes(value, alone=alone):
            return value
        escaped = value.replace(self.escape, self.escape * 2) if self.escape else value
        return self.quote + escaped.replace(self.quote, (self.escape or self.quote) + self.quote) + self.quote

    def _is_special(self, sign: str) -> bool:
        return sign in self.delimiter or sign in (self.escape, "\r", "\n")

    def _needs_quotes(self, value: str, *, alone: bool) -> bool:
        """Blank texts, which could be blank lines; what could make a delimiter with its neighbour."""
        return alone or not value.strip() or any(sign in self.delimiter for sign in value)

    def lines(self, rows: list[tuple[str, ...]]) -> list[str]:
        return [self.delimiter.join(self.written(v, alone=len(row) == 1) for v in row) + self.line_end for row in rows]

    def recipe(self, width: int, chunk_bytes: int) -> Recipe:
        return Recipe(
            encoding=self.encoding, delimiter=self.delimiter, quote=self.quote, escape=self.escape,
            columns=tuple(Column(source=f"c{n}", name=f"c{n}") for n in range(width)), chunk_bytes=chunk_bytes,
        )  # fmt: skip


def read(data: bytes, how: Recipe) -> tuple[list[tuple[object, ...]], LineAccount, int]:
    found = list(FORMAT.read(BytesIO(data), how))
    rows = [row for chunk in found for row in chunk.frame.iter_rows()]
    account = sum((chunk.account for chunk in found), LineAccount())
    return rows, account, sum(len(chunk.rejects) for chunk in found)


def encodable(rows: list[tuple[str, ...]], encoding: str) -> bool:
    try:
        "".join(value for row in rows for value in row).encode(encoding)
    except UnicodeEncodeError:
        return False
    return True


signs = st.characters(exclude_characters="\0\ufeff", exclude_categories=["Cs"])
values = st.text(st.one_of(st.sampled_from(list(",;\t|^~:\"'\\ \r\n\x01¦12é€日")), signs), max_size=8)
tables = st.integers(1, 4).flatmap(lambda width: st.lists(st.tuples(*[values] * width), min_size=1, max_size=8))
quotes_and_escapes = st.sampled_from([('"', ""), ("'", ""), ('"', "\\"), ("'", "/"), ("", "\\"), ("þ", ""), ("`", "!")])


@st.composite
def dialects(draw: st.DrawFn) -> Dialect:
    quote, escape = draw(quotes_and_escapes)
    encoding = draw(st.sampled_from(WIDE + NARROW))
    usable = [d for d in DELIMITERS if encodable([(d,)], encoding) and not {quote, escape} & set(d)]
    usable = usable if encodable([(quote,)], encoding) else [",", ";"]
    quote = quote if encodable([(quote,)], encoding) else '"'
    return Dialect(draw(st.sampled_from(usable)), quote, escape, draw(st.sampled_from(["\n", "\r\n", "\r"])), encoding)


@settings(max_examples=400, deadline=None)
@given(tables, dialects(), st.booleans(), st.sampled_from([1024, 16 * 1024 * 1024]))
def test_any_table_in_any_dialect_comes_back_byte_for_byte_and_balances(rows, dialect, ends_with_line_end, chunk_bytes):
    dialect = dialect if encodable(rows, dialect.encoding) else replace(dialect, encoding="utf-8")
    width = len(rows[0])
    assume(dialect.quote or width > 1)  # without quotes an empty value alone cannot be written
    assume(dialect.quote or dialect.line_end != "\n" or "\r" not in "".join(map("".join, rows)))  # \\ CR LF: one sign
    text = "".join(dialect.lines([tuple(f"c{n}" for n in range(width)), *rows]))
    text = text if ends_with_line_end else text.removesuffix(dialect.line_end)

    found, account, rejects = read(text.encode(dialect.encoding), dialect.recipe(width, chunk_bytes))

    assert [row[:width] for row in found] == rows
    assert rejects == 0
    assert account.balanced


PLAIN = Dialect(",", '"', "", "\n", "utf-8")


@settings(max_examples=400, deadline=None)
@given(st.data(), tables, st.sampled_from([PLAIN, replace(PLAIN, delimiter="||"), replace(PLAIN, line_end="\r\n")]))
def test_damage_never_changes_the_values_of_an_undamaged_row(data, rows, dialect):
    # Behind a quote that damage opened, a quote before a delimiter or line end is the one that closes it.
    assume(all(value[:1] not in ("\r", "\n", ",", "|") for row in rows for value in row if value))
    width = len(rows[0])
    lines = [line.encode() for line in dialect.lines([tuple(f"c{n}" for n in range(width)), *rows])]
    hit = data.draw(st.integers(1, len(rows)))
    at = data.draw(st.integers(0, len(lines[hit]) - len(dialect.line_end) - 1) if len(lines[hit]) > 2 else st.just(0))
    damage = data.draw(st.binary(min_size=1, max_size=3) | st.sampled_from([b'"', b"\n", b",", b"\0", b"\xff"]))
    end = len(lines[hit]) - len(dialect.line_end)
    lines[hit] = lines[hit][:at] + damage + lines[hit][min(at + len(damage), end) :]

    found, account, _ = read(b"".join(lines), dialect.recipe(width, 1024))

    kept = iter([row[:width] for row in found])
    assert all(row in kept for row in rows[: hit - 1] + rows[hit:])
    assert account.balanced
