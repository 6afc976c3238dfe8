"""Files on this machine's disk: originals by hash, drop folders, the exports folder."""

import fcntl
import hashlib
import os
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from hestia_assets.core.disk import on_disk
from hestia_assets.core.errors import NotFoundError, TooLargeError
from hestia_assets.core.results import IncomingFile, StoredFile

BLOCK_BYTES = 1024 * 1024
"""Larger blocks need fresh memory each time, which took up to a second of CPU per 500 MB."""
FLUSH_BYTES = 64 * 1024 * 1024
"""So much is sent on to the disk while the next is copied: the wait at the end is for the rest only."""
YOUNG_SECONDS = 60.0


@dataclass(frozen=True)
class LocalFileStore:
    """Originals below ``landing/<tenant>/batches/<sha256>``, read-only once written, none above ``max_bytes``."""

    root: Path
    max_bytes: int | None = None

    def put(self, tenant: str, source: BinaryIO) -> StoredFile:
        """Copy a stream in chunks, hashing it; the file appears all at once. Raises TooLargeError, HomeError."""
        folder = self.root / tenant / "batches"
        with on_disk(folder):
            folder.mkdir(parents=True, exist_ok=True)
        with on_disk(folder), _vanishing(folder) as (target, temporary):
            digest, size = _copied(source, target, max_bytes=self.max_bytes)
            _to_disk(target)
            final = folder / digest
            if not final.exists():
                temporary.chmod(0o444)
                temporary.replace(final)
            _folder_to_disk(folder)  # the sender's copy may be deleted now
        return StoredFile(digest, size)

    def open(self, tenant: str, sha256: str) -> BinaryIO:
        """The bytes, seekable. Raises NotFoundError."""
        return self.path(tenant, sha256).open("rb")

    def sweep(self) -> int:
        """Delete what killed processes left half written; returns how many files."""
        dead = [path for path in self.root.glob("*/batches/.*.part") if _is_dead(path)]
        for path in dead:
            path.unlink(missing_ok=True)
        return len(dead)

    def path(self, tenant: str, sha256: str) -> Path:
        """Where the bytes are. Raises NotFoundError."""
        path = self.root / tenant / "batches" / sha256
        if not path.is_file():
            raise NotFoundError("original file", sha256)
        return path


@dataclass(frozen=True)
class LocalIncoming:
    """Drop folders: ``landing/<tenant>/incoming/<dataset>/``."""

    root: Path

    def folder(self, tenant: str, dataset: str) -> Path:
        """The drop folder of a dataset, created when missing."""
        folder = self.root / tenant / "incoming" / dataset
        folder.mkdir(parents=True, exist_ok=True)
        return folder

    def files(self, tenant: str, dataset: str | None = None) -> list[IncomingFile]:
        """Files that wait, oldest first; hidden and unfinished (``.part``, ``.tmp``) ones are left alone."""
        base = self.root / tenant / "incoming"
        folders = [base / dataset] if dataset else sorted(p for p in base.glob("*") if p.is_dir())
        paths = [path for folder in folders for path in folder.glob("*") if _is_whole(path)]
        found = [file for path in paths if (file := _incoming(path))]
        return sorted(found, key=lambda item: (item.modified_at, item.path))

    def remove(self, file: IncomingFile) -> None:
        """Take a file out of the drop folder after its bytes are stored; one that has changed since stays."""
        path = Path(file.path)
        if _incoming(path) == file:
            path.unlink(missing_ok=True)


@dataclass(frozen=True)
class LocalExportFolder:
    """Files for others: ``exports/<tenant>/<name>``; a file gets its name only when it is complete."""

    root: Path

    @contextmanager
    def writing(self, tenant: str, file_name: str) -> Iterator[tuple[BinaryIO, Path]]:
        """A temporary file in the right folder; it takes its name on a clean end and vanishes otherwise."""
        folder = self.root / tenant
        folder.mkdir(parents=True, exist_ok=True)
        with _vanishing(folder) as (target, temporary):
            yield target, temporary
            _to_disk(target)
            temporary.chmod(0o644)  # a temporary file is the owner's alone; an export is for others
            temporary.replace(folder / file_name)
            _folder_to_disk(folder)

    def path(self, tenant: str, file_name: str) -> Path:
        """Where a published file is."""
        return self.root / tenant / file_name


def _copied(source: BinaryIO, target: BinaryIO, *, max_bytes: int | None) -> tuple[str, int]:
    """Copy in blocks; each is hashed while it is written and the next one read. Returns the SHA-256 and the size."""
    digest, size, flushed = hashlib.sha256(), 0, 0
    if max_bytes is not None and _left(source) > max_bytes:
        raise _too_large(max_bytes)
    hashing = flushing = _nothing()
    with ThreadPoolExecutor(max_workers=2) as pool:
        while block := source.read(BLOCK_BYTES):
            hashing.result()  # never more than one block behind
            hashing = pool.submit(digest.update, block)
            target.write(block)
            size += len(block)
            if max_bytes is not None and size > max_bytes:
                raise _too_large(max_bytes)
            if size - flushed >= FLUSH_BYTES and flushing.done():
                flushing.result()  # a disk says only once what it could not write
                flushing, flushed = pool.submit(os.fsync, target.fileno()), size
        hashing.result()
        flushing.result()
    return digest.hexdigest(), size


def _nothing() -> Future[None]:
    done: Future[None] = Future()
    done.set_result(None)
    return done


def _left(source: BinaryIO) -> int:
    """Bytes from here to the end, 0 where only reading tells."""
    if not source.seekable():
        return 0
    here = source.tell()
    end = source.seek(0, os.SEEK_END)
    source.seek(here)
    return end - here


def _too_large(max_bytes: int) -> TooLargeError:
    return TooLargeError("The file", limit_bytes=max_bytes, setting="HESTIA_MAX_FILE_MB")


@contextmanager
def _vanishing(folder: Path) -> Iterator[tuple[BinaryIO, Path]]:
    """A temporary file that is gone afterwards unless it was renamed."""
    with tempfile.NamedTemporaryFile(dir=folder, prefix=".", suffix=".part", delete=False) as target:
        temporary = Path(target.name)
        fcntl.flock(target, fcntl.LOCK_EX)  # for as long as we live: see _is_dead
        try:
            yield target, temporary  # pyright: ignore[reportReturnType] - the wrapper is a BinaryIO in all but name
        finally:
            temporary.unlink(missing_ok=True)


def _is_dead(path: Path) -> bool:
    """Whether nobody writes this temporary file any more. One that is a moment old may not be locked yet."""
    try:
        with path.open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return time.time() - path.stat().st_mtime > YOUNG_SECONDS
    except OSError:  # locked by its writer, or gone
        return False


def _to_disk(target: BinaryIO) -> None:
    target.flush()
    os.fsync(target.fileno())


def _folder_to_disk(folder: Path) -> None:
    """A new name is on the disk only when its folder is."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _is_whole(path: Path) -> bool:
    return path.is_file() and not path.name.startswith(".") and path.suffix not in {".part", ".tmp"}


def _incoming(path: Path) -> IncomingFile | None:
    """How the file looks now; its sender may take it away again at any moment."""
    try:
        stat = path.stat()
    except FileNotFoundError:
        return None
    modified = datetime.fromtimestamp(stat.st_mtime, UTC)
    return IncomingFile(path.parent.name, str(path), stat.st_size, modified)
