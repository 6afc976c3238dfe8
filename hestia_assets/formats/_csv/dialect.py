"""Which signs a sample has: clevercsv decides between the usual ones, a count of the values per line checks it."""

import re
from collections import Counter
from dataclasses import dataclass

from hestia_assets.core.results import Reason
from hestia_assets.formats._csv.careful import Kind, certain_record, line_end
from hestia_assets.formats._csv.evidence import (
    A_GREAT_MANY,
    NEARLY_ALL,
    SNIFF_BYTES,
    consistency,
    has_numbers,
    quotes_of,
    splits_all,
)
from hestia_assets.formats._csv.structure import Dialect
from hestia_assets.formats._csv.together import between_quotes, long_delimiter, with_a_blank

USUAL = (",", ";", "\t", "|")
RARE = ("^", "~", ":", " ")
SELDOM = "^~"
"""Signs that hardly anybody writes within a value, and never as often in each line."""
UNMISTAKABLE = (*(chr(code) for code in range(1, 32) if code not in (9, 10, 13, 27)), "¦", "¬", "§", "¶", "¤", "þ")
"""Signs that nobody writes within a value."""
SEVERAL, MANY = 2, 4
"""Values in every line that a rare sign divides: as many as clevercsv agrees with, and without it."""
HALF = 0.5
BESIDE_A_TAB = re.compile(rb"[,;|][ ]?\t|\t[ ]?[,;|]")
"""Tabs that fill up columns which another sign divides."""
NUMERIC = re.compile(rb"[+-]?\d[\d.,:/ -]*%?")
ONLY_NUMBERS = re.compile(rb"(?:[+-]?\d+(?:[.,]\d+)?(?:[eE][+-]?\d+)?[ \r\n]+)++")
DECIMAL_COMMA = re.compile(rb"-?\d{1,3}(?:\.?\d{3})*+,\d+")
ESCAPE = "\\"
COMMENTS = (b"#", b"%")
QUOTED = re.compile(rb'"[^"\n]*+"|(?<![^\n,;|\t])"[^"]*+"')
"""Within a line; over several only where a value may begin, for a stray quote stands anywhere."""
WORDS = {
    ",": "comma",
    ";": "semicolon",
    "\t": "tab",
    "|": "pipe",
    "^": "caret",
    "~": "tilde",
    ":": "colon",
    " ": "space",
}


@dataclass(frozen=True)
class Guess:
    """A dialect with its reasons; ``declared`` by a first line ``sep=``, which is no row."""

    dialect: Dialect
    reasons: tuple[Reason, ...]
    declared: bool = False


def guess_dialect(sample: bytes) -> Guess:
    """Guess from UTF-8 bytes that end with a whole line."""
    declared = _declared(sample)
    comment = b"" if declared else _comment(sample)
    body = _body(sample, comment, skip_first=bool(declared))
    delimiter, why = (declared, "Its first line says so (sep=).") if declared else _delimiter(body)
    quote = _quote(body, delimiter)
    escape = _escape(body, delimiter, quote)
    reasons = [Reason("delimiter", shown(delimiter), why)]
    if quote != '"':
        reasons.append(Reason("quote", quote or "none", "Fields begin and end with it."))
    if escape:
        reasons.append(Reason("escape", escape, "More lines are rows of one width when it protects the next sign."))
    if comment:
        because = "Lines that start with it have another shape than the rows."
        reasons.append(Reason("comment", comment.decode(), because))
    dialect = Dialect(delimiter.encode(), quote.encode(), comment, escape.encode())
    return Guess(dialect, tuple(reasons), declared=bool(declared))


def shown(delimiter: str) -> str:
    """A delimiter for a person."""
    return WORDS.get(delimiter) or (delimiter if delimiter.isprintable() else f"\\x{ord(delimiter[0]):02x}")


def _body(sample: bytes, comment: bytes, *, skip_first: bool) -> bytes:
    lines = sample[:SNIFF_BYTES].splitlines(keepends=True)[1 if skip_first else 0 :]
    return b"".join(line for line in lines if not (comment and line.startswith(comment)))


def _declared(sample: bytes) -> str:
    """Excel's own convention: a first line ``sep=;``."""
    stop, _ = line_end(sample, 0)
    line = sample[:stop].decode("utf-8", "replace").rstrip(" ").strip('"')
    sign = line[4:]
    fits = 0 < len(sign) <= 8 and not any(letter.isalnum() or letter == '"' for letter in sign)
    return sign if line.lower().startswith("sep=") and fits else ""


def _delimiter(body: bytes) -> tuple[str, str]:
    sign, _ = between_quotes(body)
    if sign:
        return sign, "Every value stands in quotes, and nothing else stands between them."
    quotes = quotes_of(body)
    scores = {sign: max(consistency(body, sign, quote) for quote in quotes) for sign in USUAL}
    best = max(scores, key=lambda sign: scores[sign])
    long = long_delimiter(body)
    if long and (scores[best] < 1 or best in long):
        return long, "Every line has these signs together, as often as the others."
    for sign in UNMISTAKABLE:
        if sign.encode() in body and consistency(body, sign, '"') > max(scores[best], 0.5):
            return sign, "It splits the lines into the same number of values and stands in no text."
    least = MANY if best.encode() in body.partition(b"\n")[0] else SEVERAL
    for sign in SELDOM:
        if splits_all(body, sign, least=least) and consistency(body, sign, '"') > scores[best]:
            return sign, "It splits every line into the same number of values, into more than any usual sign."
    if scores["\t"] >= 1 and not BESIDE_A_TAB.search(body):
        return "\t", "Every line has as many tabs as the others, and they stand in no text."
    return _usual(body, best, scores)


