"""What every download keeps: a file that vanishes, a limit in bytes and one in time."""

import time
from collections.abc import Iterable
from typing import BinaryIO

from hestia_assets.core.disk import on_disk
from hestia_assets.core.errors import TooLargeError, TransientError
from hestia_assets.core.ports import Reach

SETTING = "HESTIA_MAX_FILE_MB"


def refuse_size(name: str, size_bytes: int | None, *, reach: Reach) -> None:
    """Raises TooLargeError for what is announced as too large."""
    if size_bytes is not None and size_bytes > reach.max_bytes:
        raise TooLargeError(name, limit_bytes=reach.max_bytes, setting=SETTING)


def save(blocks: Iterable[bytes], target: BinaryIO, *, name: str, reach: Reach) -> int:
    """Write a download into ``target``; returns its size. Raises TooLargeError, TransientError, HomeError."""
    deadline = time.monotonic() + reach.timeout_seconds
    size = 0
    for block in blocks:
        size += len(block)
        refuse_size(name, size, reach=reach)
        if time.monotonic() > deadline:
            raise TransientError(
                f"{name} did not arrive within {reach.timeout_seconds:,.0f} s.",
                hint="Try again later, or set HESTIA_FETCH_TIMEOUT_SECONDS to a larger number.",
            )
        with on_disk(reach.folder):
            target.write(block)
    with on_disk(reach.folder):
        target.flush()
    return size
