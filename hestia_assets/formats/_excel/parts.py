"""Parts of a zipped workbook, unpacked in bounded time and memory: what they unpack to is measured, not believed."""

import copy
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO

from hestia_assets.core.errors import UnreadableFileError
from hestia_assets.formats._excel.container import UNZIP_ERRORS, damaged, protected

if TYPE_CHECKING:
    from lxml.etree import _Element

BLOCK_BYTES = 1024 * 1024
MOST_PART_BYTES = 2 * 1024**3
SMALL_BYTES = 16 * 1024**2
MOST_LIST_BYTES = 32 * 1024**2
MOST_RATIO = 250
"""A part above SMALL_BYTES that shrinks more than this was made to hurt; real sheets shrink 5 to 40 times."""
READ_BY_CALAMINE = re.compile(r"\.(xml|rels|bin)$")
NOT_READ = re.compile(r"^xl/(worksheets/[^/]+|media/.*|drawings/.*|charts/.*|printersettings/.*|vbaproject\.bin)$")


@dataclass
class Parts:
    """The parts of a workbook by name, case and slashes forgiven. Close it by leaving its ``with``."""

    source: BinaryIO
    file_name: str

    def __enter__(self) -> "Parts":
        try:
            self._archive = zipfile.ZipFile(self.source)
        except UNZIP_ERRORS as error:
            raise damaged(self.file_name, "its table of contents cannot be read") from error
        infos = self._archive.infolist()
        self._parts = {info.filename.replace("\\", "/").lstrip("/").lower(): info for info in infos}
        return self

    def __exit__(self, *_: object) -> None:
        self._archive.close()

    def __contains__(self, name: str) -> bool:
        return name.lower() in self._parts

    def blocks(self, name: str) -> Iterator[bytes]:
        """The bytes of a part, block by block. Raises UnreadableFileError on a bomb, damage or a password."""
        info = copy.copy(self._parts[name.lower()])
        if info.flag_bits & 1:
            raise protected(self.file_name)
        info.file_size = MOST_PART_BYTES + 1  # else zipfile stops where the header says, and others do not
        done = 0
        try:
            with self._archive.open(info) as part:
                while block := part.read(BLOCK_BYTES):
                    done += len(block)
                    self._check(name, done, info.compress_size)
                    yield block
        except UNZIP_ERRORS as error:
            raise damaged(self.file_name, f"its part {name} cannot be unpacked") from error

    def read(self, name: str) -> bytes:
        """All bytes of a part that is small by nature: styles, the list of sheets."""
        kept = bytearray()
        for block in self.blocks(name):
            kept += block
            if len(kept) > MOST_LIST_BYTES:
                raise self.bomb(name, f"is larger than {MOST_LIST_BYTES >> 20} MB")
        return bytes(kept)

    def xml(self, name: str) -> "_Element":
        """The root of a small part. Raises UnreadableFileError."""
        from lxml import etree  # pyright: ignore[reportAttributeAccessIssue] - lxml brings no types

        data = self.read(name)
        try:
            root = etree.fromstring(data, etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True))
        except etree.XMLSyntaxError as error:
            raise damaged(self.file_name, f"its part {name} is no XML") from error
        if root.getroottree().docinfo.doctype:
            raise self.bomb(name, "declares entities, which no workbook needs")
        return root

    def measure(self) -> None:
        """Unpack what a reader reads before any sheet, so that a bomb goes off here. Raises UnreadableFileError."""
        done = 0
        for name in self._parts:
            if READ_BY_CALAMINE.search(name) and not NOT_READ.match(name):
                for block in self.blocks(name):
                    done += len(block)
                    self._check("beside the sheets", done, done)

    def bomb(self, name: str, why: str) -> UnreadableFileError:
        """The refusal of a part that was made to hurt."""
        hint = "Check where the file comes from; if it is honest, save it again in Excel and send that file."
        return UnreadableFileError(f"The part {name} of {self.file_name} {why}.", hint=hint)

    def _check(self, name: str, done: int, packed: int) -> None:
        if done > MOST_PART_BYTES:
            raise self.bomb(name, f"unpacks to more than {MOST_PART_BYTES >> 30} GB")
        if done > SMALL_BYTES and done > MOST_RATIO * max(1, packed):
            raise self.bomb(name, f"unpacks to more than {MOST_RATIO} times its size, like a zip bomb")