def _usual(body: bytes, best: str, scores: dict[str, float]) -> tuple[str, str]:
    """One of the usual signs, or a rare one that divides every line alike where no usual one does."""
    sniffed = _clever(body)
    rare = _rare(body, sniffed, scores[best])
    if rare and not scores.get(sniffed, 0.0) >= NEARLY_ALL:
        return rare, "It splits every line into the same number of values, as no usual sign does."
    names = body.partition(b"\n")[0]
    stranger = scores[best] >= 1 > scores.get(sniffed, 0.0) and best.encode() in names and sniffed.encode() not in names
    if scores.get(sniffed, 0.0) > 0 and scores[sniffed] >= scores[best] * 0.9 and not stranger:
        best = sniffed
    if scores[best] > 0 and not (best == "," and _only_decimals(body)):
        spaced = with_a_blank(body, best)
        if spaced:
            return spaced, "It splits the lines into the same number of values; without its blank, quotes would not."
        return best, "It splits most lines into the same number of values, and they look most like a table."
    unused = next((sign for sign in USUAL if sign.encode() not in body), ",")
    return unused, "No sign splits the lines alike, so there is one column."


def _rare(body: bytes, sniffed: str, usual: float) -> str:
    """A rare sign that splits every line alike: into many values, if a usual one splits many lines too."""
    for sign in RARE if usual < NEARLY_ALL else ():
        least = MANY if usual < HALF or sign in SELDOM else A_GREAT_MANY
        if usual < HALF and (sign in SELDOM or sniffed == sign):
            least = SEVERAL
        numbers = sign == " " and b"." in body and ONLY_NUMBERS.fullmatch(body)
        least = min(least, SEVERAL + 1) if numbers else least  # two may be a phone number or 1 234.5
        if splits_all(body, sign, least=least) and (sign != " " or numbers or has_numbers(body)):
            return sign
    return ""


def _only_decimals(body: bytes) -> bool:
    """Whether a word stands above numbers with a decimal comma: one column, not two."""
    first, *rest = [line.strip() for line in body.splitlines() if line.strip()]
    return b"," not in first and bool(rest) and all(DECIMAL_COMMA.fullmatch(line) for line in rest)


def _clever(body: bytes) -> str:
    import clevercsv

    try:
        found = clevercsv.Sniffer().sniff(body.decode("utf-8", "replace"), delimiters="".join(USUAL + RARE))
    except clevercsv.Error:
        return ""
    return found.delimiter if found is not None and found.delimiter else ""


def _quote(body: bytes, delimiter: str) -> str:
    """Another sign is a quote only where it wraps fields and the double quote does not appear."""
    if certain := between_quotes(body)[1]:
        return certain
    for quote in quotes_of(body)[1:]:
        mark, sign = quote.encode(), delimiter.encode()
        wraps = body.count(sign + mark) + body.count(b"\n" + mark) + body.startswith(mark)
        closes = body.count(mark + sign) + body.count(mark + b"\n") + body.count(mark + b"\r\n")
        if quote not in delimiter and wraps >= 2 and closes >= 2 and min(wraps, closes) * 2 >= max(wraps, closes):
            return quote
    return '"'


def _escape(body: bytes, delimiter: str, quote: str) -> str:
    """A backslash where more lines are rows of one width with it than without."""
    mark = ESCAPE.encode()
    if mark + quote.encode() not in body and mark + delimiter.encode() not in body:
        return ""
    without, with_it = (_alike(body, delimiter, quote, escape) for escape in (b"", mark))
    return ESCAPE if with_it > without else ""


def _alike(body: bytes, delimiter: str, quote: str, escape: bytes) -> int:
    """Lines in rows of the commonest width."""
    dialect = Dialect(delimiter.encode(), quote.encode(), b"", escape)
    rows: Counter[int] = Counter()
    position = 0
    while position < len(body):
        record = certain_record(body, position, dialect, 0, final=True)
        assert record is not None, "at the end of the sample nothing is left open"
        if record.kind in (Kind.ROW, Kind.RAGGED):
            rows[len(record.fields)] += record.lines
        position = record.next
    return max(rows.values(), default=0)


def _comment(sample: bytes) -> bytes:
    """``#`` where the lines that start with it have fewer delimiters than the others, the first line among them.

    Where the first line is none of them, the others must be a table of several columns.
    """
    lines = [line for line in sample[:SNIFF_BYTES].splitlines() if line.strip()]
    bare = [line for line in QUOTED.sub(b"", sample[:SNIFF_BYTES]).splitlines() if line.strip()]
    for mark in COMMENTS:
        marked = [line for line in bare if line.startswith(mark)]
        plain = [line for line in lines if not line.startswith(mark)]
        if not marked or not plain:
            continue
        sign, _ = _delimiter(b"\n".join(plain[:50]) + b"\n")
        usual = Counter(line.count(sign.encode()) for line in bare if not line.startswith(mark)).most_common(1)[0][0]
        other_shape = all(line.count(sign.encode()) != usual for line in marked)
        if (usual == 0 and lines[0].startswith(mark)) or (usual and other_shape):
            return mark
        if bare[: len(marked)] == marked and all(line[1:2] == b" " for line in marked) and _names(plain, sign):
            return mark
    return b""


def _names(lines: list[bytes], sign: str) -> bool:
    """Whether the first line is words above a column of numbers: then what precedes it is no header."""
    first, *rest = [[value.strip(b' "') for value in line.split(sign.encode())] for line in lines]
    words = [n for n, value in enumerate(first) if not NUMERIC.fullmatch(value)]
    rest = [row for row in rest if len(row) == len(first)]
    return (
        len(words) == len(first) and bool(rest) and any(all(NUMERIC.fullmatch(row[n]) for row in rest) for n in words)
    )
