"""What a disk that takes no more means, in words."""

import errno
from collections.abc import Generator
from contextlib import contextmanager

from hestia_assets.core.errors import HomeError

FULL = {
    errno.ENOSPC: "is full",
    errno.EDQUOT: "gives no more room",
    errno.EROFS: "can only be read",
    errno.EFBIG: "takes no file of this size",
}


@contextmanager
def on_disk(place: object) -> Generator[None]:
    """Tell a full or read-only disk from a bug. Raises HomeError.

    Example:
        >>> with on_disk("/data"):  # doctest: +IGNORE_EXCEPTION_DETAIL
        ...     raise OSError(errno.ENOSPC, "No space left on device")
        Traceback (most recent call last):
            ...
        hestia_assets.core.errors.HomeError: The disk of /data is full; nothing was changed.
    """
    try:
        yield
    except OSError as error:
        if error.errno not in FULL:
            raise
        raise HomeError(
            f"The disk of {place} {FULL[error.errno]}; nothing was changed.",
            hint="Make room there, or choose another place, and try again.",
        ) from error
