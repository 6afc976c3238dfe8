"""The parts of a score are counted, and what cannot be counted is not rated."""

from datetime import UTC, datetime, timedelta

from hestia_assets.core.results import Batch, BatchProfile, BatchState, CheckResult, ColumnProfile
from hestia_assets.core.results.quality import PartName
from hestia_assets.core.specs import CheckSpec, Column, DatasetSpec, Recipe, Rhythm, Severity
from hestia_assets.domains.quality.scoring import FILES, score

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
COLUMNS = (Column(name="id", source="id"), Column(name="shop", source="shop"))


def batch(day: int, *checks: CheckResult, loaded: int = 90, aside: int = 10) -> Batch:
    at = NOW - timedelta(days=20 - day)
    profile = BatchProfile(100, {"id": ColumnProfile(0), "shop": ColumnProfile(20)}, 100)
    return Batch(
        f"b{day}", "default", "orders", "o.csv", str(day), 1, BatchState.COMMITTED, 1, "ada", at, at,
        rows_loaded=loaded, rows_quarantined=aside, checks=checks, profile=profile, sequence=day,
    )  # fmt: skip


def result(check: CheckSpec, failed: int, *, problem: str | None = None, checked: int = 100) -> CheckResult:
    return CheckResult(check.name, check.rule, check.columns, check.severity, checked, failed, problem=problem)


def parts(dataset: DatasetSpec, batches: list[Batch], **repaired: int) -> dict[str, float | None]:
    found = score(dataset, batches, repaired=repaired, now=NOW)
    return {part.name.value: part.value for part in found.parts}


def test_without_files_checks_or_rhythm_nothing_is_rated():
    found = score(DatasetSpec(name="orders"), [], repaired={}, now=NOW)

    assert found.value is None
    assert all(part.value is None and part.why for part in found.parts)


def test_a_check_to_which_no_row_came_counts_no_row_as_good():
    unique = CheckSpec(rule="unique", columns=("id",))
    dataset = DatasetSpec(name="orders", recipe=Recipe(columns=COLUMNS), checks=(unique,))

    assert parts(dataset, [batch(1, result(unique, 0, checked=0), loaded=0)])["uniqueness"] is None


def test_each_part_is_what_was_counted():
    filled = CheckSpec(rule="not_null", columns=("id",))
    unique = CheckSpec(rule="unique", columns=("id",), severity=Severity.WARN)
    known = CheckSpec(rule="foreign_key", columns=("shop",), params={"dataset": "shops"}, severity=Severity.HOLD)
    dataset = DatasetSpec(
        name="orders",
        recipe=Recipe(columns=COLUMNS),
        checks=(filled, unique, known),
        rhythm=Rhythm(every_hours=24),
    )
    batches = [
        batch(1, result(filled, 4), result(unique, 1), result(known, 0)),
        batch(2, result(filled, 6), result(unique, 3), result(known, 0, problem="no table")),
    ]

    found = score(dataset, batches, repaired={"b1": 5, "b2": 99}, now=NOW)

    assert parts(dataset, batches, b1=5, b2=99) == {
        "completeness": 95.0,
        "validity": 97.5,  # 180 passed, 5 and at most 10 were mended, of 200
        "uniqueness": 98.0,
        "timeliness": 50.0,  # the second came in time, the next is overdue
        "consistency": 50.0,  # a file that fails as a whole counts with all its rows
    }
    assert found.value == (95 + 97.5 + 98 + 50 + 50) / 5
    assert found.part(PartName.COMPLETENESS).lines[0].rules == ("not_null",)
    assert "PARTITION BY" in found.part(PartName.UNIQUENESS).lines[0].sql
    assert '"shop"' in found.part(PartName.CONSISTENCY).lines[0].sql


def test_where_no_column_must_have_a_value_all_columns_count():
    dataset = DatasetSpec(name="orders", recipe=Recipe(columns=COLUMNS))

    found = score(dataset, [batch(1)], repaired={}, now=NOW).part(PartName.COMPLETENESS)

    assert (found.good, found.of, found.value) == (180, 200, 90.0)
    assert "no column must have one" in found.formula


def test_the_last_files_are_rated_and_no_others():
    batches = [batch(1, loaded=0, aside=100), *(batch(day, loaded=100, aside=0) for day in range(2, FILES + 2))]

    assert parts(DatasetSpec(name="orders"), batches)["validity"] == 100.0
