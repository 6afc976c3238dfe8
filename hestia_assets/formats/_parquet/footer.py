"""The footer of a Parquet file, byte by byte, where the Parquet library does not do.

Old writers declare maps whose keys may be null, which the library refuses to open: such a map is declared a list of
pairs instead, in a copy of the footer of the same length. And the library ends the process where the description of a
column is damaged: the sizes of columns are read here. Footers are Thrift structures in the compact protocol
(github.com/apache/thrift, doc/specs/thrift-compact-protocol.md); the fields are those of parquet.thrift in
github.com/apache/parquet-format.
"""

import io
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

TAIL = 8
SCHEMA, CONVERTED_TYPE, LOGICAL_TYPE = 2, 6, 10
ROW_GROUPS, COLUMNS, META_DATA, PATH, UNPACKED_SIZE = 4, 1, 3, 3, 6
AS_LIST = 6  # 3 (LIST) in zigzag; 1 (MAP) and 2 (MAP_KEY_VALUE) are 2 and 4
MAPS = (2, 4)
LOGICAL_MAP = 2
BOOLEANS, BYTE, INTEGERS, DOUBLE, BINARY, LISTS, MAP, STRUCT = (1, 2), 3, (4, 5, 6), 7, 8, (9, 10), 11, 12


def maps_as_lists(source: BinaryIO) -> BinaryIO:
    """The file, with every map declared a list of pairs. Raises ValueError, IndexError where it is no footer."""
    at, found = _footer(source)
    footer = bytearray(found)
    for position, value in list(_Footer(footer).patches()):
        footer[position] = value
    return io.BufferedReader(_Patched(source, bytes(footer), at))


@dataclass(frozen=True, slots=True)
class Largest:
    """The largest column of a row group, and its bytes once unpacked, as the file declares them."""

    column: str
    size: int


def largest_columns(source: BinaryIO) -> list[Largest]:
    """The largest column of each row group. Raises ValueError, IndexError where it is no footer."""
    return list(_Footer(_footer(source)[1]).largest())


def _footer(source: BinaryIO) -> tuple[int, bytes]:
    """Where the footer begins, and its bytes."""
    size = source.seek(0, io.SEEK_END)
    source.seek(size - TAIL)
    (length,) = struct.unpack("<I", source.read(4))
    if length > size - TAIL:
        raise ValueError("the footer is longer than the file")
    source.seek(size - TAIL - length)
    return size - TAIL - length, source.read(length)


class _Patched(io.RawIOBase):
    """A file with other bytes in one place."""

    def __init__(self, source: BinaryIO, patch: bytes, at: int) -> None:
        self._source, self._patch, self._at, self._position = source, patch, at, 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._position}.get(whence)
        self._position = self._source.seek(offset, whence) if base is None else base + offset
        return self._position

    def readinto(self, buffer) -> int:
        self._source.seek(self._position)
        data = bytearray(self._source.read(len(buffer)))
        start, end = max(self._at, self._position), min(self._at + len(self._patch), self._position + len(data))
        if start < end:
            data[start - self._position : end - self._position] = self._patch[start - self._at : end - self._at]
        buffer[: len(data)] = data
        self._position += len(data)
        return len(data)


class _Footer:
    """Walks a Thrift structure: finds the bytes that say "map" in its schema, and the sizes of its columns."""

    def __init__(self, data: bytes | bytearray) -> None:
        self._data, self._at = data, 0

    def patches(self) -> Iterator[tuple[int, int]]:
        """Positions, and the byte each should have."""
        for field, kind in self._fields():
            if field == SCHEMA:
                count, _ = self._list_head()
                for _ in range(count):
                    yield from self._element()
                return
            self._skip(kind)

    def largest(self) -> Iterator[Largest]:
        """The largest column of each row group."""
        for field, kind in self._fields():
            if field == ROW_GROUPS:
                count, _ = self._list_head()
                for _ in range(count):
                    yield self._group()
            else:
                self._skip(kind)

    def _group(self) -> Largest:
        found = Largest("", 0)
        for field, kind in self._fields():
            if field == COLUMNS:
                count, _ = self._list_head()
                for _ in range(count):
                    found = max(found, self._column(), key=lambda column: column.size)
            else:
                self._skip(kind)
        return found

    def _column(self) -> Largest:
        name, size = "", 0
        for field, kind in self._fields():
            if field != META_DATA or kind != STRUCT:
                self._skip(kind)
                continue
            for inner, of_kind in self._fields():
                if inner == PATH and of_kind in LISTS:
                    name = ".".join(self._text() for _ in range(self._list_head()[0]))
                elif inner == UNPACKED_SIZE and of_kind in INTEGERS:
                    size = self._varint() >> 1
                else:
                    self._skip(of_kind)
        return Largest(name, size)

    def _text(self) -> str:
        length = self._varint()
        self._at += length
        return bytes(self._data[self._at - length : self._at]).decode("utf-8", "replace")

    def _element(self) -> Iterator[tuple[int, int]]:
        for field, kind in self._fields():
            if field == CONVERTED_TYPE and self._data[self._at] in MAPS:
                yield self._at, AS_LIST
            if field == LOGICAL_TYPE:
                at = self._at
                if self._data[at] == (LOGICAL_MAP << 4 | STRUCT):
                    yield at, (LOGICAL_MAP + 1) << 4 | STRUCT
            self._skip(kind)

    def _fields(self) -> Iterator[tuple[int, int]]:
        field = 0
        while head := self._byte():
            field = field + (head >> 4) if head >> 4 else (self._varint() >> 1)
            yield field, head & 15

    def _skip(self, kind: int) -> None:
        if kind == BYTE:
            self._at += 1
        elif kind in INTEGERS:
            self._varint()
        elif kind == DOUBLE:
            self._at += 8
        elif kind == BINARY:
            length = self._varint()
            self._at += length
        elif kind in LISTS:
            self._skip_items(*self._list_head())
        elif kind == STRUCT:
            for _, inner in self._fields():
                self._skip(inner)
        elif kind not in BOOLEANS:
            raise ValueError(f"the footer has a field of the unknown kind {kind}")

    def _skip_items(self, count: int, kind: int) -> None:
        if count > len(self._data):
            raise ValueError("the footer has a list that is longer than itself")
        for _ in range(count):
            if kind in BOOLEANS:
                self._at += 1
            else:
                self._skip(kind)

    def _list_head(self) -> tuple[int, int]:
        head = self._byte()
        return (head >> 4 if head >> 4 != 15 else self._varint()), head & 15

    def _varint(self) -> int:
        value = shift = 0
        while True:
            byte = self._byte()
            value |= (byte & 127) << shift
            shift += 7
            if byte < 128:
                return value

    def _byte(self) -> int:
        self._at += 1
        return self._data[self._at - 1]
