"""Which encoding a file has: byte-order mark, UTF-16 and UTF-32 by their zeros, strict UTF-8, or the likeliest."""

import codecs
import re
import unicodedata
from dataclasses import dataclass
from typing import BinaryIO

from hestia_assets.core.errors import EmptyFileError, UnreadableFileError
from hestia_assets.core.results import Reason
from hestia_assets.formats._text.candidates import Candidate, differing, ranked
from hestia_assets.formats._text.source import canonical

BLOCK_BYTES = 4 * 1024 * 1024
HEAD_BYTES = 64 * 1024
EVIDENCE_BYTES = 100_000
CERTAIN_BYTES = 4 * 1024 * 1024
CONTEXT_BYTES = 4096
SEARCHED_BYTES = 256 * 1024 * 1024
MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # begins like UTF-16's
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
WIDE = ("utf-32-le", "utf-32-be", "utf-16-le", "utf-16-be")
OTHER_KINDS = (
    (b"PK\x03\x04", "a zip archive or an Excel workbook"),
    (b"\xd0\xcf\x11\xe0", "an Excel workbook, an old one or one with a password"),
    (b"PAR1", "a Parquet file"),
    (b"%PDF", "a PDF document"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"SQLite format 3", "a SQLite database"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
)
HALF_SIGN = re.compile(rb"\xed[\xa0-\xbf][\x80-\xbf]")
"""Half of a sign beyond 16 bits, as some databases and Java write it (CESU-8); no other encoding has such letters."""
SWITCH = re.compile(rb"\x1b\$|\x1b\(|\x0e")
"""Seven-bit text that switches between sets of signs, such as ISO-2022-JP."""
CONTROLS = bytes({*range(1, 32)} - set(b"\t\n\v\f\r\x1a\x1b"))
NOISE = 20
"""A table may be divided by one control sign or another, but not by a dozen of them in every twentieth byte."""
MANY_ZEROS = 10
"""One byte in so many: no text of one byte per sign."""


@dataclass(frozen=True)
class EncodingGuess:
    """The encoding and the reason. ``others`` read the file differently; ``evidence`` are the lines that tell."""

    name: str
    because: str
    others: tuple[Candidate, ...] = ()
    evidence: bytes = b""


def guess_encoding(source: BinaryIO, *, file_name: str) -> EncodingGuess:
    """The encoding, the reason, and what else the file may be.

    Raises:
        EmptyFileError: no bytes.
        UnreadableFileError: the bytes are no text.
    """
    source.seek(0)
    head = source.read(HEAD_BYTES)
    if not head:
        raise EmptyFileError(file_name)
    for magic, kind in OTHER_KINDS:
        if head.startswith(magic):
            hint = "Save the table as CSV and import that file."
            raise UnreadableFileError(f"{file_name} is {kind}, not a text file.", hint=hint)
    for mark, name in MARKS:
        if head.startswith(mark):
            return EncodingGuess(name, "The file begins with this encoding's byte-order mark.")
    if head.count(0) * MANY_ZEROS > len(head):
        return _wide(head) or _no_text(file_name)
    if SWITCH.search(head) and (found := ranked(head)) and found[0].name.startswith("iso2022"):
        return EncodingGuess(found[0].name, "It switches between sets of signs as this encoding does.")
    if 0 in head and (wide := _wide(head)):
        return wide
    _refuse_noise(head, file_name)
    bad = _first_not_utf8(source)
    if bad is None:
        return EncodingGuess("utf-8", "Every byte of the file is valid UTF-8.")
    return _ranked(_evidence(source, bad), head[:CONTEXT_BYTES])


def _refuse_noise(head: bytes, file_name: str) -> None:
    """Raise UnreadableFileError for bytes that are packed, encrypted or a program: every control sign is in them."""
    found = [count for sign in CONTROLS if (count := head.count(sign))]
    if len(found) > len(CONTROLS) / 2 and sum(found) * NOISE > len(head):
        hint = "Check that this is the file you meant; if it is packed or locked, unpack it first."
        raise UnreadableFileError(f"{file_name} is no text: it is full of control signs.", hint=hint)


def _wide(head: bytes) -> EncodingGuess | None:
    """UTF-16 or UTF-32 without a mark: line ends and no sign that does not exist."""
    for name in WIDE:
        text = codecs.getincrementaldecoder(name)("replace").decode(head)
        odd = sum(unicodedata.category(sign) in ("Cc", "Cn", "Co") and sign not in "\t\r\n" for sign in text)
        lines = 2 * (text.count("\n") + text.count("\r")) >= head.count(b"\n") + head.count(b"\r")
        if "\ufffd" not in text and not odd and text and ((("\n" in text or "\r" in text) and lines) or text.isascii()):
            return EncodingGuess(name, "Its zero bytes stand where this encoding has them.")
    return None


def _no_text(file_name: str) -> EncodingGuess:
    raise UnreadableFileError(
        f"{file_name} is no text: many of its bytes are zero.", hint="Check that this is the file you meant."
    )


def _first_not_utf8(source: BinaryIO) -> int | None:
    """Where about the first byte stands that is no UTF-8."""
    source.seek(0)
    decoder = codecs.getincrementaldecoder("utf-8")()
    place = 0
    try:
        while block := source.read(BLOCK_BYTES):
            decoder.decode(block)
            place += len(block)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return place
    return None


def _evidence(source: BinaryIO, place: int) -> bytes:
    """Lines with signs outside ASCII, the first ones of the file and those behind ``place``."""
    lines: list[bytes] = []
    size = 0
    for start in (0, place):
        source.seek(start)
        while size < EVIDENCE_BYTES and source.tell() < start + SEARCHED_BYTES and (block := source.read(BLOCK_BYTES)):
            for line in _not_ascii(block):
                lines.append(line[:HEAD_BYTES])
                size += len(lines[-1])
                if size >= EVIDENCE_BYTES:
                    break
        size = 0 if start < place else size
    return b"\n".join(dict.fromkeys(lines)) + b"\n"


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True


def _ranked(evidence: bytes, context: bytes) -> EncodingGuess:
    if HALF_SIGN.search(evidence) and _is_utf8(HALF_SIGN.sub(b"", evidence)):
        return EncodingGuess("utf-8", "It is UTF-8 but for halves of signs; the lines with them will be set aside.")
    valid = len(re.findall(rb"[\xc3-\xf4][\x80-\xbf]+", evidence))
    broken = evidence.decode("utf-8", "replace").count("\ufffd")
    candidates = differing(ranked(evidence, context), evidence)
    if valid >= 3 and valid >= 10 * broken:
        because = "Almost every sign is valid UTF-8; the few lines that are not will be set aside."
        return EncodingGuess("utf-8", because, tuple(candidates[:2]), evidence)
    best, *others = candidates
    return EncodingGuess(best.name, best.because, tuple(others[:2]), evidence)


def certain_encoding(source: BinaryIO, encoding: str) -> Reason | None:
    """The encoding that a file certainly is in, where it is not ``encoding``: a guess among several is not taken."""
    name = canonical(encoding)
    source.seek(0)
    head = source.read(CERTAIN_BYTES)
    marked = next((other for mark, other in MARKS if head.startswith(mark)), "")
    if marked:
        return _instead(marked, name, "The file begins with this encoding's byte-order mark.")
    if head.count(0) * MANY_ZEROS > len(head):
        wide = _wide(head[:HEAD_BYTES])
        return Reason("encoding", wide.name, wide.because) if wide and wide.name != name else None
    if name == "utf-8":
        return _instead_of_utf8(source, head)
    if name.startswith(("utf-16", "utf-32")):
        guess = guess_encoding(source, file_name="The file")
        return None if guess.others else Reason("encoding", guess.name, guess.because)
    if not head.isascii() and _first_not_utf8(source) is None:
        return Reason("encoding", "utf-8", "Every byte of the file is valid UTF-8, accents included.")
    return None


def _instead(found: str, name: str, because: str) -> Reason | None:
    same = name == found or (name.startswith("utf") and found.startswith(name))
    return None if same else Reason("encoding", found, because)


def _instead_of_utf8(source: BinaryIO, head: bytes) -> Reason | None:
    """Another encoding where hardly a line with accents is valid UTF-8 and only one other reads them."""
    lines = _not_ascii(head)
    valid = sum(_is_utf8(line) for line in lines[:-1])  # the last one may be cut
    if len(lines) < 2 or valid * 10 > len(lines):
        return None
    guess = guess_encoding(source, file_name="The file")
    return None if guess.others or guess.name == "utf-8" else Reason("encoding", guess.name, guess.because)


def _not_ascii(block: bytes) -> list[bytes]:
    return [] if block.isascii() else [line for line in block.splitlines() if not line.isascii()]
