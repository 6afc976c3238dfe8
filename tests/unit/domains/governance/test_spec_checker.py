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
from hestia_assets.formats import FORMATS
from hestia_assets.rules import RULES


@pytest.fixture
def checker(tmp_path: Path) -> SpecChecker:
    leases = open_metadata(f"sqlite:///{tmp_path / 'hestia.db'}", home=tmp_path, clock=lambda: datetime.now(UTC)).leases
    tables = DeltaTableStore(tmp_path / "lake", leases=leases, owner="test", lease_seconds=30)
    gate = Gate(tables, DuckDBEngine(memory_limit="100MB", timeout_seconds=120))
    return SpecChecker(FORMATS, RULES, gate, CONNECTORS, lambda: datetime.now(UTC))


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


def test_a_check_on_an_unknown_column_is_refused_with_the_spec_itself():
    values = _orders().model_dump() | {"checks": [{"rule": "not_null", "columns": ["qty"]}]}

    with pytest.raises(SpecError, match="unknown column 'qty'"):
        parse(DatasetSpec, values)
