"""Line ends of a large buffer, counted and found a block at a time, so that what is compared stays in the cache."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

LF, CR = 10, 13
BLOCK_BYTES = 32 * 1024
Positions = npt.NDArray[np.int64]


def newlines(data: bytes) -> int:
    """How many LF there are."""
    return int(newlines_per_block(data).sum())


def spans_of(
    data: bytes, wanted: Sequence[int] | Positions, counts: Positions | None = None
) -> tuple[Positions, Positions]:
    """Where lines begin and end, by their numbers from 0; a line ends before its LF, CR LF, or with the data.

    ``counts``: LF per block, where they were counted before.
    """
    numbers = np.asarray(wanted, np.int64)
    counts = newlines_per_block(data) if counts is None else counts
    found = _positions(data, counts, np.concatenate((np.maximum(numbers - 1, 0), numbers)))
    starts, ends = np.where(numbers > 0, found[: len(numbers)] + 1, 0), found[len(numbers) :]
    before = np.frombuffer(data, np.uint8)[np.maximum(ends - 1, 0)] if data else np.zeros(len(ends), np.uint8)
    return starts, ends - ((ends > starts) & (before == CR))


def newlines_per_block(data: bytes) -> Positions:
    """How many LF each block has."""
    bytes_ = np.frombuffer(data, np.uint8)
    blocks = range(0, len(data), BLOCK_BYTES)
    return np.fromiter((np.count_nonzero(bytes_[at : at + BLOCK_BYTES] == LF) for at in blocks), np.int64, len(blocks))


def _positions(data: bytes, counts: Positions, numbers: Positions) -> Positions:
    """Index of each LF, by its number from 0; the end of the data where there is none of that number."""
    found = np.full(len(numbers), len(data), np.int64)
    through = np.cumsum(counts)
    block_of = np.searchsorted(through, numbers, side="right")
    bytes_ = np.frombuffer(data, np.uint8)
    for block in np.unique(block_of[block_of < len(counts)]):
        at = int(block) * BLOCK_BYTES
        here = np.flatnonzero(bytes_[at : at + BLOCK_BYTES] == LF) + at
        mine = block_of == block
        found[mine] = here[numbers[mine] - (through[block] - counts[block])]
    return found
