"""Opening a Parquet file, and reading its row groups; what is wrong with it is said in plain words."""

import io
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, BinaryIO

from hestia_assets.core.errors import UnreadableFileError

if TYPE_CHECKING:
    import pyarrow as pa
    import pyarrow.parquet as pq

MAGIC, ENCRYPTED = b"PAR1", b"PARE"
CELL_BYTES = 64 * 1024 * 1024
"""A row group whose values are larger than this, one by one, is set aside and never unpacked."""


def open_file(source: BinaryIO, file_name: str) -> "pq.ParquetFile":
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
    return file


def _opened(source: BinaryIO) -> "pq.ParquetFile":
    import pyarrow as pa

    try:
        return _to_the_microsecond(source)
    except (pa.ArrowException, OSError, OverflowError, UnicodeDecodeError, MemoryError) as error:
        if "Map keys must be annotated as required" not in str(error):
            raise damaged(str(error)) from error
    from hestia_assets.formats._parquet.footer import maps_as_lists

    try:
        return _to_the_microsecond(maps_as_lists(source))
    except (pa.ArrowException, OSError, OverflowError, ValueError, IndexError, MemoryError) as error:
        raise damaged(str(error)) from error


def _to_the_microsecond(source: BinaryIO) -> "pq.ParquetFile":
    """Opened so that INT96 timestamps of any year are right; in nanoseconds years before 1678 and after 2262 wrap."""
    import pyarrow.parquet as pq

    return pq.ParquetFile(source, page_checksum_verification=True, pre_buffer=False, coerce_int96_timestamp_unit="us")


def int96_columns(file: "pq.ParquetFile") -> list[str]:
    """Columns of the old kind of timestamp, which has nanoseconds that are not read."""
    columns = (file.schema.column(index) for index in range(len(file.schema)))
    return [column.path for column in columns if column.physical_type == "INT96"]


def row_count(file: "pq.ParquetFile", number: int) -> int:
    """Rows of a row group, as the file declares them."""
    return file.metadata.row_group(number).num_rows


def is_too_large(file: "pq.ParquetFile", number: int) -> bool:
    """Whether the values of a row group are too large to be unpacked."""
    group = file.metadata.row_group(number)
    sizes = [group.column(index).total_uncompressed_size for index in range(group.num_columns)]
    return max(sizes, default=0) // max(1, group.num_rows) > CELL_BYTES


def batches(file: "pq.ParquetFile", numbers: Sequence[int], rows: int) -> Iterator["pa.RecordBatch"]:
    """Row groups in batches of at most ``rows``. Raises UnreadableFileError."""
    import pyarrow as pa

    try:
        yield from file.iter_batches(rows, row_groups=list(numbers), use_threads=False)
    except (pa.ArrowException, OSError, OverflowError, MemoryError, UnicodeDecodeError) as error:
        raise damaged(str(error)) from error


def damaged(cause: str) -> UnreadableFileError:
    """The file's own words, shortened to their first line."""
    first = (cause.splitlines() or ["no reason given"])[0][:200].rstrip(".")
    return UnreadableFileError(f"The Parquet file is damaged: {first}.", hint="Send the whole file again.")
