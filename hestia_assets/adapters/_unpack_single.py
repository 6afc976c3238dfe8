"""Archives of one file: gzip (RFC 1952), bzip2, Zstandard (RFC 8878), each of any number of streams in a row."""

import bz2
import gzip
import io
import re
import zlib
from typing import BinaryIO, cast

from hestia_assets.adapters._unpack_limits import Budget, CountedStream
from hestia_assets.core.errors import ArchiveError

_BEGINS = {
    "gz": re.compile(rb"\x1f\x8b\x08"),
    "bz2": re.compile(rb"BZh[1-9](?:1AY&SY|\x17rE8P\x90)"),
    "zst": re.compile(rb"\x28\xb5\x2f\xfd"),
}

ZIP_HEAD = b"PK\x03\x04"
MOST_WINDOW_BYTES = 128 * 1024 * 1024
"""What Zstandard's own tool takes unasked; a frame may ask for much more memory."""

_OFFICE = (b"[Content_Types].xml", b"_rels/", b"docProps/", b"xl/", b"word/", b"ppt/", b"mimetype", b"META-INF/")
_READ_BYTES = 128 * 1024
_PIECE_BYTES = 1024
"""Small: everything that a piece of Zstandard unpacks to is in memory at once, up to 32 MiB."""


def opened_single(kind: str, source: BinaryIO, *, file_name: str, budget: Budget) -> BinaryIO:
    """The unpacked bytes. Raises ArchiveError where they are an archive again."""
    packed = _CountingReader(source)
    stream = CountedStream(
        _decoder(kind, packed),
        name=file_name,
        budget=budget,
        consumed=lambda: packed.count,
        damaged=_damage(),
    )
    refuse_nested(stream.head, file_name=file_name)
    return cast("BinaryIO", stream)


def single_kind(head: bytes) -> str:
    """``gz``, ``bz2``, ``zst`` or nothing."""
    return next((kind for kind, begin in _BEGINS.items() if begin.match(head)), "")


def is_packed(head: bytes) -> bool:
    """Whether bytes that begin so are an archive; an Excel or OpenDocument file is none."""
    return bool(single_kind(head)) or (head.startswith(ZIP_HEAD) and not begins_office_file(head))


def begins_office_file(head: bytes) -> bool:
    """Whether a zip's first entry is one that office programs write first."""
    return head.startswith(ZIP_HEAD) and head[30:].startswith(_OFFICE)


def refuse_nested(head: bytes, *, file_name: str) -> None:
    """One level is unpacked. Raises ArchiveError for an archive in an archive."""
    if is_packed(head) or head[257:262] == b"ustar":
        raise ArchiveError(
            f"{file_name} is an archive in an archive, and only one level is unpacked.",
            hint="Unpack it once and hand in what is inside.",
        )


class _CountingReader(io.RawIOBase):
    """Counts what a decoder has taken from the file."""

    def __init__(self, source: BinaryIO) -> None:
        self._source = source
        self.count = 0

    def readable(self) -> bool:
        return True

    def readinto(self, target: object) -> int:
        view = memoryview(target)  # pyright: ignore[reportArgumentType] - RawIOBase hands in a writable buffer
        block = self._source.read(len(view))
        view[: len(block)] = block
        self.count += len(block)
        return len(block)


def _decoder(kind: str, packed: _CountingReader) -> BinaryIO:
    """A stream that ends where the packed one does, or raises."""
    buffered = io.BufferedReader(packed, _READ_BYTES)
    if kind == "gz":
        return cast("BinaryIO", gzip.GzipFile(fileobj=buffered))
    if kind == "bz2":
        return cast("BinaryIO", bz2.BZ2File(buffered))
    return cast("BinaryIO", io.BufferedReader(_ZstdStream(cast("BinaryIO", buffered)), _READ_BYTES))


class _ZstdStream(io.RawIOBase):
    """Frame after frame; unlike the library's own reader it raises where the last one is cut off."""

    def __init__(self, packed: BinaryIO) -> None:
        import zstandard

        self._packed = packed
        self._decompressor = zstandard.ZstdDecompressor(max_window_size=MOST_WINDOW_BYTES)
        self._frame = self._decompressor.decompressobj()
        self._piece = b""
        self._block = memoryview(b"")
        self._begun = False

    def readable(self) -> bool:
        return True

    def readinto(self, target: object) -> int:
        view = memoryview(target)  # pyright: ignore[reportArgumentType] - RawIOBase hands in a writable buffer
        if not self._block:
            self._block = memoryview(self._next())
        count = min(len(view), len(self._block))
        view[:count] = self._block[:count]
        self._block = self._block[count:]
        return count

    def _next(self) -> bytes:
        """The next unpacked bytes, none at the end. Raises EOFError."""
        while piece := self._piece or self._packed.read(_PIECE_BYTES):
            self._begun = True
            block = self._frame.decompress(piece)
            self._piece = b""
            if self._frame.eof:
                self._piece = self._frame.unused_data
                self._frame = self._decompressor.decompressobj()
                self._begun = False
            if block:
                return block
        if self._begun:
            raise EOFError("the last frame is cut off")
        return b""


def _damage() -> tuple[type[Exception], ...]:
    import zstandard

    return (EOFError, OSError, zlib.error, zstandard.ZstdError)
