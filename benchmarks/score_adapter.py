"""What the scorers call: a path becomes rows with the header first, by table."""

import hestia_assets


def load(path: str) -> dict[str, list[list[str | None]]]:
    """Every table that ``hestia_assets.read_file`` finds."""
    tables: dict[str, list[list[str | None]]] = {}
    for name, table in hestia_assets.read_file(path).items():
        rows = zip(*(column.to_pylist() for column in table.columns), strict=True)
        tables[name] = [list(table.column_names), *(list(row) for row in rows)]
    return tables
