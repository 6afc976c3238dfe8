"""Checks over rows and batches in real imports: what is held, set aside, allowed or failed, and what a verdict says."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import Any

import polars as pl
import pytest

from hestia_assets.bootstrap import Hestia, open_home
from hestia_assets.core.access import LOCAL, Purpose
from hestia_assets.core.errors import HeldError, SpecError
from hestia_assets.core.layers import Layer, TableRef
from hestia_assets.core.results import Batch, BatchState, CheckResult
from hestia_assets.core.specs import CheckSpec, Column, DatasetSpec, Recipe
from hestia_assets.settings import Settings

COLUMNS = tuple(
    Column(source=name, name=name, type=kind)
    for name, kind in (("id", "text"), ("store", "text"), ("qty", "integer"), ("day", "date"))
)
HEAD = "id,store,qty,day\n"


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return Settings(home=tmp_path_factory.mktemp("checked") / "home", lease_seconds=2)


@pytest.fixture(scope="module")
def home(settings: Settings) -> Hestia:
    """One for all tests: each has datasets of its own."""
    return open_home(settings=settings)


def check(rule: str, *columns: str, severity: str = "hold", **more: Any) -> CheckSpec:
    fields = {name: more.pop(name) for name in ("threshold", "exemptions") if name in more}
    return CheckSpec.model_validate({"rule": rule, "columns": columns, "severity": severity, "params": more, **fields})


def dataset(name: str, *checks: CheckSpec, **more: Any) -> DatasetSpec:
    return DatasetSpec(name=name, recipe=Recipe(columns=COLUMNS), checks=checks, **more)


def rows(*lines: str) -> bytes:
    return (HEAD + "\n".join(lines) + "\n").encode()


def many(count: int, *, start: int = 0, store: str = "a", day: str = "2026-01-01") -> bytes:
    return rows(*(f"{start + number},{store},{number % 10},{day}" for number in range(count)))


@pytest.fixture
def load(home: Hestia) -> Callable[..., Batch]:
    def import_bytes(data: bytes, spec: DatasetSpec) -> Batch:
        home.catalog.save(spec, author="ada")
        received = home.ingest.receive(spec, BytesIO(data), file_name=f"{spec.name}.csv", author="ada").batch
        try:
            return home.ingest.run(received.id)
        except HeldError:
            return home.batches.get(received.id)

    return import_bytes


def validated(home: Hestia, name: str) -> pl.DataFrame:
    ref = TableRef(Layer.VALIDATED, "default", name)
    return home.gate.read(LOCAL, ref, purpose=Purpose.CHECK).sort("_batch", "_row").collect()


def said(batch: Batch) -> str:
    return batch.problem.message if batch.problem else ""


def only(results: tuple[CheckResult, ...], rule: str) -> CheckResult:
    return next(one for one in results if one.rule == rule)


def test_a_batch_with_too_few_rows_waits_and_is_published_once_a_person_releases_it(home, load):
    spec = dataset("counted", check("row_count", least=0.5, most=2, min=1))
    for start in (0, 10, 20):
        assert load(many(10, start=start), spec).state is BatchState.COMMITTED

    held = load(many(3, start=30), spec)

    assert held.state is BatchState.HELD
    assert "The batch has 3 rows, expected are at least 5; the last 3 had 10 (median)" in said(held)
    assert only(held.checks, "row_count").figures == {"rows": 3.0, "usual_rows": 10.0}
    verdict = home.ingest.verdict(BytesIO(many(3, start=30)), spec)
    assert only(verdict.checks, "row_count").problem == only(held.checks, "row_count").problem

    home.ingest.release(held.id, author="ada")
    done = home.ingest.run(held.id)
    assert (done.state, done.rows_loaded, validated(home, "counted").height) == (BatchState.COMMITTED, 3, 33)
    assert not only(done.checks, "row_count").passed


def test_more_rows_set_aside_than_a_threshold_bears_hold_the_batch(home, load):
    spec = dataset("bounded", check("unique", "id", severity="reject", threshold={"rows": 1, "share": 0.5}))

    borne = load(rows("1,a,1,2026-01-01", "1,a,1,2026-01-01", "2,a,1,2026-01-01"), spec)
    held = load(rows("1,a,1,2026-01-01", "2,a,1,2026-01-01", "9,a,1,2026-01-01"), spec)

    assert (borne.state, borne.rows_loaded, borne.rows_quarantined) == (BatchState.COMMITTED, 2, 1)
    assert (held.state, said(held)) == (
        BatchState.HELD,
        "Held by its rules: id must not appear twice, but 2 rows fail that, and only 1 row may.",
    )
    assert validated(home, "bounded").height == 2
    home.ingest.release(held.id, author="ada")
    assert home.ingest.run(held.id).rows_loaded == 1


def test_a_threshold_lets_a_hold_check_pass_and_exempt_rows_are_loaded_and_counted(home, load):
    may = {"match": {"store": "x"}, "reason": "the old till", "by": "ada"}
    over = {"match": {"store": "a"}, "reason": "last year", "by": "ada", "until": "2020-01-01"}
    spec = dataset(
        "allowed",
        check("sql", "qty", expression="qty < 5", threshold={"share": 0.25}),
        check("unique", "id", severity="reject", exemptions=[may, over]),
        check("in_range", "qty", severity="reject", max=8, exemptions=[may, over]),
    )

    done = load(rows("1,a,1,2026-01-01", "1,x,9,2026-01-01", "1,a,2,2026-01-01", "2,a,4,2026-01-01",
                     "3,a,9,2026-01-01"), spec)  # fmt: skip

    assert done.state is BatchState.COMMITTED
    assert validated(home, "allowed")["id"].to_list() == ["1", "1", "2"]
    found = {one.rule: (one.failed_rows, one.exempt_rows) for one in done.checks}
    assert found == {"sql": (1, 0), "unique": (1, 1), "in_range": (1, 1)}


def test_rows_are_held_against_another_dataset_and_a_plan_keeps_its_verdict(home, load):
    stores = dataset("stores")
    spec = dataset(
        "sales",
        check("foreign_key", "store", severity="warn", dataset="stores"),
        check("completeness", "store", dataset="stores"),
        check("agrees_with", measure="rows", dataset="stores", of="batch", severity="warn"),
    )
    load(rows("1,Köln,1,2026-01-01", "2,Lyon,1,2026-01-01"), stores)
    file = rows("1,Köln,1,2026-01-01", "2,Rome,1,2026-01-01", "3,,1,2026-01-01")

    held = load(file, spec)

    assert "1 of 2 expected values of store are missing: Lyon" in said(held)
    assert only(held.checks, "foreign_key").failed_rows == 1
    assert "3 in the batch and 2 in stores, 1 apart" in (only(held.checks, "agrees_with").problem or "")
    verdict = home.ingest.verdict(BytesIO(file), spec)
    assert [(one.rule, one.failed_rows, one.problem) for one in verdict.checks] == [
        (one.rule, one.failed_rows, one.problem) for one in held.checks
    ]

    load(rows("3,Rome,1,2026-01-01"), stores)
    home.ingest.release(held.id, author="ada")
    done = home.ingest.run(held.id)
    assert (done.state, done.checks) == (BatchState.COMMITTED, held.checks)


def test_a_table_that_is_not_there_fails_the_batch_and_never_passes(home):
    other = dataset("nowhere")
    home.catalog.save(other, author="ada")
    table = [
        check("foreign_key", "store", severity="reject", dataset="nowhere"),
        check("completeness", "store", dataset="nowhere"),
    ]
    for number, one in enumerate(table):
        spec = dataset(f"orphans{number}", one)
        home.catalog.save(spec, author="ada")
        batch = home.ingest.receive(spec, BytesIO(many(2)), file_name="o.csv", author="ada").batch
        with pytest.raises(SpecError, match=f"'{one.name}' reads the dataset 'nowhere', which has no table yet"):
            home.ingest.run(batch.id)
        failed = home.batches.get(batch.id)
        assert (failed.state, "nowhere" in said(failed)) == (BatchState.FAILED, True)
        assert not home.tables.exists(TableRef(Layer.VALIDATED, "default", spec.name))


def test_old_other_and_otherwise_spread_values_hold_a_batch(home, load):
    today = datetime.now(UTC).date()
    fresh, old = today.isoformat(), (today - timedelta(days=9)).isoformat()
    spec = dataset(
        "spread",
        check("freshness", "day", hours=48),
        check("distribution_drift", "store", most=0.2, rows=20),
        check("distribution_drift", "qty", severity="warn", rows=20),
        check("schema_unchanged"),
    )
    assert load(many(40, day=fresh), spec).state is BatchState.COMMITTED
    assert load(many(40, start=50, day=fresh), spec).state is BatchState.COMMITTED

    stale = load(many(40, start=100, day=old), spec)
    moved = load(many(40, start=100, store="b", day=fresh), spec)
    broken = load(many(40, start=100, day=fresh).replace(b",a,", b",a,x"), spec)

    assert "hours before the batch arrived; 48 are allowed" in said(stale)
    assert "The values of store are spread otherwise than before: index 18.42, at most 0.2" in said(moved)
    assert (only(stale.checks, "schema_unchanged").passed, broken.state) == (True, BatchState.HELD)
    assert "qty" in (only(broken.checks, "schema_unchanged").problem or "")


def test_totals_are_held_against_a_table_of_headers_over_several_batches(home, load):
    heads = dataset("heads")
    load(rows("A,x,10,2026-01-01", "B,x,5,2026-01-01"), heads)
    totals = {"amount": "qty", "dataset": "heads", "total": "qty", "other_columns": ["id"]}
    spec = dataset("lines", check("totals_match", "id", severity="reject", **totals))

    first = load(rows("A,x,4,2026-01-01", "A,x,6,2026-01-01", "B,x,4,2026-01-01", "C,x,1,2026-01-01"), spec)
    second = load(rows("B,x,5,2026-01-02", "A,y,1,2026-01-02"), spec)

    assert (first.rows_loaded, first.rows_quarantined) == (3, 1)
    assert (second.rows_loaded, second.rows_quarantined) == (1, 1)
    assert validated(home, "lines").select("id", "qty").sort("id", "qty").rows() == [
        ("A", 4),
        ("A", 6),
        ("B", 5),
        ("C", 1),
    ]
