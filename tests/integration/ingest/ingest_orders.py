"""The dataset that the tests of this folder import into."""

from hestia_assets.core.specs import CheckSpec, Column, DatasetSpec, Recipe

COLUMNS = (
    Column(source="id", name="id"),
    Column(source="qty", name="qty", type="integer"),
    Column(source="day", name="day", type="date"),
)


def dataset(*checks: CheckSpec, columns: tuple[Column, ...] = COLUMNS, **recipe: object) -> DatasetSpec:
    how = Recipe.model_validate({"columns": columns, "chunk_bytes": 1024, **recipe})
    return DatasetSpec(name="orders", recipe=how, checks=checks)


def check(rule: str, column: str, severity: str = "reject", **params: object) -> CheckSpec:
    return CheckSpec.model_validate({"rule": rule, "columns": (column,), "severity": severity, "params": params})
