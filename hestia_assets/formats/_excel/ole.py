"""The streams of an OLE compound file ([MS-CFB]), the container of xls and of protected workbooks."""

import struct
from dataclasses import dataclass
from typing import BinaryIO

from hestia_assets.formats._excel.container import damaged

END = 0xFFFFFFFA
"""Sector numbers from here on are marks, not sectors."""
MINI_LIMIT = 4096
ENTRY_BYTES = 128


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of the directory: where its stream starts, and how long it is."""

    name: str
    start: int
    size: int


class OleFile:
    """A compound file, read whole: such files are small. Raises UnreadableFileError when its chains are broken."""

    def __init__(self, source: BinaryIO, file_name: str) -> None:
        source.seek(0)
        self._data, self._file_name = source.read(), file_name
        if len(self._data) < 512:
            raise damaged(file_name, "it ends within its own header")
        self._shift, self._mini_shift = struct.unpack_from("<HH", self._data, 30)
        if self._shift not in (9, 12) or self._mini_shift > self._shift:
            raise damaged(file_name, "its header makes no sense")
        self._fat = self._allocation()
        (directory,) = struct.unpack_from("<I", self._data, 48)
        self.entries = self._directory(self._chain(directory))

    def stream(self, entry: Entry) -> bytes:
        """The bytes of a stream."""
        if entry.size >= MINI_LIMIT:
            return self._chain(entry.start)[: entry.size]
        root = next(iter(self.entries.values()))
        (mini_start,) = struct.unpack_from("<I", self._data, 60)
        table = _numbers(self._chain(mini_start)) if mini_start < END else []
        data, size = self._chain(root.start), 1 << self._mini_shift
        sectors = self._follow(entry.start, table)
        return b"".join(data[sector * size : (sector + 1) * size] for sector in sectors)[: entry.size]

    def _allocation(self) -> list[int]:
        sectors = [number for number in struct.unpack_from("<109I", self._data, 76) if number < END]
        (following,) = struct.unpack_from("<I", self._data, 68)
        seen: set[int] = set()
        while following < END and following not in seen:
            seen.add(following)
            numbers = _numbers(self._sector(following))
            sectors += [number for number in numbers[:-1] if number < END]
            following = numbers[-1] if numbers else END
        return [number for sector in sectors for number in _numbers(self._sector(sector))]

    def _sector(self, number: int) -> bytes:
        start = (number + 1) << self._shift
        if start >= len(self._data):
            raise damaged(self._file_name, "it points behind its own end")
        return self._data[start : start + (1 << self._shift)]

    def _chain(self, start: int) -> bytes:
        return b"".join(map(self._sector, self._follow(start, self._fat)))

    def _follow(self, start: int, table: list[int]) -> list[int]:
        chain: list[int] = []
        seen: set[int] = set()
        while start < END:
            if start in seen or start >= len(table):
                raise damaged(self._file_name, "its chain of sectors is broken")
            seen.add(start)
            chain.append(start)
            start = table[start]
        return chain

    def _directory(self, data: bytes) -> dict[str, Entry]:
        found: dict[str, Entry] = {}
        for at in range(0, len(data) - ENTRY_BYTES + 1, ENTRY_BYTES):
            (length,) = struct.unpack_from("<H", data, at + 64)
            if 2 <= length <= 64:
                name = data[at : at + length - 2].decode("utf-16-le", "replace")
                start, size = struct.unpack_from("<II", data, at + 116)
                found.setdefault(name.lower(), Entry(name, start, size))
        if not found:
            raise damaged(self._file_name, "its directory is empty")
        return found


def _numbers(data: bytes) -> list[int]:
    return list(struct.unpack_from(f"<{len(data) // 4}I", data))
