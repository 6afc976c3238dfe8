"""How much an archive may become: counted while it is unpacked, whatever it claims."""

import io
from collections.abc import Callable
from dataclasses import dataclass
from typing import BinaryIO

from hestia_assets.core.errors import ArchiveError, TooLargeError

MOST_TIMES = 250
"""Tables shrink to a fifth or a fiftieth. What grows more than this, beyond the free part, is a bomb."""

FREE_BYTES = 128 * 1024 * 1024
"""This much may come out of however little: a column of zeros is no bomb."""

SETTING = "HESTIA_UNPACKED_LIMIT_MB"


@dataclass
class Budget:
    """What one archive may still become."""

    limit_bytes: int
    used_bytes: int = 0

    def spend(self, count: int, *, packed_bytes: int, unpacked_bytes: int, name: str) -> None:
        """Account for ``count`` more bytes of a member.

        Raises:
            TooLargeError: all members together are too large.
            ArchiveError: the member grows beyond all measure.
        """
        self.used_bytes += count
        if self.used_bytes > self.limit_bytes:
            raise TooLargeError(f"What is packed in {name}", limit_bytes=self.limit_bytes, setting=SETTING)
        refuse_bomb(name, packed_bytes=packed_bytes, unpacked_bytes=unpacked_bytes)


def refuse_bomb(name: str, *, packed_bytes: int, unpacked_bytes: int) -> None:
    """Raises ArchiveError where ``unpacked_bytes`` out of ``packed_bytes`` is beyond all measure."""
    if unpacked_bytes > max(FREE_BYTES, MOST_TIMES * packed_bytes):
        raise ArchiveError(
            f"{name} unpacks to more than {MOST_TIMES} times its size, as archives do that are made to fill a disk.",
            hint="If you trust it, unpack it yourself and hand in the files.",
        )


class CountedStream(io.RawIOBase):
    """Reads forwards out of ``source`` and spends a budget; what the library raises becomes ours.

    ``consumed`` tells how many packed bytes were read so far; ``head`` was read from ``source`` already.
    """

    def __init__(
        self,
        source: BinaryIO,
        *,
        name: str,
        budget: Budget,
        consumed: Callable[[], int],
        damaged: tuple[type[Exception], ...],
    ) -> None:
        self._source, self._name, self._budget = source, name, budget
        self._consumed, self._damaged = consumed, damaged
        self._count = 0
        self._head = b""
        self._head = self.read(512)

    @property
    def head(self) -> bytes:
        """The first bytes, which are still to be read."""
        return self._head

    def readable(self) -> bool:
        """It is."""
        return True

    def read(self, size: int | None = -1) -> bytes:
        """At most ``size`` bytes. Raises ArchiveError, TooLargeError."""
        if self._head:
            wanted = len(self._head) if size is None or size < 0 else size
            block, self._head = self._head[:wanted], self._head[wanted:]
            return block
        try:
            block = self._source.read(io.DEFAULT_BUFFER_SIZE if size is None or size < 0 else size)
        except self._damaged as error:
            raise ArchiveError(
                f"{self._name} is damaged: it ends too soon, or its checksum is wrong.",
                hint="Fetch or pack it again.",
            ) from error
        self._count += len(block)
        packed = self._consumed()
        self._budget.spend(len(block), packed_bytes=packed, unpacked_bytes=self._count, name=self._name)
        return block

    def close(self) -> None:
        """Close the source too."""
        if not self.closed:
            self._source.close()
        super().close()
