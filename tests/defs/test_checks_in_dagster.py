"""What Dagster is told of checks: verdicts, numbers it draws over time, rows as a table, the way to the report."""

import io
from datetime import UTC, datetime, timedelta

import dagster as dg
from shop import COLUMNS

from hestia_assets.bootstrap import Hestia
from hestia_assets.core.results import Batch, BatchState
from hestia_assets.core.specs import CheckSpec, DatasetSpec, Exemption, Recipe, Severity, Threshold
from hestia_assets.defs.checks import check_results, check_specs

LATE = Exemption(match={"order_id": "0007"}, reason="Agreed", by="ada")
SPEC = DatasetSpec(
    name="orders",
    recipe=Recipe(columns=COLUMNS),
    checks=(
        CheckSpec(rule="in_range", columns=("quantity",), params={"min": 1}, severity=Severity.WARN, owner="ada",
                  exemptions=(LATE,)),
        CheckSpec(rule="in_set", columns=("country",), params={"values": ["DE"]}, severity=Severity.WARN,
                  threshold=Threshold(rows=2)),
        CheckSpec(rule="row_count", params={"min": 4}, severity=Severity.WARN),
    ),
)  # fmt: skip


def load(home: Hestia, content: str, name: str) -> Batch:
    source = io.BytesIO(f"Order No.,Qty,Country\n{content}".encode())
    done = home.ingest.run(home.ingest.receive(SPEC, source, file_name=name, author="ada").batch.id)
    assert done.state is BatchState.COMMITTED
    return done


def told(home: Hestia, batch: Batch) -> dict[str, dg.AssetCheckResult]:
    return {str(each.check_name): each for each in check_results(home, SPEC, [batch])}


def facts(result: dg.AssetCheckResult) -> dict[str, object]:
    return {name: dg.MetadataValue.text(entry).value if isinstance(entry, str) else getattr(entry, "value", entry)
            for name, entry in (result.metadata or {}).items()}  # fmt: skip


def test_each_check_is_told_with_its_numbers_its_rows_and_its_report(home: Hestia):
    home.catalog.save(SPEC, author="ada")
    batch = load(home, "0005,0,DE\n0006,2,FR\n0007,-1,DE\n", "odd.csv")

    found = told(home, batch)

    in_range, in_set, row_count = (found[check.name] for check in SPEC.checks)
    assert (in_range.passed, in_range.severity) == (False, dg.AssetCheckSeverity.WARN)
    assert in_range.description == "1 of 3 rows failed. 1 more failed and are exempt."
    numbers = facts(in_range)
    assert (numbers["failed_rows"], numbers["checked_rows"], numbers["exempt_rows"]) == (1, 3, 1)
    assert numbers["sample"].splitlines()[2] == "| odd.csv | 2 | 0 |"
    assert numbers["hestia/report"] == f"{home.settings.ui_link}/quality?dataset=orders&batch={batch.id}"
    assert in_set.passed and in_set.description == "1 of 3 rows failed. No more than may."
    assert not row_count.passed and str(row_count.description).startswith("odd.csv: ")
    assert facts(row_count)["figure/rows"] == 3.0
    assert found["unusual_figures"].passed, "one file is no history"
    assert str(found["unusual_figures"].description) == "Not enough history: 1 of 14 files."


def test_the_checks_say_who_owns_them_and_what_is_borne():
    in_range, in_set, row_count = check_specs(SPEC)[-3:]

    assert (in_range.metadata["hestia/owner"], in_range.metadata["hestia/exemptions"]) == ("ada", 1)
    assert "Up to 2 rows may fail." in str(in_set.description)
    assert str(row_count.description).startswith("A file must have at least 4 rows. ")


def test_figures_unlike_those_of_the_files_before_are_a_warning(home: Hestia):
    home.catalog.save(SPEC, author="ada")
    first = datetime.now(UTC) - timedelta(days=17)
    for day in range(16):
        count = 400 if day == 15 else 20 + day % 3
        batch = load(home, "".join(f"{day:02}{row:03},1,DE\n" for row in range(count)), f"{day}.csv")
        batch = home.batches.update(batch.id, created_at=first + timedelta(days=day))

    unusual = told(home, batch)["unusual_figures"]

    assert (unusual.passed, unusual.severity) == (False, dg.AssetCheckSeverity.WARN)
    assert "Rows that arrived: 400" in str(unusual.description)
    assert "Rows that arrived: 400" in facts(unusual)["anomalies"]

    files = sorted(home.batches.recent("default", "orders", limit=16), key=lambda each: each.created_at)
    for day, each in enumerate(files):
        home.batches.update(each.id, created_at=datetime(2026, 1, 16 + day, 6, tzinfo=UTC))
    too_new = told(home, home.batches.update(batch.id, rows_loaded=60))["unusual_figures"]
    assert too_new.passed
    assert "Too little history for an alarm: the end of a month was never seen before" in str(too_new.description)


def test_figures_that_nobody_watches_are_no_check():
    unwatched = SPEC.model_copy(update={"watched": False})

    assert {spec.name for spec in check_specs(SPEC)} - {spec.name for spec in check_specs(unwatched)} == {
        "unusual_figures"
    }
