"""A window over a stream of blocks: as much as the reader asks for, taken record by record, never cut inside CR LF."""

import os
from collections.abc import Iterator
from typing import BinaryIO

from hestia_assets.formats._text.source import BOMS, blocks, canonical

CR = 13
REACH_BYTES = 64 * 1024


def line_blocks(source: BinaryIO, encoding: str, *, offset: int, size: int) -> Iterator[tuple[bytes, bool]]:
    """``blocks`` that end with a line where one ends near ``size``: what is cut off has to be copied again."""
    if canonical(encoding) != "utf-8":
        yield from blocks(source, encoding, offset=offset, size=size)
        return
    mark = BOMS["utf-8"]
    source.seek(0)
    at = offset + (len(mark) if source.read(len(mark)) == mark else 0)
    end = source.seek(0, os.SEEK_END)
    final = False
    while not final:
        stop = _line_end(source, at + size, end, reach=max(1, min(REACH_BYTES, size // 4)))
        source.seek(at)
        block = source.read(max(0, stop - at))
        at += len(block)
        final = at >= end or not block
        yield block, final


def _line_end(source: BinaryIO, near: int, end: int, *, reach: int) -> int:
    """Behind the first line end from ``near`` on, or ``near`` itself; never between CR and LF."""
    if near >= end:
        return end
    source.seek(near)
    return near + source.read(reach).find(b"\n") + 1


class Window:
    """The bytes of a stream that nobody has taken yet."""

    def __init__(self, stream: Iterator[tuple[bytes, bool]]) -> None:
        self._stream = stream
        self._buffer = b""
        self._position = 0
        self._ended = False

    def view(self, size: int) -> tuple[bytes, bool]:
        """From ``size`` to a quarter more bytes, or what is left; and whether the stream ends with them.

        A view that is not the last may be one byte shorter, so as not to end with CR.
        """
        self._fill(size)
        left = len(self._buffer) - self._position
        end = self._position + (left if left <= size + size // 4 else size)
        final = self._ended and end == len(self._buffer)
        if not final and self._buffer[end - 1] == CR:
            end -= 1
        return self._buffer[self._position : end], final

    def take(self, count: int) -> None:
        """The first ``count`` bytes are done."""
        self._position += count

    def _fill(self, size: int) -> None:
        left = len(self._buffer) - self._position
        if left >= size or self._ended:
            return
        parts = [self._buffer[self._position :]] if left else []
        while left < size and not self._ended:
            block, self._ended = next(self._stream)
            parts.append(block)
            left += len(block)
        self._buffer = b"".join(parts)  # of a single block, the block itself
        self._position = 0
