"""A window over a stream of blocks: as much as the reader asks for, taken record by record, never cut inside CR LF."""

from collections.abc import Iterator

CR = 13


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
        parts = [self._buffer[self._position :]]
        while left < size and not self._ended:
            block, self._ended = next(self._stream)
            parts.append(block)
            left += len(block)
        self._buffer = b"".join(parts) if len(parts) > 1 else parts[0]
        self._position = 0
