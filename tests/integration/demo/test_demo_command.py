"""`hestia demo`: what the product says about the sample files is what their generator knows."""

import hashlib
import json
from collections import Counter
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from typer.testing import CliRunner, Result

from hestia_assets.bootstrap import Hestia, open_home
from hestia_assets.cli.app import build_app
from hestia_assets.cli.demo_data import make_files
from hestia_assets.cli.demo_sheet import DemoFile
from hestia_assets.core.layers import TableRef

FILES = {file.dataset: file for file in make_files(seed=11)}


def demo(home: Path, *options: str) -> Result:
    """Run the command."""
    return CliRunner().invoke(build_app(), ["demo", "--home", str(home), "--seed", "11", *options])


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The home in which the demo runs."""
    return tmp_path_factory.mktemp("demo") / "home"


@pytest.fixture(scope="module")
def first(home: Path) -> dict[str, Any]:
    """What the demo said when it ran first."""
    result = demo(home, "--json")
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


@pytest.fixture
def hestia(home: Path, first: dict[str, Any]) -> Hestia:
    """The home after the demo."""
    return open_home(home)


@pytest.fixture(params=FILES.values(), ids=FILES)
def file(request: pytest.FixtureRequest) -> DemoFile:
    """Each of the sample files."""
    return request.param


def test_every_line_is_where_the_generator_put_it(first: dict[str, Any], file: DemoFile):
    lines = next(one["lines"] for one in first["files"] if one["dataset"] == file.dataset)

    assert {place: count for place, count in lines.items() if count} == file.truth.lines


def test_rows_are_good_or_bad_as_they_were_made(first: dict[str, Any], file: DemoFile):
    rows = next(one["rows"] for one in first["files"] if one["dataset"] == file.dataset)

    assert rows == {"loaded": file.truth.rows_loaded, "quarantined": file.truth.rows_quarantined}


def test_every_bad_row_is_in_quarantine_for_its_own_reason(hestia: Hestia, file: DemoFile):
    rows = hestia.tables.scan(TableRef.parse(f"quarantine.{file.dataset}")).collect()

    assert Counter(rows["rule"]) == file.truth.problems
    assert sorted(rows["text"]) == sorted(entry.text for entry in file.entries if entry.problem)


def test_every_bad_row_names_the_line_on_which_it_stands(hestia: Hestia, file: DemoFile):
    rows = hestia.tables.scan(TableRef.parse(f"quarantine.{file.dataset}")).collect()
    expected, line = {}, 1
    for entry in file.entries:
        expected |= {line: entry.text} if entry.problem else {}
        line += entry.lines

    assert dict(zip(rows["_line"], rows["text"], strict=True)) == expected


def test_rows_that_only_deserve_a_warning_are_loaded_and_counted(hestia: Hestia):
    (batch,) = hestia.batches.recent("default", "customers")
    warned = {check.rule: check.failed_rows for check in batch.checks if check.severity == "warn"}

    assert warned == FILES["customers"].truth.warnings


def test_identifiers_keep_their_zeros_and_letters(hestia: Hestia):
    orders = hestia.tables.scan(TableRef.parse("validated.orders")).select("order_id", "product_code").collect()

    assert orders["order_id"].str.len_bytes().unique().to_list() == [8]
    assert orders["product_code"].str.contains("E").any()


def test_the_revenue_is_that_of_the_good_rows(hestia: Hestia):
    result = hestia.tables.scan(TableRef.parse("transformed.revenue")).collect()

    assert Decimal(str(result["revenue_euro"].sum())) == expected_revenue(hestia)
    assert "NA" in result["country"].to_list(), "Namibia is a country"


def expected_revenue(hestia: Hestia) -> Decimal:
    """The same sum by another way: with Polars, from the typed tables, rounded as the query rounds each group."""
    scans = {name: hestia.tables.scan(TableRef.parse(f"validated.{name}")) for name in FILES}
    table = {name: scan.drop("_batch", "_row", "_line") for name, scan in scans.items()}
    joined = (
        table["orders"]
        .filter(pl.col("status").is_in(["paid", "shipped"]))
        .join(table["products"], on="product_code")
        .join(
            table["currency_rates"],
            left_on=["order_date", "currency"],
            right_on=["rate_date", "currency"],
        )
        .join(table["customers"].select("customer_id", "country"), on="customer_id", how="left")
        .select("order_date", "country", "quantity", "price", "euro")
        .collect()
    )
    groups: dict[tuple[Any, ...], Decimal] = {}
    for day, country, quantity, price, euro in joined.iter_rows():
        key = (day.year, day.month, country)
        groups[key] = groups.get(key, Decimal(0)) + quantity * price * euro
    return sum((round(value, 2) for value in groups.values()), Decimal(0))


def test_the_export_is_complete_and_hashed(first: dict[str, Any], hestia: Hestia):
    path, rows = Path(first["export"]["path"]), first["export"]["rows"]

    assert hashlib.sha256(path.read_bytes()).hexdigest() == first["export"]["sha256"]
    assert pl.read_csv(path).height == rows == first["transform"]["rows"]


def test_a_second_run_changes_nothing(home: Path, first: dict[str, Any]):
    again = demo(home, "--json")

    files = json.loads(again.stdout)["files"]
    assert again.exit_code == 0
    assert all(one["known"] for one in files)
    assert [one | {"known": False} for one in files] == first["files"]


def test_the_summary_tells_where_everything_is(home: Path, first: dict[str, Any]):
    told = demo(home)

    assert told.exit_code == 0
    assert "Every line of every file is accounted for" in told.output
    for word in ("orders.csv", "customers.csv", "balances", str(home / "lake"), first["export"]["path"], " up"):
        assert str(word) in told.output
