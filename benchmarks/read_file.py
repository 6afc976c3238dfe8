"""One side of a comparison: read a whole file once, into rows of text or as the peer gives them.

    python benchmarks/read_file.py hestia|polars|lxml|calamine|pyarrow PATH

Prints the number of rows as one JSON line.
"""

import json
import sys
from pathlib import Path


def hestia(path: Path) -> int:
    """Recipe guessed, then read with account and positions, chunk by chunk."""
    from hestia_assets.formats import FORMATS

    fmt = FORMATS.get({".xlsx": "excel"}.get(path.suffix, path.suffix[1:]))
    with path.open("rb") as source:
        recipe = fmt.inspect(source, file_name=path.name).recipe
        rows = 0
        for chunk in fmt.read(source, recipe):
            if not chunk.account.balanced:
                raise SystemExit("the account does not balance")
            rows += chunk.frame.height
    return rows


def polars(path: Path) -> int:
    """NDJSON with the schema that Polars infers."""
    import polars as pl

    return pl.read_ndjson(path).height


def lxml(path: Path) -> int:
    """One dictionary per record."""
    from lxml import etree

    rows = 0
    for _, element in etree.iterparse(path, tag="order", resolve_entities=False, no_network=True):
        rows += bool({child.tag: child.text for child in element})
        element.clear()
        while element.getprevious() is not None:
            del element.getparent()[0]
    return rows


def calamine(path: Path) -> int:
    """All cells as Python values."""
    from python_calamine import CalamineWorkbook

    return len(CalamineWorkbook.from_path(path).get_sheet_by_index(0).to_python()) - 1


def pyarrow(path: Path) -> int:
    """The whole table."""
    import pyarrow.parquet as pq

    return pq.read_table(path).num_rows


def main() -> None:
    """Read the file."""
    side, path = sys.argv[1], Path(sys.argv[2])
    print(json.dumps({"rows": {f.__name__: f for f in (hestia, polars, lxml, calamine, pyarrow)}[side](path)}))


if __name__ == "__main__":
    main()
