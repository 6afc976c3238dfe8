r"""The grammar of a dialect as patterns over UTF-8 bytes: a whole record, one field, what the next bytes may change.

Signs may be longer than a byte: a delimiter of several characters, a quote outside ASCII. The escape sign takes the
meaning from the quote, delimiter, line end or escape behind it, in quotes or not, and is then no part of the value;
before any other sign it is a sign like any other (``C:\new``, ``\N``).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from hestia_assets.formats._csv.structure import Dialect

ANY_SIGN = rb"(?:\r\n|(?s:.))"
"""What an escape takes with it; a line end is one sign."""


@dataclass(frozen=True, slots=True)
class Grammar:
    """Patterns of a dialect. ``unsure``: a beginning that more bytes may turn into a record.

    ``escaped``: an escape and its sign, outside of quotes; ``in_quotes``: that, or a doubled quote.
    """

    record: re.Pattern[bytes]
    field: re.Pattern[bytes]
    unsure: re.Pattern[bytes]
    escaped: re.Pattern[bytes]
    in_quotes: re.Pattern[bytes]


@lru_cache(maxsize=64)
def grammar(dialect: Dialect) -> Grammar:
    """No pattern ever goes back (``*+``), so time and memory are linear."""
    delimiter, quote, escape = (re.escape(sign) for sign in (dialect.delimiter, dialect.quote, dialect.escape))
    escaped = escape + ANY_SIGN if escape else rb"(?!)"
    plain = _run([dialect.delimiter, b"\r", b"\n", dialect.escape], escaped)
    opened, field, closed = rb"(?!)", plain, rb"(?!)"
    if quote:
        opened = quote + _run([dialect.quote, dialect.escape], rb"(?:" + quote + quote + rb"|" + escaped + rb")")
        blanks = rb"[" + re.escape(blank_signs(dialect)) + rb"]*+" if blank_signs(dialect) else b""
        closed = opened + quote + blanks
        field = rb"(?:" + closed + rb"(?=[\r\n]|" + delimiter + rb"|\Z)|(?!" + quote + rb")" + plain + rb")"
    record = field + rb"(?:" + delimiter + field + rb")*+(?=[\r\n]|\Z)"
    open_ends = (opened, closed + _beginning(dialect.delimiter), opened + quote + _beginning(dialect.quote), plain)
    unsure = rb"(?:" + field + delimiter + rb")*+(?:" + b"|".join(open_ends) + rb")(?:" + escape + rb")?+\Z"
    in_quotes = escaped + rb"|" + quote + quote if quote else escaped
    return Grammar(*(re.compile(pattern) for pattern in (record, field, unsure, escaped, in_quotes)))


def _run(stops: list[bytes], besides: bytes) -> bytes:
    """As many bytes as possible in which no stop begins, and what may stand ``besides`` them."""
    stops = [stop for stop in stops if stop]
    firsts = rb"[^" + b"".join(re.escape(stop[:1]) for stop in stops) + rb"]*+"
    others = [besides]
    if any(len(stop) > 1 for stop in stops):
        others.append(rb"(?!" + b"|".join(re.escape(stop) for stop in stops) + rb")(?s:.)")
    return firsts + rb"(?:(?:" + b"|".join(others) + rb")" + firsts + rb")*+"


def _beginning(sign: bytes) -> bytes:
    """A part of ``sign``, all of it left out: the rest may follow."""
    return b"".join(rb"(?:" + re.escape(sign[n : n + 1]) for n in range(len(sign) - 1)) + rb")?+" * (len(sign) - 1)


def blank_signs(dialect: Dialect) -> bytes:
    """Space and tab, unless a delimiter begins with it."""
    return b" \t".replace(dialect.delimiter[:1], b"")


def raw_fields(record: bytes, dialect: Dialect) -> Iterator[bytes]:
    """The fields of one record as they stand; what is not well-formed is one field up to the end."""
    field = grammar(dialect).field
    position = 0
    while True:
        match = field.match(record, position)
        if match is None:
            yield record[position:]
            return
        yield match[0]
        if match.end() >= len(record):
            return
        position = match.end() + len(dialect.delimiter)


def split(record: bytes, dialect: Dialect) -> tuple[bytes, ...]:
    """The values of one well-formed record, quotes and escapes taken off."""
    return tuple(_value(field, dialect) for field in raw_fields(record, dialect))


def _value(field: bytes, dialect: Dialect) -> bytes:
    quote, patterns = dialect.quote, grammar(dialect)
    if quote and field.startswith(quote) and field.rindex(quote):
        inner = field[len(quote) : field.rindex(quote)]
        if not dialect.escape:
            return inner.replace(quote * 2, quote)
        return patterns.in_quotes.sub(lambda found: _meant(found[0], dialect), inner)
    if not dialect.escape or dialect.escape not in field:
        return field
    return patterns.escaped.sub(lambda found: _meant(found[0], dialect), field)


def _meant(signs: bytes, dialect: Dialect) -> bytes:
    """What an escape and its sign, or a doubled quote, stand for; before a sign without a meaning it is itself."""
    if not signs.startswith(dialect.escape):
        return dialect.quote
    sign = signs.removeprefix(dialect.escape)
    meaning = b"\"'\r\n" + dialect.quote + dialect.escape + dialect.delimiter + dialect.comment
    return sign if sign[:1] in meaning else signs
