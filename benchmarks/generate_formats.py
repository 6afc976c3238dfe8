"""Writes the rows of ``generate.py`` as NDJSON, XML, xlsx or Parquet, text as text, numbers as numbers.

python benchmarks/generate_formats.py orders.ndjson --rows 500000
"""

import argparse
from pathlib import Path

import numpy as np
import polars as pl
from generate import CHUNK_ROWS, chunk

SEED = 7


def rows_of(rows: int) -> pl.DataFrame:
    """The rows, typed as a JSON or Parquet file would have them."""
    random = np.random.default_rng(SEED)
    starts = range(0, rows, CHUNK_ROWS)
    frame = pl.concat([chunk(start, min(CHUNK_ROWS, rows - start), random) for start in starts])
    return frame.with_columns(
        pl.col("unit_price").cast(pl.Float64), pl.col("paid") == "true", pl.col("order_date").cast(pl.String)
    )


def write_xml(frame: pl.DataFrame, path: Path) -> None:
    """One element per row, one child per column."""
    from lxml import etree

    with etree.xmlfile(str(path), encoding="utf-8") as target, target.element("orders"):
        for row in frame.iter_rows(named=True):
            element = etree.Element("order")
            for name, value in row.items():
                etree.SubElement(element, name).text = str(value)
            target.write(element)
            target.write("\n")


def write(path: Path, rows: int) -> None:
    """Write the file; its suffix says how."""
    frame = rows_of(rows)
    match path.suffix:
        case ".ndjson":
            frame.write_ndjson(path)
        case ".parquet":
            frame.write_parquet(path)
        case ".xlsx":
            frame.write_excel(path, worksheet="orders", autofilter=False)
        case ".xml":
            write_xml(frame, path)


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("path", type=Path)
    parser.add_argument("--rows", type=int, default=500_000)
    arguments = parser.parse_args()
    write(arguments.path, arguments.rows)


if __name__ == "__main__":
    main()
