"""Rows of a LazyFrame as a stream that DuckDB may read as often as a query needs.

DuckDB collects a registered LazyFrame whole before it looks at a row: a LIMIT 100 over 3 M rows took 869 MB and a
second. As an Arrow stream it is read in chunks, and only as far as needed (334 MB, 0.14 s).
"""

from collections.abc import Iterator
from dataclasses import dataclass

import polars as pl
import pyarrow as pa

CHUNK_ROWS = 50_000


@dataclass(frozen=True)
class RowStream:
    """Speaks the Arrow PyCapsule interface; every reading starts anew."""

    frame: pl.LazyFrame

    def __arrow_c_schema__(self) -> object:
        return self._schema().__arrow_c_schema__()

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        schema = self._schema()
        reader = pa.RecordBatchReader.from_batches(schema, self._batches(schema))
        return reader.__arrow_c_stream__(requested_schema)

    def _schema(self) -> pa.Schema:
        return self.frame.head(0).collect().to_arrow().schema

    def _batches(self, schema: pa.Schema) -> Iterator[pa.RecordBatch]:
        for chunk in self.frame.collect_batches(chunk_size=CHUNK_ROWS, maintain_order=True):
            yield from chunk.to_arrow().cast(schema).to_batches()
