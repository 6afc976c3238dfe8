"""Which encoding a file has: byte-order mark, then strict UTF-8 over all bytes, then cp1252."""

import codecs
from typing import BinaryIO

from hestia_assets.core.errors import EmptyFileError, UnreadableFileError

BLOCK_BYTES = 4 * 1024 * 1024
MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
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


def guess_encoding(source: BinaryIO, *, file_name: str) -> tuple[str, str]:
    """The encoding and the reason.

    Raises:
        EmptyFileError: no bytes.
        UnreadableFileError: the bytes are no text.
    """
    source.seek(0)
    head = source.read(4096)
    if not head:
        raise EmptyFileError(file_name)
    for magic, kind in OTHER_KINDS:
        if head.startswith(magic):
            hint = "Save the table as CSV and import that file."
            raise UnreadableFileError(f"{file_name} is {kind}, not a text file.", hint=hint)
    for mark, name in MARKS:
        if head.startswith(mark):
            return name, "The file begins with this encoding's byte-order mark."
    if head.count(0) * 10 > len(head):
        return _wide(head, file_name)
    if _is_utf8(source):
        return "utf-8", "Every byte of the file is valid UTF-8."
    return (
        "cp1252",
        "The file is not UTF-8; Western European Windows text is the usual other case. Check the accents.",
    )


def _wide(head: bytes, file_name: str) -> tuple[str, str]:
    """Many NUL bytes: UTF-16 without a mark, or no text at all."""
    even, odd = head[0::2].count(0), head[1::2].count(0)
    if min(even, odd) * 10 < max(even, odd):
        return ("utf-16-le" if odd > even else "utf-16-be"), "Every other byte is zero, as in UTF-16 text."
    raise UnreadableFileError(
        f"{file_name} is no text: many of its bytes are zero.", hint="Check that this is the file you meant."
    )


def _is_utf8(source: BinaryIO) -> bool:
    source.seek(0)
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        while block := source.read(BLOCK_BYTES):
            decoder.decode(block)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True
