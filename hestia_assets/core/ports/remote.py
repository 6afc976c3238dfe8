"""Places that files are fetched from, and what is remembered of them."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from hestia_assets.core.results import Download, RemoteFile, SeenFiles


@dataclass(frozen=True)
class Reach:
    """What a connector may use and how far it may go.

    ``folder`` takes downloads under way. ``s3`` makes an S3 client. ``private``: addresses of this machine and
    its network may be fetched from.
    """

    folder: Path
    max_bytes: int
    timeout_seconds: float
    private: bool
    s3: Callable[[], Any]


class Connector(Protocol):
    """One kind of place. Every error is a HestiaError; one that may pass is a TransientError."""

    @property
    def schemes(self) -> tuple[str, ...]:
        """What an address begins with, such as ``https``."""
        ...

    def accept(self, url: str) -> None:
        """Look at an address without asking anybody. Raises SpecError."""
        ...

    def check(self, url: str, pattern: str, *, reach: Reach) -> list[RemoteFile]:
        """Ask whether files can be had there; the first few. Raises FetchError, TransientError."""
        ...

    def list(self, url: str, pattern: str, *, reach: Reach) -> Iterator[RemoteFile]:
        """Every file there whose name matches, oldest first. Raises FetchError, TransientError."""
        ...

    def open(self, file: RemoteFile, *, reach: Reach, seen: str = "") -> AbstractContextManager[Download | None]:
        """The whole file, fetched; nothing when it is still of the version ``seen``.

        Raises:
            TooLargeError: it is larger than ``reach.max_bytes``; no more than that was fetched.
            FetchError: it cannot be had.
            TransientError: it cannot be had now.
        """
        ...


class SeenStore(Protocol):
    """What was taken from each source. Losing it doubles nothing: the same bytes are known when they arrive."""

    def load(self, tenant: str, source: str) -> SeenFiles:
        """What was taken so far."""
        ...

    def add(self, tenant: str, source: str, file: RemoteFile) -> None:
        """Remember that this version was taken."""
        ...

    def forget(self, tenant: str, source: str) -> int:
        """Forget what was taken; returns of how many files."""
        ...
