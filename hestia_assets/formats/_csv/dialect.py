"""Which signs a sample has: clevercsv decides between the usual ones, a count of the values per line checks it."""

import re
from collections import Counter
from dataclasses import dataclass

from hestia_assets.core.results import Reason
from hestia_assets.formats._csv.careful import Kind, certain_record, line_end
from hestia_assets.formats._csv.structure import Dialect

SNIFF_BYTES = 25_000
"""clevercsv takes 0.24 s for 25 KB and 1.9 s for 110 KB."""

USUAL = (",", ";", "\t", "|")
RARE = ("^", "~", ":", " ")
UNMISTAKABLE = (*(chr(code) for code in range(1, 32) if code not in (9, 10, 13, 27)), "¦", "¬", "§", "¶", "¤", "þ")
"""Signs that nobody writes within a value."""
NOT_DELIMITERS = re.compile(rb"\b\d{1,2}(:\d\d){1,2}\b|://|\b\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4} (?=\d)")
"""Where a colon or a space divides no columns."""
QUOTED = re.compile(rb'"[^"]*+"')
RUN = re.compile(r"[^\w\s\"'.\-]{2,8}")
SEVERAL, MANY = 2, 4
"""Values in every line that a rare sign divides: as many as clevercsv agrees with, and without it."""
NEARLY_ALL = 0.9
NEVER_DOUBLED = ",;"
"""Two of them enclose an empty value."""
OTHER_QUOTES = ("'", "`", "þ")
ESCAPE = "\\"
COMMENTS = (b"#", b"%")
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
    scores = {sign: max(_consistency(body, sign, quote) for quote in _quotes(body)) for sign in USUAL}
    best = max(scores, key=lambda sign: scores[sign])
    long = _long_delimiter(body)
    if long and (scores[best] < 1 or best in long):
        return long, "Every line has these signs together, as often as the others, and none of them alone."
    for sign in UNMISTAKABLE:
        if sign.encode() in body and _consistency(body, sign, '"') > max(scores[best], 0.5):
            return sign, "It splits the lines into the same number of values and stands in no text."
    sniffed = _clever(body)
    if scores.get(sniffed, 0.0) > 0 and scores[sniffed] >= scores[best] * 0.9:
        return sniffed, "Lines split by it look most like a table."
    for sign in RARE if scores[best] < 0.5 else ():
        sure = sign in "^~" or sniffed == sign
        if _splits_all(body, sign, least=SEVERAL if sure else MANY) and (sign != " " or _has_numbers(body)):
            return sign, "It splits every line into the same number of values, as no usual sign does."
    if scores[best] > 0:
        return best, "It splits most lines into the same number of values."
    unused = next((sign for sign in USUAL if sign.encode() not in body), ",")
    return unused, "No sign splits the lines alike, so there is one column."


def _long_delimiter(body: bytes) -> str:
    """Several signs that nearly always stand together: ``||``, ``::``, ``~|~``."""
    bare = QUOTED.sub(b"", body)
    lines = [line.decode("utf-8", "replace") for line in bare.splitlines() if line.strip()]
    found = Counter(part for line in lines[:50] for run in RUN.findall(line) for part in set(_parts(run)))
    most = max(found.values(), default=0)
    for part in sorted((part for part, count in found.items() if count * 2 >= most), key=len, reverse=True):
        together = sum(line.count(part) for line in lines)
        alone = sum(line.replace(part, "").count(sign) for line in lines for sign in set(part))
        if alone * 10 <= together and len(lines) > 1 and _consistency(body, part, '"') >= NEARLY_ALL:
            return part
    return ""


def _parts(run: str) -> list[str]:
    """The run and its beginnings: behind a delimiter a value may begin with a sign."""
    parts = [run[:end] for end in range(2, len(run) + 1)]
    return [part for part in parts if not set(part) & set(NEVER_DOUBLED) and part not in (":/", "://")]


def _clever(body: bytes) -> str:
    import clevercsv

    try:
        found = clevercsv.Sniffer().sniff(body.decode("utf-8", "replace"), delimiters="".join(USUAL + RARE))
    except clevercsv.Error:
        return ""
    return found.delimiter if found is not None and found.delimiter else ""


def _quotes(body: bytes) -> tuple[str, ...]:
    return ('"', *(sign for sign in OTHER_QUOTES if b'"' not in body and body.count(sign.encode()) >= 4))


def _consistency(body: bytes, sign: str, quote: str) -> float:
    """Share of lines that have the commonest number of values, if that is more than one; wider counts a little more."""
    if quote in sign:
        return 0.0
    widths = Counter(_widths(body, Dialect(sign.encode(), quote.encode(), b"")))
    several = {width: count for width, count in widths.items() if width > 1}
    if not several or (sum(several.values()) == 1 and len(widths) > 1):  # one line of many may hold any sign
        return 0.0
    width, count = max(several.items(), key=lambda item: (item[1], item[0]))
    return count / widths.total() * (1 + min(width, 100) / 1000)


def _splits_all(body: bytes, sign: str, *, least: int) -> bool:
    """Whether a rare sign splits every line alike, once clock times and addresses are taken out."""
    widths = _widths(NOT_DELIMITERS.sub(b"", body), Dialect(sign.encode(), b'"', b""))
    return len(widths) > 1 and min(widths) == max(widths) >= least


def _has_numbers(body: bytes) -> bool:
    """Whether a column of lines split by spaces holds numbers alone, from the second line on: words are a text."""
    rows = [line.split(b" ") for line in body.splitlines()[1:] if line.strip()]
    columns = zip(*rows, strict=False)
    return len(rows) > 1 and any(all(re.fullmatch(rb"[+-]?[\d.,]+", value) for value in column) for column in columns)


def _widths(body: bytes, dialect: Dialect) -> list[int]:
    """The number of values of each record; none for one whose quotes do not fit."""
    found: list[int] = []
    position = 0
    cut = len(body) >= SNIFF_BYTES  # then the last record may go on
    while position < len(body):
        record = certain_record(body, position, dialect, 0, final=not (cut and found))
        if record is None:
            break
        if record.kind in (Kind.ROW, Kind.RAGGED):
            found.append(len(record.fields))
        position = record.next
    return found


def _quote(body: bytes, delimiter: str) -> str:
    """Another sign is a quote only where it wraps fields and the double quote does not appear."""
    for quote in _quotes(body)[1:]:
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
    for mark in COMMENTS:
        marked = [line for line in lines if line.startswith(mark)]
        plain = [line for line in lines if not line.startswith(mark)]
        if not marked or not plain:
            continue
        sign, _ = _delimiter(b"\n".join(plain[:50]) + b"\n")
        usual = Counter(line.count(sign.encode()) for line in plain).most_common(1)[0][0]
        other_shape = all(line.count(sign.encode()) != usual for line in marked)
        if (usual == 0 and lines[0].startswith(mark)) or (usual and other_shape):
            return mark
    return b""
