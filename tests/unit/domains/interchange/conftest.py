"""A dataset of orders, and the service that reads and writes rules for it."""

from collections.abc import Callable

import polars as pl
import pytest
from judging import ARRIVED, rule_validator

from hestia_assets.core.results import ImportedRules
from hestia_assets.core.specs import Column, DatasetSpec, Recipe
from hestia_assets.domains.interchange.languages import LANGUAGES
from hestia_assets.domains.interchange.service import InterchangeService
from hestia_assets.rules import RULES

COLUMNS = {
    "order_id": "text",
    "quantity": "integer",
    "price": "decimal",
    "weight": "float",
    "country": "text",
    "state": "text",
    "day": "date",
    "paid": "boolean",
    "lines": "text",
    "mail": "text",
}
CUSTOMERS = pl.DataFrame({"id": ["C-1", "C-2"]})


@pytest.fixture(scope="session")
def orders() -> DatasetSpec:
    columns = [Column(source="Order ID" if name == "order_id" else name, name=name, type=kind)
               for name, kind in COLUMNS.items()]  # fmt: skip
    return DatasetSpec(name="orders", recipe=Recipe(columns=tuple(columns)))


@pytest.fixture(scope="session")
def interchange() -> InterchangeService:
    return InterchangeService(LANGUAGES, RULES, rule_validator(customers=CUSTOMERS), lambda: ARRIVED.at)


@pytest.fixture
def read(interchange: InterchangeService, orders: DatasetSpec) -> Callable[..., ImportedRules]:
    def reading(text: str | bytes, **how: str) -> ImportedRules:
        content = text.encode() if isinstance(text, str) else text
        return interchange.read(content, dataset=orders, **how)

    return reading
