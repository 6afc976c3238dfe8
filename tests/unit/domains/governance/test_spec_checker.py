"""Specs are refused before they are saved when they could not work, and the error names what is valid."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from hestia_assets.adapters.delta import DeltaTableStore
from hestia_assets.adapters.duckdb_engine import DuckDBEngine
from hestia_assets.adapters.metadata import open_metadata
from hestia_assets.connectors import CONNECTORS
from hestia_assets.core.errors import HestiaError, NotFoundError, SpecError, SqlError, UnknownPluginError
from hestia_assets.core.specs import (
    AlertSpec,
    CheckSpec,
    Column,
    DatasetSpec,
    ExportSpec,
    Recipe,
    Rhythm,
    Spec,
    TransformSpec,
    parse,
)
from hestia_assets.domains.governance.gate import Gate
from hestia_assets.domains.governance.guard import SpecChecker
from hestia_assets.domains.validation.checks import RuleValidator
from hestia_assets.formats import FORMATS
from hestia_assets.rules import RULES


@pytest.fixture
def checker(tmp_path: Path) -> SpecChecker:
    metadata = open_metadata(f"sqlite:///{tmp_path / 'hestia.db'}", home=tmp_path, clock=lambda: datetime.now(UTC))
    tables = DeltaTableStore(tmp_path / "lake", leases=metadata.leases, owner="test", lease_seconds=30)
    gate = Gate(tables, DuckDBEngine(memory_limit="100MB", timeout_seconds=120))
    validator = RuleValidator(RULES, gate.engine, tables, lambda: datetime.now(UTC))
    customers = (Column(source="id", name="id", type="integer"), Column(source="name", name="name"))
    metadata.specs.save(DatasetSpec(name="customers", recipe=Recipe(columns=customers)), author="ada")
    return SpecChecker(FORMATS, RULES, gate, CONNECTORS, lambda: datetime.now(UTC), validator, metadata.specs)


DIGEST = AlertSpec(name="daily", on=("batch_held",), channel={"kind": "email", "to": ("ada@example.org",)})


def _orders(*checks: CheckSpec, spec_format: str = "csv") -> DatasetSpec:
    columns = (Column(source="Id", name="id"), Column(source="Qty", name="quantity"))
    return DatasetSpec(name="orders", recipe=Recipe(format=spec_format, columns=columns), checks=checks)


def _check(rule: str, **params: object) -> CheckSpec:
    return CheckSpec(rule=rule, columns=("quantity",), params=params)


@pytest.mark.parametrize(
    "spec",
    [
        _orders(),
        _orders(_check("not_null"), _check("in_range", min=1), _check("in_set", values=["a"])),
        _orders(_check("unique"), _check("matches", pattern="^[0-9]+$")),
        TransformSpec(name="revenue", sql="select * from validated.orders"),
        TransformSpec(name="revenue", sql="select * from transformed.orders_by_day"),
        ExportSpec(name="out", table="transformed.revenue"),
        ExportSpec(name="out", table="default.validated.orders"),
    ],
)
def test_a_spec_that_can_work_passes(checker: SpecChecker, spec: Spec):
    checker(spec)


@pytest.mark.parametrize(
    ("spec", "kind", "says"),
    [
        (_orders(spec_format="cvs"), UnknownPluginError, "Did you mean 'csv'?"),
        (_orders(_check("in_rang", min=1)), UnknownPluginError, "Did you mean 'in_range'?"),
        (_orders(_check("in_range", minimum=1)), SpecError, "Use one of: max, min."),
        (_orders(_check("not_null", min=1)), SpecError, "no parameters"),
        (_orders(_check("in_set")), SpecError, "needs the parameter 'values'"),
        (_orders(_check("matches")), SpecError, "needs the parameter 'pattern'"),
        (_orders(_check("matches", pattern="(")), SpecError, "matches__quantity"),
        (_orders(_check("in_range")), SpecError, "in_range__quantity"),
        (DatasetSpec(name="late", rhythm=Rhythm(schedule="0 6 * *")), SpecError, "no schedule"),
        (DatasetSpec(name="late", rhythm=Rhythm(schedule="0 6 * * *", time_zone="Mars")), SpecError, "time zone"),
        (DIGEST.model_copy(update={"digest": "soon"}), SpecError, "no schedule"),
        (TransformSpec(name="t", sql="drop table x"), SqlError, "only read"),
        (TransformSpec(name="t", sql="select * from orders"), SqlError, "validated.orders"),
        (TransformSpec(name="t", sql="select from where"), SqlError, "line 1"),
        (TransformSpec(name="t", sql="select * from transformed.t"), SpecError, "reads its own table"),
        (TransformSpec(name="t", sql="select * from other.validated.orders"), SpecError, "another tenant"),
        (ExportSpec(name="out", table="transformed.revenue", format="pdff"), UnknownPluginError, "pdff"),
        (ExportSpec(name="out", table="revenue"), NotFoundError, "table address"),
        (ExportSpec(name="out", table="landing.revenue"), NotFoundError, "table address"),
        (ExportSpec(name="out", table="other.validated.orders"), SpecError, "another tenant"),
    ],
)
def test_a_spec_that_cannot_work_is_refused(checker: SpecChecker, spec: Spec, kind: type[HestiaError], says: str):
    with pytest.raises(kind) as refused:
        checker(spec)

    assert says in str(refused.value)


COLUMNS = tuple(
    Column(source=name, name=name, type=kind)
    for name, kind in (
        ("id", "text"),
        ("store", "text"),
        ("quantity", "integer"),
        ("amount", "decimal"),
        ("day", "date"),
    )
)
WORKING = (
    CheckSpec(rule="row_unique"),
    CheckSpec(rule="unique", columns=("id",)),
    CheckSpec(rule="foreign_key", columns=("quantity",), params={"dataset": "customers", "other_columns": ["id"]}),
    CheckSpec(rule="totals_match", columns=("quantity",),
              params={"amount": "amount", "dataset": "customers", "total": "id", "other_columns": "id"}),
    CheckSpec(rule="monotonic", columns=("day",), params={"within": ["store"], "strict": True}),
    CheckSpec(rule="sql", params={"expression": "amount * quantity < 100 OR store IS NULL"}),
    CheckSpec(rule="row_count", params={"min": 1, "most": 2}, severity="hold"),
    CheckSpec(rule="completeness", columns=("store",), params={"values": ["a"]}, severity="warn"),
    CheckSpec(rule="freshness", columns=("day",), params={"hours": 26}, severity="hold"),
    CheckSpec(rule="schema_unchanged", severity="hold"),
    CheckSpec(rule="distribution_drift", columns=("amount",), severity="warn"),
    CheckSpec(rule="agrees_with", columns=("amount",), severity="warn",
              params={"measure": "sum", "dataset": "customers", "other_column": "id"}),
    CheckSpec(rule="conditional", params={"if": {"rule": "not_null", "columns": ["id"]},
                                          "then": {"rule": "not_null", "columns": ["day"]}}),
)  # fmt: skip
FILLED = {"rule": "not_null", "columns": ["id"]}
REFUSED = [
    ("foreign_key", ["id"], {"dataset": "clients"}, "'clients', which there is not"),
    ("foreign_key", ["id"], {"dataset": "orders"}, "reads its own dataset"),
    ("foreign_key", ["id"], {"dataset": "customers"}, "id is text, but id of customers is a number"),
    ("foreign_key", ["id"], {"dataset": "customers", "other_columns": ["nr"]}, "customers has no column 'nr'"),
    ("foreign_key", ["id", "store"], {"dataset": "customers", "other_columns": ["id"]}, "2 columns cannot be compared"),
    ("totals_match", ["id"], {"amount": "store", "dataset": "customers", "total": "name", "other_columns": ["name"]},
     "store is no number"),
    ("monotonic", ["day"], {"direction": "up"}, "'up' is no direction"),
    ("sql", [], {"expression": "amount > (SELECT 1)"}, "may not hold a query"),
    ("sql", [], {"expression": "amont > 1"}, "no column 'amont' (line 1, column 1)"),
    ("sql", [], {"expression": "amount > 1 AND\n getenv('HOME') = ''"}, "call getenv() (line 2, column 2)"),
    ("sql", [], {"expression": "amount + 1"}, "not yes or no"),
    ("sql", [], {"expression": "day + store > 1"}, "sql"),
    ("row_count", [], {}, "has no bound"),
    ("row_count", [], {"min": "few"}, "'min' (few) is no number"),
    ("completeness", ["store"], {}, "needs values or a dataset"),
    ("freshness", ["store"], {"hours": 1}, "neither a date nor a timestamp"),
    ("distribution_drift", ["amount"], {"most": -1}, "'most' (-1)"),
    ("agrees_with", [], {"measure": "sum", "dataset": "customers"}, "of one column"),
    ("conditional", [], {"if": {"rule": "not_nul", "columns": ["id"]}, "then": FILLED}, "not_nul"),
    ("conditional", [], {"if": {"rule": "not_null", "columns": ["nr"]}, "then": FILLED}, "unknown column 'nr'"),
    ("conditional", [], {"if": "not_null", "then": FILLED}, "'if' is no check"),
]  # fmt: skip


def test_checks_over_rows_and_batches_are_tried_on_the_datasets_columns_before_they_are_saved(checker: SpecChecker):
    orders = DatasetSpec(name="orders", recipe=Recipe(columns=COLUMNS))
    checker(orders.model_copy(update={"checks": WORKING}))
    whole = {"row_count", "completeness", "freshness", "schema_unchanged", "distribution_drift", "agrees_with"}

    for rule, columns, params, says in REFUSED:
        severity = "hold" if rule in whole else "reject"
        check = CheckSpec(rule=rule, columns=columns, params=params, severity=severity)
        with pytest.raises(HestiaError) as refused:
            checker(orders.model_copy(update={"checks": (check,)}))
        assert says in str(refused.value), (rule, params)
        assert rule in str(refused.value)


def test_a_check_on_a_whole_batch_cannot_reject_rows(checker: SpecChecker):
    with pytest.raises(SpecError, match="cannot reject single rows"):
        checker(_orders(CheckSpec(rule="row_count", params={"min": 1})))


def test_a_check_on_an_unknown_column_is_refused_with_the_spec_itself():
    values = _orders().model_dump() | {"checks": [{"rule": "not_null", "columns": ["qty"]}]}

    with pytest.raises(SpecError, match="unknown column 'qty'"):
        parse(DatasetSpec, values)
