"""One side of the comparison: Hestia's import, in a fresh home, with ten checks.

    python benchmarks/hestia_import.py orders.csv HOME

Account, imported, validated and quarantine tables, through the façade, as an upload on a page does it.
Prints the batch as one JSON line.
"""

import json
import sys
from pathlib import Path
from typing import Any

from hestia_assets.bootstrap import open_home
from hestia_assets.core.specs import CheckSpec, Column, ColumnType, DatasetSpec, Recipe, Severity

COLUMNS = {
    "order_id": {},
    "customer_id": {},
    "product_code": {},
    "category": {},
    "country": {},
    "city": {},
    "order_date": {"type": ColumnType.DATE, "format": "%Y-%m-%d"},
    "created_at": {"type": ColumnType.TIMESTAMP, "format": "%Y-%m-%d %H:%M:%S"},
    "quantity": {"type": ColumnType.INTEGER},
    "unit_price": {"type": ColumnType.DECIMAL, "scale": 2},
    "paid": {"type": ColumnType.BOOLEAN, "format": "true|false"},
    "remark": {},
}
CATEGORIES = ["garden", "kitchen", "lighting", "office", "toys"]
COUNTRIES = ["DE", "FR", "GB", "US", "CH", "ES", "NA", "PL"]


def check(rule: str, column: str, *, severity: Severity = Severity.REJECT, **params: Any) -> CheckSpec:
    """One check on one column."""
    return CheckSpec(rule=rule, columns=(column,), severity=severity, params=params)


CHECKS = (
    check("unique", "order_id"),
    check("not_null", "order_id"),
    check("not_null", "customer_id"),
    check("not_null", "order_date"),
    check("in_set", "category", values=CATEGORIES),
    check("in_set", "country", values=COUNTRIES),
    check("in_range", "quantity", min=1, max=1000),
    check("in_range", "unit_price", min=0.01, max=100_000),
    check("matches", "product_code", pattern=r"P-\d{6}"),
    check("matches", "customer_id", severity=Severity.WARN, pattern=r"C\d{8}"),
)


def main() -> None:
    """Import the file."""
    path, home = Path(sys.argv[1]), Path(sys.argv[2])
    hestia = open_home(home)
    columns = tuple(Column(source=name, name=name, **kind) for name, kind in COLUMNS.items())
    spec = DatasetSpec(name="orders", recipe=Recipe(columns=columns), checks=CHECKS)
    hestia.catalog.save(spec, author="benchmark")
    with path.open("rb") as source:
        received = hestia.ingest.receive(spec, source, file_name=path.name, author="benchmark")
    batch = hestia.ingest.run(received.batch.id)
    facts = {"state": batch.state.value, "balanced": batch.account.balanced}
    print(json.dumps(facts | {"loaded": batch.rows_loaded, "quarantined": batch.rows_quarantined}))


if __name__ == "__main__":
    main()
