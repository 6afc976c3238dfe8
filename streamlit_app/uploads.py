"""Files on their way from a browser: written to disk slice by slice, found again by an unguessable token.

A page opens a token, which makes an empty ``<token>.part``; only the holder of the token can add to it. A slice
arrives in a file of its own and joins the part only as a whole, one at a time. The last slice renames the part to
``<token>``. What nobody fetched within a day is removed.

A file that a person takes out of a drop folder moves here too, so that nobody else imports it meanwhile;
``<token>.from`` remembers where it came from, and it goes back there when the person gives up.
"""

import fcntl
import os
import re
import secrets
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import BinaryIO, ClassVar

from hestia_assets.core.errors import HestiaError, NotFoundError

MEGABYTE = 1024 * 1024
DAY_SECONDS = 24 * 3600.0
CLAIM_SECONDS = 30 * 60.0
"""A file from a drop folder goes back when nobody looked at it for this long."""

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

    def __init__(self, received: int, message: str = "A part of the file arrived out of order.") -> None:
        self.received = received
        super().__init__(message, hint="Send the file again.")


class SliceDamagedError(SliceMismatchError):
    """A slice is not the bytes that were sent; the sender sends it again."""

    def __init__(self, received: int) -> None:
        super().__init__(received, "A part of the file was damaged on its way.")


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
        """Where a finished upload or a claimed file is. Raises UnknownUploadError."""
        path = self.root / _checked(token)
        if not path.is_file():
            raise UnknownUploadError
        if self._origin(token).is_file():
            os.utime(self._origin(token))
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
    def receiving(self, token: str) -> Iterator[BinaryIO]:
        """A file for one slice on its way; it is gone afterwards, whole or not."""
        path = self.root / f"{_checked(token)}.{secrets.token_hex(4)}.slice"
        try:
            with path.open("x+b") as piece:
                yield piece
        finally:
            path.unlink(missing_ok=True)

    def add(self, token: str, piece: BinaryIO, *, offset: int, size: int) -> bool:
        """Let a slice join the file, unless another one did; tells whether the file has all ``size`` bytes.

        Raises like ``accept``; a slice that cannot be written whole leaves nothing.
        """
        if self.is_complete(token, size=size):  # the answer to its last slice got lost
            return True
        with self._alone(token) as target:
            if self.is_complete(token, size=size):
                return True
            self.accept(token, offset=offset, size=size)
            _append(piece, target, offset=offset)
            return self._finish(token, size=size)

    def is_complete(self, token: str, *, size: int) -> bool:
        """Whether all ``size`` bytes have arrived."""
        path = self.root / _checked(token)
        return path.is_file() and path.stat().st_size == size

    @contextmanager
    def _alone(self, token: str) -> Iterator[BinaryIO]:
        """The unfinished file, for one at a time."""
        try:
            target = self._part(token).open("r+b")
        except FileNotFoundError as error:
            raise UnknownUploadError from error
        with target:
            fcntl.flock(target, fcntl.LOCK_EX)  # given up when the file is closed
            yield target

    def _finish(self, token: str, *, size: int) -> bool:
        """Give the file its name when all ``size`` bytes are there; tells whether they are."""
        part = self._part(token)
        if part.stat().st_size != size:
            return False
        part.replace(self.root / token)
        return True

    def claim(self, path: Path) -> str:
        """Take a file out of a drop folder in one step, so that nobody else does. Raises NotFoundError."""
        token = secrets.token_hex(24)
        self.root.mkdir(parents=True, exist_ok=True)
        self._origin(token).write_text(str(path), encoding="utf-8")
        try:
            path.rename(self.root / token)
        except FileNotFoundError as error:
            self._origin(token).unlink()
            raise NotFoundError("file in the drop folder", path.name) from error
        return token

    def keep(self, source: BinaryIO) -> str:
        """Copy bytes that came in another way; returns the token of the file. Raises UploadTooLargeError."""
        token = self.open_token()
        part = self._part(token)
        with part.open("r+b") as target:
            while block := source.read(MEGABYTE):
                target.write(block)
                if target.tell() > self.max_bytes:
                    self.remove(token)
                    raise UploadTooLargeError(self.max_bytes)
        part.replace(self.root / token)
        return token

    def give_back(self, token: str) -> None:
        """Put a claimed file back where it came from, beside a newer one of its name; an upload is forgotten."""
        origin, path = self._origin(token), self.root / token
        if origin.is_file() and path.is_file():
            _move_beside(path, Path(origin.read_text(encoding="utf-8")))
        self.remove(token)

    def give_back_unused(self, *, older_than_seconds: float) -> None:
        """Put back the claimed files that nobody looked at for so long."""
        limit = time.time() - older_than_seconds
        for origin in self.root.glob("*.from"):
            if origin.stat().st_mtime <= limit:
                self.give_back(origin.stem)

    def received(self, token: str) -> int:
        """Bytes on disk of an unfinished upload. Raises UnknownUploadError."""
        part = self._part(token)
        if not part.is_file():
            raise UnknownUploadError
        return part.stat().st_size

    def remove(self, token: str) -> None:
        """Forget an upload, finished or not."""
        for path in (self.root / _checked(token), *self.root.glob(f"{token}.*")):
            path.unlink(missing_ok=True)

    def clean(self, *, older_than_seconds: float) -> int:
        """Remove uploads that nobody touched for so long; returns how many. A claimed file is never removed."""
        limit = time.time() - older_than_seconds
        claimed = {path.stem for path in self.root.glob("*.from")}
        found = [path for path in self.root.glob("*") if path.is_file() and path.stem not in claimed]
        old = [path for path in found if path.stat().st_mtime < limit]
        for path in old:
            path.unlink(missing_ok=True)
        return len(old)

    def _part(self, token: str) -> Path:
        return self.root / f"{_checked(token)}.part"

    def _origin(self, token: str) -> Path:
        return self.root / f"{_checked(token)}.from"


def _append(piece: BinaryIO, target: BinaryIO, *, offset: int) -> None:
    piece.seek(0)
    target.seek(offset)
    try:
        shutil.copyfileobj(piece, target, MEGABYTE)
        target.flush()
    except OSError:
        target.truncate(offset)
        raise


def _move_beside(path: Path, wanted: Path) -> None:
    """Move a file to its old place; where another one has its name now, a number is added."""
    wanted.parent.mkdir(parents=True, exist_ok=True)
    place, number = wanted, 1
    while True:
        try:
            os.link(path, place)  # unlike a rename, this never takes the place of another file
        except FileExistsError:
            number += 1
            place = wanted.with_name(f"{wanted.stem} ({number}){wanted.suffix}")
        else:
            path.unlink()
            return


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
