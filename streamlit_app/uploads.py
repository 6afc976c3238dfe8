"""Files on their way from a browser: written to disk slice by slice, found again by an unguessable token.

A page opens a token, which makes an empty ``<token>.part``; only the holder of the token can add to it. The
last slice renames it to ``<token>``. What nobody fetched within a day is removed.
"""

import re
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import BinaryIO, ClassVar

from hestia_assets.core.errors import HestiaError

MEGABYTE = 1024 * 1024
DAY_SECONDS = 24 * 3600.0
_TOKEN = re.compile(r"[0-9a-f]{48}")


class UploadError(HestiaError):
    """An upload was refused; ``status`` is its HTTP status."""

    code: ClassVar[str] = "upload.refused"
    status: int = 400


class UnknownUploadError(UploadError):
    """No upload is open under this token."""

    status = 404

    def __init__(self) -> None:
        super().__init__("This upload is no longer open.", hint="Reload the page and choose the file again.")


class UploadTooLargeError(UploadError):
    """The file is larger than the page accepts."""

    status = 413

    def __init__(self, max_bytes: int) -> None:
        super().__init__(
            f"The file is larger than {max_bytes // MEGABYTE:,} MB, the largest this page accepts.",
            hint="Copy it into the drop folder instead, or raise HESTIA_MAX_UPLOAD_MB.",
        )


class SliceMismatchError(UploadError):
    """A slice does not begin where the file on disk ends; the sender goes on from ``received``."""

    status = 409

    def __init__(self, received: int) -> None:
        self.received = received
        super().__init__("A part of the file arrived out of order.", hint="Send the file again.")


@dataclass(frozen=True)
class UploadFolder:
    """``landing/<tenant>/uploads``: unfinished and finished uploads of one tenant."""

    root: Path
    max_bytes: int

    def open_token(self) -> str:
        """Open a new upload; old ones are removed on the way."""
        self.root.mkdir(parents=True, exist_ok=True)
        self.clean(older_than_seconds=DAY_SECONDS)
        token = secrets.token_hex(24)
        self._part(token).touch(mode=0o600, exist_ok=False)
        return token

    def is_known(self, token: str) -> bool:
        """Whether this upload is open or finished."""
        return (self.root / _checked(token)).is_file() or self._part(token).is_file()

    def path(self, token: str) -> Path:
        """Where a finished upload is. Raises UnknownUploadError."""
        path = self.root / _checked(token)
        if not path.is_file():
            raise UnknownUploadError
        return path

    def accept(self, token: str, *, offset: int, size: int) -> None:
        """Refuse a slice before its bytes are read.

        Raises:
            UnknownUploadError: the token is not open.
            UploadTooLargeError: the whole file would be too large.
            SliceMismatchError: the slice does not follow what is on disk.
        """
        part = self._part(token)
        if not part.is_file():
            raise UnknownUploadError
        if size > self.max_bytes:
            raise UploadTooLargeError(self.max_bytes)
        if offset != (received := part.stat().st_size):
            raise SliceMismatchError(received)

    @contextmanager
    def appending(self, token: str) -> Iterator[BinaryIO]:
        """The unfinished file, positioned at its end."""
        with self._part(token).open("ab") as target:
            yield target

    def finish(self, token: str, *, size: int) -> bool:
        """Give the file its name when all ``size`` bytes are there; tells whether they are."""
        part = self._part(token)
        if part.stat().st_size != size:
            return False
        part.replace(self.root / token)
        return True

    def received(self, token: str) -> int:
        """Bytes on disk of an unfinished upload. Raises UnknownUploadError."""
        part = self._part(token)
        if not part.is_file():
            raise UnknownUploadError
        return part.stat().st_size

    def remove(self, token: str) -> None:
        """Forget an upload, finished or not."""
        (self.root / _checked(token)).unlink(missing_ok=True)
        self._part(token).unlink(missing_ok=True)

    def clean(self, *, older_than_seconds: float) -> int:
        """Remove uploads that nobody touched for so long; returns how many."""
        limit = time.time() - older_than_seconds
        old = [path for path in self.root.glob("*") if path.is_file() and path.stat().st_mtime < limit]
        for path in old:
            path.unlink(missing_ok=True)
        return len(old)

    def _part(self, token: str) -> Path:
        return self.root / f"{_checked(token)}.part"


def _checked(token: str) -> str:
    if not _TOKEN.fullmatch(token):
        raise UnknownUploadError
    return token


def safe_file_name(name: str) -> str:
    r"""The bare name of a file as a browser gave it: no folders, no control characters, at most 200 letters.

    Example:
        >>> safe_file_name("C:\\data\\orders 2024.csv")
        'orders 2024.csv'
    """
    bare = PurePosixPath(name.replace("\\", "/")).name
    printable = "".join(letter for letter in bare if letter.isprintable())
    return printable.strip(". ")[-200:] or "upload"
