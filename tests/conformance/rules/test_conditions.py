"""A rule that judges by an expression gives pandera's verdict: the same rows, in the same order."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, ClassVar

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from judging import ARRIVED

from hestia_assets.core.errors import SpecError
from hestia_assets.core.registry import Registry
from hestia_assets.core.rules import SOME_COLUMNS, ConditionRule, Parameter, Rule
from hestia_assets.core.specs import CheckSpec
from hestia_assets.domains.validation._passes import failing_rows
from hestia_assets.domains.validation.compiled import condition_check
from hestia_assets.rules import RULES

TYPES = {
    "text": pl.String(),
    "number": pl.Int64(),
    "price": pl.Decimal(38, 2),
    "share": pl.Float64(),
    "paid": pl.Boolean(),
    "day": pl.Date(),
    "at": pl.Datetime("us"),
}
VALUES: dict[str, list[Any]] = {
    "text": [None, "", "a", "b", "A", "a long text beyond twelve", "SKU-12345", "ä", "null", "None"],
    "number": [None, -1, 0, 1, 5, 500, 2**60],
    "price": [None, Decimal("-0.01"), Decimal("0.00"), Decimal("1.50"), Decimal("99.99")],
    "share": [None, 0.0, -0.0, 0.1, 5.0, float("nan"), float("inf")],
    "paid": [None, True, False],
    "day": [None, date(2024, 2, 29), date(2026, 12, 31)],
    "at": [None, datetime(2024, 2, 29, 12), datetime(2026, 12, 31, 23, 59, 59, 999_999)],  # noqa: DTZ001 - local times
}
LISTS: dict[str, list[Any]] = {
    "text": ["a", "SKU-12345", "null", "a long text beyond twelve"],
    "number": [1, 500],
    "price": ["1.5"],
    "share": [0.1, 0],
    "paid": [True],
    "day": ["2024-02-29"],
    "at": ["2024-02-29 12:00:00"],
}
RANGES: dict[str, tuple[Any, Any]] = {
    "text": ("a", "b"),
    "number": (0, 5),
    "price": ("0.01", "99"),
    "share": (0, 5),
    "paid": (False, False),
    "day": ("2024-03-01", "2026-12-31"),
    "at": ("2024-02-29 12:00:01", "2026-12-31 23:59:59"),
}


def checks() -> list[CheckSpec]:
    made = [CheckSpec(rule="not_null", columns=tuple(TYPES))]
    for name in TYPES:
        low, high = RANGES[name]
        made.append(CheckSpec(rule="in_set", columns=(name,), params={"values": LISTS[name]}))
        many = {"values": LISTS[name] * 5}
        made.append(CheckSpec(rule="in_set", columns=(name,), params=many, label=f"long_list_{name}"))
        made.append(CheckSpec(rule="in_range", columns=(name,), params={"min": low, "max": high}))
        made.append(CheckSpec(rule="in_range", columns=(name,), params={"max": high}, label=f"below_{name}"))
        made.append(CheckSpec(rule="matches", columns=(name,), params={"pattern": r"a.*|SKU-\d{5}|1.*"}))
    return made


@dataclass(frozen=True)
class ByPandera:
    """A rule as a stranger writes it: pandera's check and nothing else."""

    rule: Any
    sentence: ClassVar[str] = ""
    parameters: ClassVar[Mapping[str, Parameter]] = {}
    advice: ClassVar[str] = ""
    columns: ClassVar[range] = SOME_COLUMNS
    example: ClassVar[Mapping[str, Any]] = {}

    def message(self, spec: CheckSpec) -> str:
        return self.rule.message(spec)

    def check(self, spec: CheckSpec):
        return condition_check(self.rule.condition(spec, ARRIVED), spec.name)


class Strangers(Registry[Rule]):
    """The same rules, each known to pandera alone."""

    def __init__(self) -> None:
        super().__init__("rule", package="hestia_assets.rules", constant="RULE")

    def get(self, name: str) -> Rule:
        return ByPandera(RULES.get(name))


ROWS = st.lists(st.tuples(*(st.sampled_from(VALUES[name]) for name in TYPES)), max_size=12)


@settings(deadline=None, max_examples=40)  # pandera is slow the first time
@given(rows=ROWS)
def test_a_condition_gives_panderas_verdict(rows):
    frame = pl.DataFrame(rows, schema=TYPES, orient="row")
    applied = [(check, column) for check in checks() for column in check.columns]

    ours, theirs = failing_rows(frame, applied, RULES, ARRIVED), failing_rows(frame, applied, Strangers(), ARRIVED)

    assert {key: index.to_list() for key, index in ours.items()} == {key: i.to_list() for key, i in theirs.items()}


def test_every_row_rule_of_ours_has_a_condition():
    assert {name for name in RULES.names() if isinstance(RULES.get(name), ConditionRule)} == {
        check.rule for check in checks()
    }


@pytest.mark.parametrize("rules", [RULES, Strangers()], ids=["condition", "pandera"])
def test_a_check_that_cannot_run_names_itself_and_its_column(rules):
    frame = pl.DataFrame({"number": [1]})
    check = CheckSpec(rule="in_set", columns=("number",), params={"values": ["x"]})

    with pytest.raises(SpecError, match=r"Check 'in_set__number' could not run on column 'number': .*'values' \(x\)"):
        failing_rows(frame, [(check, "number")], rules, ARRIVED)
