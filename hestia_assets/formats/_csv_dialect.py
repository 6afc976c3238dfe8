"""Which delimiter, quote and comment sign a sample has: clevercsv decides, a width count checks it."""

import re
from collections import Counter
from dataclasses import dataclass

from hestia_assets.core.results import Reason
from hestia_assets.formats._csv_careful import Kind, certain_record, line_end
from hestia_assets.formats._csv_structure import Dialect

SNIFF_BYTES = 25_000
"""clevercsv takes 0.24 s for 25 KB and 1.9 s for 110 KB."""

USUAL = (",", ";", "\t", "|")
RARE = ("^", "~", ":")
NOT_DELIMITERS = re.compile(rb"\b\d{1,2}(:\d\d){1,2}|://")
"""Where a colon divides no columns."""
WORDS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "pipe", "^": "caret", "~": "tilde", ":": "colon"}


@dataclass(frozen=True)
class Guess:
    """A dialect with its reasons; ``declared`` by a first line ``sep=``, which is no row."""

    dialect: Dialect
    reasons: tuple[Reason, ...]
    declared: bool = False


def guess_dialect(sample: bytes) -> Guess:
    """Guess from UTF-8 bytes that end with a whole line."""
    comment = _comment(sample)
    lines = sample[:SNIFF_BYTES].splitlines(keepends=True)
    body = b"".join(line for line in lines if not (comment and line.startswith(comment)))
    declared = _declared(sample)
    delimiter, why = (declared, "Its first line says so (sep=).") if declared else _delimiter(body)
    quote = _quote(body, delimiter)
    reasons = [Reason("delimiter", WORDS.get(delimiter, delimiter), why)]
    if quote != '"':
        reasons.append(Reason("quote", quote or "none", "Fields begin and end with it."))
    if comment:
        reasons.append(
            Reason("comment", comment.decode(), "Lines that start with it have another shape than the rows.")
        )
    return Guess(Dialect(delimiter.encode(), quote.encode(), comment), tuple(reasons), declared=bool(declared))


def _declared(sample: bytes) -> str:
    """Excel's own convention: a first line ``sep=;``."""
    stop, _ = line_end(sample, 0)
    line = sample[:stop].strip().strip(b'"')
    return line[4:5].decode("latin-1") if line.lower().startswith(b"sep=") and len(line) == 5 else ""


def _delimiter(body: bytes) -> tuple[str, str]:
    scores = {sign: _consistency(body, sign) for sign in USUAL}
    best = max(scores, key=lambda sign: scores[sign])
    sniffed = _clever(body)
    if sniffed in scores and scores[sniffed] >= scores[best] * 0.9:
        return sniffed, "Lines split by it look most like a table."
    if scores[best] > 0:
        return best, "It splits most lines into the same number of values."
    if sniffed in RARE and _splits_all(body, sniffed):
        return sniffed, "Lines split by it look most like a table."
    unused = next((sign for sign in USUAL if sign.encode() not in body), ",")
    return unused, "No sign splits the lines alike, so there is one column."


def _clever(body: bytes) -> str:
    import clevercsv

    try:
        found = clevercsv.Sniffer().sniff(body.decode("utf-8", "replace"), delimiters="".join(USUAL + RARE))
    except clevercsv.Error:
        return ""
    return found.delimiter if found is not None and found.delimiter else ""


def _consistency(body: bytes, sign: str) -> float:
    """Share of lines that have the commonest number of values, if that is more than one; wider counts a little more."""
    widths = Counter(_widths(body, Dialect(sign.encode(), b'"', b"")))
    several = {width: count for width, count in widths.items() if width > 1}
    if not several:
        return 0.0
    width, count = max(several.items(), key=lambda item: (item[1], item[0]))
    return count / widths.total() * (1 + min(width, 100) / 1000)


def _splits_all(body: bytes, sign: str) -> bool:
    """Whether a rare sign splits every line alike, once clock times and addresses are taken out."""
    widths = _widths(NOT_DELIMITERS.sub(b"", body), Dialect(sign.encode(), b'"', b""))
    return len(widths) > 1 and min(widths) == max(widths) > 1


def _widths(body: bytes, dialect: Dialect) -> list[int]:
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
    """A single quote is a quote only where it wraps fields and the double quote does not appear."""
    sign = delimiter.encode()
    wraps = body.count(sign + b"'") + body.count(b"\n'")
    closes = body.count(b"'" + sign) + body.count(b"'\n") + body.count(b"'\r\n")
    return (
        "'" if b'"' not in body and wraps >= 2 and closes >= 2 and min(wraps, closes) * 2 >= max(wraps, closes) else '"'
    )


def _comment(sample: bytes) -> bytes:
    """``#`` where the first line starts with it and has fewer delimiters than the lines that do not."""
    lines = [line for line in sample[:SNIFF_BYTES].splitlines() if line.strip()]
    marked = [line for line in lines if line.startswith(b"#")]
    plain = [line for line in lines if not line.startswith(b"#")]
    if not marked or not plain or not lines[0].startswith(b"#"):
        return b""
    sign, _ = _delimiter(b"\n".join(plain[:50]) + b"\n")
    usual = Counter(line.count(sign.encode()) for line in plain).most_common(1)[0][0]
    return b"#" if usual == 0 or all(line.count(sign.encode()) != usual for line in marked) else b""
