"""Archives: files that hold files, told by content and unpacked as streams, so memory never grows with them.

Nothing is ever written under a name that an archive chose. What an archive claims about sizes is asked first, because
that costs nothing, and then not believed: every byte is counted while it is unpacked.
"""

import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from hestia_assets.adapters._unpack_limits import Budget
from hestia_assets.adapters._unpack_single import opened_single, single_kind
from hestia_assets.adapters._unpack_zip import is_zip_archive, zip_contents, zip_members
from hestia_assets.core.disk import on_disk
from hestia_assets.core.errors import ArchiveError, NotFoundError
from hestia_assets.core.results import Member, OpenMember, SkippedMember

BLOCK_BYTES = 1024 * 1024
HEAD_BYTES = 512
_FOREIGN = {
    b"7z\xbc\xaf\x27\x1c": "7z",
    b"Rar!\x1a\x07": "rar",
    b"\xfd7zXZ\x00": "xz",
    b"\x1f\x9d": "compress (.Z)",
    b"MSCF\x00\x00\x00\x00": "cab",
}


@dataclass(frozen=True)
class LimitedArchives:
    """Unpacks zip, gz, bz2 and zst within limits.

    ``limit_bytes``: the most that one archive may unpack to; ``folder``: where a single member is unpacked to look
    at it (by default where the machine keeps temporary files).
    """

    limit_bytes: int = 20_000_000_000
    folder: Path | None = None

    def is_archive(self, source: BinaryIO, *, file_name: str) -> bool:
        """Whether ``source`` is one. Raises ArchiveError for a kind that is not unpacked."""
        return bool(kind_of_archive(source, file_name=file_name))

    def members(self, source: BinaryIO, *, file_name: str) -> list[Member | SkippedMember]:
        """What is inside, in its order; nothing where ``source`` is no archive. Raises ArchiveError."""
        kind = kind_of_archive(source, file_name=file_name)
        if kind == "zip":
            return zip_members(source, file_name=file_name, limit_bytes=self.limit_bytes)
        return [Member(_inner_name(file_name, kind))] if kind else []

    def unpacked(self, source: BinaryIO, *, file_name: str) -> Iterator[OpenMember | SkippedMember]:
        """Each member as it is unpacked, to be read before the next. Raises ArchiveError, TooLargeError."""
        kind = kind_of_archive(source, file_name=file_name)
        budget = Budget(self.limit_bytes)
        if kind == "zip":
            yield from zip_contents(source, file_name=file_name, budget=budget)
        elif kind:
            with closing(opened_single(kind, source, file_name=file_name, budget=budget)) as stream:
                yield OpenMember(_inner_name(file_name, kind), stream)

    @contextmanager
    def member(self, source: BinaryIO, name: str, *, file_name: str) -> Iterator[BinaryIO]:
        """One member, unpacked to a file that vanishes, seekable. Raises ArchiveError, NotFoundError."""
        with tempfile.TemporaryFile(dir=self.folder) as target:
            for found in self.unpacked(source, file_name=file_name):
                if found.name == name:
                    if isinstance(found, SkippedMember):
                        raise ArchiveError(f"{name} in {file_name}: {found.why}.", hint="Choose another file of it.")
                    while block := found.source.read(BLOCK_BYTES):
                        with on_disk(self.folder or tempfile.gettempdir()):
                            target.write(block)
                    break
            else:
                known = [each.name for each in self.members(source, file_name=file_name)]
                raise NotFoundError(f"file in {file_name}", name, known=known)
            with on_disk(self.folder or tempfile.gettempdir()):
                target.seek(0)  # writes the rest
            yield target  # pyright: ignore[reportReturnType] - the wrapper is a BinaryIO in all but name


def kind_of_archive(source: BinaryIO, *, file_name: str) -> str:
    """``zip``, ``gz``, ``bz2``, ``zst``, or nothing where the bytes are no archive.

    Raises:
        ArchiveError: it is an archive of a kind that is not unpacked.
    """
    source.seek(0)
    head = source.read(HEAD_BYTES)
    source.seek(0)
    refuse_foreign(head, file_name=file_name)
    if kind := single_kind(head):
        return kind
    return "zip" if is_zip_archive(source, head) else ""


def refuse_foreign(head: bytes, *, file_name: str) -> None:
    """Archives that are not unpacked get their own answer. Raises ArchiveError."""
    kind = next((kind for magic, kind in _FOREIGN.items() if head.startswith(magic)), "")
    if not kind and head[257:262] == b"ustar":
        kind = "tar"
    if kind:
        raise ArchiveError(
            f"{file_name} is a {kind} archive, which Hestia does not unpack.",
            hint="Unpack it and hand in the files, or pack them as zip, gz, bz2 or zst.",
        )


def _inner_name(file_name: str, kind: str) -> str:
    """``orders.csv.gz`` holds ``orders.csv``."""
    name = Path(file_name).name
    for suffix in (f".{kind}", ".gzip", ".bzip2", ".zstd"):
        if name.lower().endswith(suffix) and len(name) > len(suffix):
            return name[: -len(suffix)]
    return name
