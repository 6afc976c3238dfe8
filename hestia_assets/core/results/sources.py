"""Files as they arrive: members of an archive, files in other places, and what became of them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import BinaryIO

from hestia_assets.core.results.batches import Received


@dataclass(frozen=True, slots=True)
class Member:
    """A file inside an archive. ``size_bytes``: unpacked, as far as the archive tells."""

    name: str
    size_bytes: int | None = None


@dataclass(frozen=True, slots=True)
class SkippedMember:
    """A file that was not taken in, and why. ``harmless``: it never held data, such as a folder or ``.DS_Store``."""

    name: str
    why: str
    harmless: bool = False


@dataclass(frozen=True, slots=True)
class OpenMember:
    """A file inside an archive while it is unpacked; ``source`` reads forwards, until the next one is asked for."""

    name: str
    source: BinaryIO


@dataclass(frozen=True)
class ReceivedMany:
    """Outcome of handing in a file that may be an archive: one batch per member, and what was left out."""

    received: tuple[Received, ...] = ()
    skipped: tuple[SkippedMember, ...] = ()


@dataclass(frozen=True, slots=True)
class RemoteFile:
    """A file in another place. ``version`` changes with its bytes; empty where only an answer tells it."""

    name: str
    url: str
    size_bytes: int | None = None
    version: str = ""


@dataclass(frozen=True, slots=True)
class Download:
    """A remote file, here and whole: ``source`` stands at its start."""

    file: RemoteFile
    source: BinaryIO


@dataclass(frozen=True)
class FetchResult:
    """What one fetch brought. ``known``: files that had been taken before and were not fetched again."""

    received: tuple[Received, ...] = ()
    known: tuple[str, ...] = ()
    skipped: tuple[SkippedMember, ...] = ()


@dataclass(frozen=True)
class SeenFiles:
    """Which version of each remote file was taken, by what tells its address from others (``key_of``)."""

    versions: Mapping[str, str] = field(default_factory=dict[str, str])
