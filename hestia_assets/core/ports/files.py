"""Originals, drop folders, published files."""

from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import BinaryIO, Protocol

from hestia_assets.core.results import IncomingFile, Member, OpenMember, SkippedMember, StoredFile


class FileStore(Protocol):
    """Originals, immutable, named by SHA-256, one folder per tenant."""

    def put(self, tenant: str, source: BinaryIO) -> StoredFile:
        """Copy a stream in chunks, hashing it; the file appears all at once. Raises TooLargeError."""
        ...

    def open(self, tenant: str, sha256: str) -> BinaryIO:
        """The bytes, seekable. Raises NotFoundError."""
        ...

    def path(self, tenant: str, sha256: str) -> Path:
        """Where the bytes are on this machine."""
        ...


class ExportFolder(Protocol):
    """Files for others, one folder per tenant; a file gets its name only when it is complete."""

    def writing(self, tenant: str, file_name: str) -> AbstractContextManager[tuple[BinaryIO, Path]]:
        """A temporary file, open and with its path; it takes its name on a clean end and vanishes otherwise."""
        ...

    def path(self, tenant: str, file_name: str) -> Path:
        """Where a published file is."""
        ...


class Incoming(Protocol):
    """Drop folders, one per dataset."""

    def folder(self, tenant: str, dataset: str) -> Path:
        """The drop folder, created when missing."""
        ...

    def files(self, tenant: str, dataset: str | None = None) -> list[IncomingFile]:
        """Files that wait, oldest first."""
        ...

    def remove(self, file: IncomingFile) -> None:
        """Take a file out of the folder."""
        ...


class Archives(Protocol):
    """Files that hold files: zip, gz, bz2, zst. Told by content; an xlsx or ods is none."""

    def is_archive(self, source: BinaryIO, *, file_name: str) -> bool:
        """Whether ``source`` is one. Raises ArchiveError for a kind that is not unpacked."""
        ...

    def members(self, source: BinaryIO, *, file_name: str) -> list[Member | SkippedMember]:
        """What is inside, in its order; nothing where ``source`` is no archive. Raises ArchiveError."""
        ...

    def unpacked(self, source: BinaryIO, *, file_name: str) -> Iterator[OpenMember | SkippedMember]:
        """Each member as it is unpacked, to be read before the next. Raises ArchiveError, TooLargeError."""
        ...

    def member(self, source: BinaryIO, name: str, *, file_name: str) -> AbstractContextManager[BinaryIO]:
        """One member, unpacked to a file that vanishes, seekable. Raises ArchiveError, NotFoundError."""
        ...
