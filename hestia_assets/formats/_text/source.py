"""Bytes in any encoding → blocks of UTF-8, with undecodable bytes kept so that only their row is set aside.

A byte that the encoding does not know becomes three bytes that are no UTF-8: the mark 0xFF and the byte's two halves.
The reader finds them, sets their row aside and shows the byte itself, escaped. Nothing is replaced by a question mark.
"""

import codecs
import re
from collections.abc import Iterator
from typing import BinaryIO

from hestia_assets.core.errors import SpecError, UnreadableFileError

KEEP = "hestia-keep"
KEPT = re.compile(rb"\xff([\x80-\x8f])([\x80-\x8f])")
BOMS = {
    "utf-8": codecs.BOM_UTF8,
    "utf-16-le": codecs.BOM_UTF16_LE,
    "utf-16-be": codecs.BOM_UTF16_BE,
    "utf-32-le": codecs.BOM_UTF32_LE,
    "utf-32-be": codecs.BOM_UTF32_BE,
}


def _keep(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeDecodeError):
        raise error
    broken = error.object[error.start : error.end]
    return "".join("\udcff" + chr(0xDC80 + byte // 16) + chr(0xDC80 + byte % 16) for byte in broken), error.end


codecs.register_error(KEEP, _keep)


def readable(text: bytes) -> str:
    """Original text for a person; bytes that are no text are shown escaped, as they stand in the file."""
    pieces = KEPT.split(text)
    shown = [piece.decode("utf-8", "backslashreplace") for piece in pieces[::3]]
    kept = [f"\\x{high[0] % 16:x}{low[0] % 16:x}" for high, low in zip(pieces[1::3], pieces[2::3], strict=True)]
    return "".join(part for pair in zip(shown, [*kept, ""], strict=True) for part in pair)


def canonical(encoding: str) -> str:
    """Python's name of an encoding, ``utf-8-sig`` counted as ``utf-8``.

    Raises:
        SpecError: Python does not know it, or it is no text encoding.
    """
    try:
        name = codecs.lookup(encoding).name
        b"".decode(name)
    except LookupError as error:
        hint = "Use a name such as utf-8, cp1252, iso-8859-1 or utf-16-le."
        raise SpecError(f"There is no text encoding called '{encoding}'.", hint=hint) from error
    return {"utf-8-sig": "utf-8", "utf_8_sig": "utf-8"}.get(name, name)


def blocks(source: BinaryIO, encoding: str, *, offset: int, size: int) -> Iterator[tuple[bytes, bool]]:
    """Yield UTF-8 from ``offset`` (in UTF-8 bytes after the byte-order mark), and whether the file ends there.

    A block never ends between CR and LF.
    """
    name = canonical(encoding)
    source.seek(len(BOMS[name]) if _has_bom(source, name) else 0)
    stream = _plain(source, offset, size) if name == "utf-8" else _transcoded(source, name, offset, size)
    held = b""
    for block in stream:
        block = held + block  # noqa: PLW2901 - the carried CR belongs to this block
        held = b"\r" if block.endswith(b"\r") else b""
        yield block[: len(block) - len(held)], False
    yield held, True


def _has_bom(source: BinaryIO, name: str) -> bool:
    source.seek(0)
    mark = BOMS.get(name)
    return mark is not None and source.read(len(mark)) == mark


def _plain(source: BinaryIO, offset: int, size: int) -> Iterator[bytes]:
    source.seek(offset, 1)
    while block := source.read(size):
        yield block


def _transcoded(source: BinaryIO, name: str, offset: int, size: int) -> Iterator[bytes]:
    decoder = codecs.getincrementaldecoder(name)(errors=KEEP)
    skip, more = offset, True
    while more:
        block = source.read(size)
        more = bool(block)
        try:
            text = decoder.decode(block, final=not more)
        except UnicodeError as error:
            raise UnreadableFileError(
                f"The bytes are no {name} text.", hint="Choose another encoding in the recipe."
            ) from error
        encoded = text.encode("utf-8", "surrogateescape")
        kept, skip = encoded[skip:], max(0, skip - len(encoded))
        if kept:
            yield kept
