"""Each rule passes and fails the rows of its table, whatever the size of the chunks, and refuses what cannot run."""

import pkgutil
from importlib import import_module
from typing import Any

import cases
import polars as pl
import pytest
from cases.shape import Case
from judging import rule_validator

from hestia_assets.core.errors import SpecError
from hestia_assets.core.rules import ConditionRule, RecordRule
from hestia_assets.rules import RULES

MODULES = [import_module(f"cases.{module.name}") for module in pkgutil.iter_modules(cases.__path__)]
TABLES: dict[str, list[Any]] = {name: table for one in MODULES for name, table in getattr(one, "CASES", {}).items()}
REFUSED: dict[str, list[Any]] = {name: table for one in MODULES for name, table in getattr(one, "REFUSED", {}).items()}
OF_ROWS = sorted(name for name in RULES.names() if isinstance(RULES.get(name), ConditionRule | RecordRule))
PRESENCE = {"not_null", "not_blank"}
VALIDATOR = rule_validator()


def test_every_rule_about_values_or_rows_has_a_table():
    assert set(OF_ROWS) <= set(TABLES)


def test_every_rule_with_parameters_has_checks_that_it_refuses():
    assert {name for name in OF_ROWS if RULES.get(name).parameters} <= set(REFUSED)


@pytest.mark.parametrize("name", OF_ROWS)
def test_rows_pass_and_fail_as_the_table_says(name):
    for case in TABLES[name]:
        wrong = case.rows[len(case.passes) :]

        for chunk_rows in (1, 7, 1_000_000):
            found = failing(name, case, chunk_rows)
            assert (set(found) - set(wrong), set(wrong) - set(found)) == (set(), set()), f"{name} {case.params}"


@pytest.mark.parametrize("name", OF_ROWS)
def test_a_table_shows_what_passes_what_fails_and_what_becomes_of_nothing(name):
    nothing = [row for case in TABLES[name] for row in (case.fails if name in PRESENCE else case.passes)]

    assert any(case.passes for case in TABLES[name])
    assert any(case.fails for case in TABLES[name])
    assert any(not all(row) if isinstance(row, tuple) else not row for row in nothing)


@pytest.mark.parametrize("name", sorted(REFUSED))
def test_a_check_that_cannot_run_is_an_error_never_a_pass(name):
    for case in REFUSED[name]:
        with pytest.raises(SpecError):
            failing(name, case, 1_000_000)
            pytest.fail(f"{name} ran with {case.params}")


def failing(name: str, case: Case, chunk_rows: int) -> list[tuple[str | None, ...]]:
    """The rows that fail the check, judged in chunks."""
    columns = case.typed_columns()
    text = pl.DataFrame(case.rows, schema=dict.fromkeys([one.name for one in columns], pl.String), orient="row")
    numbered = text.with_row_index("_row").with_columns(_line=pl.col("_row") + 2)
    found: list[tuple[str | None, ...]] = []
    for part in numbered.iter_slices(chunk_rows):
        failures = VALIDATOR.judge(part, columns, [case.check(name)]).failures
        assert "type" not in failures["rule"].to_list(), f"a value of the table does not fit its type: {case}"
        found += part.drop("_row", "_line")[failures["index"].unique().sort()].rows()
    return found
