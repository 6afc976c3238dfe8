"""Opening a Parquet file, and reading its row groups; what is wrong with it is said in plain words."""

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO

from hestia_assets.core.errors import UnreadableFileError
from hestia_assets.formats._parquet.footer import Largest, largest_columns, maps_as_lists

if TYPE_CHECKING:
    import pyarrow as pa
    import pyarrow.parquet as pq

MAGIC, ENCRYPTED = b"PAR1", b"PARE"
MOST_FOOTER_BYTES = 4 * 1024 * 1024
"""Of a longer footer only the totals are read."""
CELL_BYTES = 64 * 1024 * 1024
"""A row group whose values are larger than this, one by one, is set aside and never unpacked."""


@dataclass(frozen=True)
class OpenFile:
    """An open file, and the largest column of each of its row groups."""

    file: "pq.ParquetFile"
    largest: Sequence[Largest]

    @property
    def schema(self) -> "pa.Schema":
        """The columns, as Arrow's types."""
        return self.file.schema_arrow

    @property
    def groups(self) -> range:
        """The numbers of the row groups."""
        return range(self.file.num_row_groups)

    def row_count(self, number: int) -> int:
        """Rows of a row group, as the file declares them."""
        return self.file.metadata.row_group(number).num_rows

    def group_bytes(self, number: int) -> int:
        """Bytes of a row group once unpacked, as the file declares them."""
        return self.file.metadata.row_group(number).total_byte_size

    def value_bytes(self, number: int) -> int:
        """How large the values of the largest column of a row group are, each."""
        return self.largest[number].size // max(1, self.row_count(number))

    def is_too_large(self, number: int) -> bool:
        """Whether the values of a row group are too large to be unpacked."""
        return self.value_bytes(number) > CELL_BYTES

    def int96_columns(self) -> list[str]:
        """Columns of the old kind of timestamp, which has nanoseconds that are not read."""
        schema = self.file.schema
        columns = (schema.column(index) for index in range(len(schema)))
        return [column.path for column in columns if column.physical_type == "INT96"]


def open_file(source: BinaryIO, file_name: str) -> OpenFile:
    """The opened file. Raises UnreadableFileError with the cause in plain words."""
    size = source.seek(0, io.SEEK_END)
    source.seek(0)
    head = source.read(4)
    source.seek(max(0, size - 4))
    tail = source.read(4)
    if ENCRYPTED in (head, tail):
        hint = "Ask the sender for a file without encryption."
        raise UnreadableFileError(f"{file_name} is an encrypted Parquet file.", hint=hint)
    if head != MAGIC:
        raise UnreadableFileError(f"{file_name} is no Parquet file.", hint="Check that this is the file you meant.")
    if tail != MAGIC or size < 12:
        raise UnreadableFileError(
            f"{file_name} is a Parquet file that was cut off: its end, which says where the columns are, is missing.",
            hint="Send the whole file again.",
        )
    file = _opened(source)
    if not file.schema_arrow.names:
        raise UnreadableFileError(f"{file_name} has no columns.", hint="Check the export that wrote it.")
    return OpenFile(file, _largest(source, file))


def _opened(source: BinaryIO) -> "pq.ParquetFile":
    import pyarrow as pa

    try:
        return _to_the_microsecond(source)
    except (pa.ArrowException, OSError, OverflowError, UnicodeDecodeError, MemoryError) as error:
        if "Map keys must be annotated as required" not in str(error):
            raise damaged(str(error)) from error
    try:
        return _to_the_microsecond(maps_as_lists(source))
    except (pa.ArrowException, OSError, OverflowError, ValueError, IndexError, MemoryError) as error:
        raise damaged(str(error)) from error


def _to_the_microsecond(source: BinaryIO) -> "pq.ParquetFile":
    """Opened so that INT96 timestamps of any year are right; in nanoseconds years before 1678 and after 2262 wrap."""
    import pyarrow.parquet as pq

    return pq.ParquetFile(source, page_checksum_verification=True, pre_buffer=False, coerce_int96_timestamp_unit="us")


def _largest(source: BinaryIO, file: "pq.ParquetFile") -> list[Largest]:
    """Read by us, not asked of the library: the process ends where it stumbles over a damaged description."""
    groups = file.num_row_groups
    if file.metadata.serialized_size > MOST_FOOTER_BYTES:
        return [Largest("its columns", file.metadata.row_group(i).total_byte_size) for i in range(groups)]
    try:
        found = largest_columns(source)
    except (ValueError, IndexError, RecursionError) as error:
        raise damaged("the description of its columns makes no sense") from error
    if len(found) != groups:
        raise damaged("it describes another number of row groups than it has")
    return found


def batches(
    opened: OpenFile, numbers: Sequence[int], rows: int, *, columns: Sequence[str] | None = None
) -> Iterator["pa.RecordBatch"]:
    """Row groups in batches of at most ``rows``; only some columns, by name. Raises UnreadableFileError."""
    import pyarrow as pa

    wanted = None if columns is None else list(columns)
    try:
        yield from opened.file.iter_batches(rows, row_groups=list(numbers), columns=wanted, use_threads=False)
    except (pa.ArrowException, OSError, OverflowError, MemoryError, UnicodeDecodeError) as error:
        raise damaged(str(error)) from error


def damaged(cause: str) -> UnreadableFileError:
    """The file's own words, shortened to their first line."""
    first = (cause.splitlines() or ["no reason given"])[0][:200].rstrip(".")
    return UnreadableFileError(f"The Parquet file is damaged: {first}.", hint="Send the whole file again.")
