"""A shop's orders: a dataset with a check of each severity, and files for it."""

from hestia_assets.core.specs import CheckSpec, Column, ColumnType, DatasetSpec, Recipe, Severity

CLEAN = b"Order No.,Qty,Country\n0001,2,DE\n0002,3,FR\n"
DIRTY = b"Order No.,Qty,Country\n0001,2,DE\n0002,many,FR\n,4,FR\n0004,0,XX\n0005,7,XX\n"
DUPLICATES = b"Order No.,Qty,Country\n0008,2,DE\n0008,3,DE\n"
OTHER_COLUMNS = b"colour,shape\nred,round\n"

COLUMNS = (
    Column(source="Order No.", name="order_id"),
    Column(source="Qty", name="quantity", type=ColumnType.INTEGER),
    Column(source="Country", name="country"),
)
CHECKS = (
    CheckSpec(rule="not_null", columns=("order_id",)),
    CheckSpec(rule="in_range", columns=("quantity",), params={"min": 1}),
    CheckSpec(rule="in_set", columns=("country",), severity=Severity.WARN, params={"values": ["DE", "FR"]}),
    CheckSpec(rule="unique", columns=("order_id",), severity=Severity.HOLD),
)


def orders(name: str = "orders") -> DatasetSpec:
    """Orders with a check of each severity."""
    return DatasetSpec(name=name, description="Orders of the shop.", recipe=Recipe(columns=COLUMNS), checks=CHECKS)
