"""In a real browser: from a dirty file to a table, its account, its quarantine, a result, an export, Dagster."""

import csv
import re
from pathlib import Path
from random import Random

import pytest
from driving import pick, upload
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.e2e

CUSTOMERS = ("Jürgen Müller", "Zoë Groß", "Käthe Schröder")
COUNTRIES = ("DE", "FR", "NA", "US")
TITLES = ["Orders of March", "printed by Müller"]
HEADER = "order_no;customer;quantity;price;ordered_on;country"


def dirty_orders(folder: Path, rows: int, *, seed: int = 7, times: int = 1) -> Path:
    """A cp1252 file with titles above the header; each hundredth row is bad in one of three ways.

    The rows come ``times`` times, which makes a large file quickly.
    """
    random, lines = Random(seed), []
    for number in range(1, rows + 1):
        day = f"{random.randint(1, 28):02d}.{random.randint(1, 12):02d}.2024"
        price = f"{random.randint(100, 99_999) / 100:.2f}"
        values = [
            f"{number:07d}",
            CUSTOMERS[number % 3],
            str(random.randint(1, 9)),
            price,
            day,
            random.choice(COUNTRIES),
        ]
        if number % 300 == 100:
            values[2] = "7pcs"
        elif number % 300 == 200:
            values = values[:4]
        elif number % 300 == 0:
            values[4] = "2024-13-45"
        lines.append(";".join(values))
    path = folder / f"orders_{rows * times}_{seed}.csv"
    path.write_bytes("".join(f"{line}\r\n" for line in [*TITLES, HEADER, *lines * times]).encode("cp1252"))
    return path


def add_rule(page: Page, *, column: str, rule: str) -> None:
    """Add a rule without parameters."""
    page.get_by_text("Add a rule").wait_for()
    pick(page, "Column", column, exact=True)
    pick(page, "Rule", rule)
    page.get_by_role("button", name="Add rule").click()
    page.get_by_text("No rule yet").wait_for(state="hidden")  # it stands among the rules now
    page.get_by_text(f"{column} {rule}").first.wait_for()


def account(page: Page) -> str:
    """The line account in words."""
    return page.locator(".account .bar").get_attribute("aria-label") or ""


def test_a_dirty_file_becomes_a_table_and_every_line_is_accounted_for(open_tab, installation, tmp_path, picture):
    page = open_tab("import")
    picture(page, "import-1-choose")
    upload(page, dirty_orders(tmp_path, 1_500), dataset="orders")
    expect(page.get_by_text("15 of 1,500 rows will be set aside. The whole file was counted.")).to_be_visible()
    picture(page, "import-2-preview")

    page.get_by_role("button", name="Continue").click()
    add_rule(page, column="order_no", rule="must not appear twice")
    picture(page, "import-3-rules")
    page.get_by_role("button", name="Import the file").click()
    page.get_by_text("1,485 rows of orders_1500_7.csv were imported into orders.").wait_for()

    assert account(page) == "1,503 lines = 1 header + 2 above the header + 1,485 accepted + 15 set aside"
    page.get_by_role("tab", name="Set aside (15)").click()
    picture(page, "import-4-result")
    with page.expect_download() as download:
        page.get_by_role("link", name="Download them all as CSV").click()
    with Path(download.value.path()).open(encoding="utf-8", newline="") as source:
        rows = list(csv.DictReader(source))
    assert len(rows) == 15
    assert (rows[0]["line"], rows[0]["value"]) == ("103", "7pcs")
    assert rows[0]["original_text"].startswith("0000100;Zoë Groß;7pcs;")

    with page.context.expect_page() as opened:
        page.get_by_role("link", name="Open in Dagster").click()
    dagster = opened.value
    dagster.get_by_text("validated").first.wait_for()
    assert dagster.url.startswith(f"{installation.dagster}/assets/validated/default/orders")
    expect(dagster.get_by_text("orders").first).to_be_visible()
    picture(dagster, "dagster-asset")


def test_the_same_bytes_again_are_recognised(open_tab, tmp_path):
    page = open_tab("import")
    page.locator("input[type=file]").set_input_files(dirty_orders(tmp_path, 1_500))
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_text("knows how to read its files")).to_be_visible()

    page.get_by_role("button", name="Import now").click()

    expect(page.get_by_text("These very bytes arrived in this dataset before.")).to_be_visible()
    expect(page.get_by_text("1,485 rows of orders_1500_7.csv were imported into orders.")).to_be_visible()


def test_two_tabs_and_a_running_import_do_not_disturb_each_other(open_tab, tmp_path, picture):
    busy, other = open_tab("import"), open_tab("import")
    upload(busy, dirty_orders(tmp_path, 300_000, seed=1, times=12), dataset="many_orders")
    busy.get_by_role("button", name="Continue").click()
    busy.get_by_role("button", name="Import the file").click()
    busy.get_by_text(re.compile(r"orders_3600000_1\.csv: [1-9][\d,]* rows")).wait_for()
    picture(busy, "import-4-running", at_once=True)

    upload(other, dirty_orders(tmp_path, 300, seed=2), dataset="few_orders")
    other.get_by_role("button", name="Continue").click()
    other.get_by_role("button", name="Import the file").click()

    other.get_by_text("297 rows of orders_300_2.csv were imported into few_orders.").wait_for()
    busy.get_by_text("3,564,000 rows of orders_3600000_1.csv were imported into many_orders.").wait_for()
    assert account(busy) == "3,600,003 lines = 1 header + 2 above the header + 3,564,000 accepted + 36,000 set aside"
    assert account(other) == "303 lines = 1 header + 2 above the header + 297 accepted + 3 set aside"


def test_a_held_file_is_released_without_a_false_alarm_in_another_tab(open_tab, tmp_path):
    file = tmp_path / "returns.csv"
    file.write_text("no;shop\n1;Leeds\n1;York\n", encoding="utf-8")
    page = open_tab("import")
    upload(page, file, dataset="returns")
    page.get_by_role("button", name="Continue").click()
    page.get_by_text("Add a rule").wait_for()
    pick(page, "When a row fails", "Hold the whole file")
    add_rule(page, column="no", rule="must not appear twice")
    page.get_by_role("button", name="Import the file").click()
    page.get_by_text("returns.csv waits for you.").wait_for()
    other = open_tab("")
    other.get_by_text("returns.csv is waiting for you").wait_for()

    page.get_by_role("button", name="Import it anyway").click()
    page.get_by_text("returns.csv waits for you.").wait_for(state="hidden")
    notice = other.get_by_test_id("stHorizontalBlock").filter(has_text="returns.csv is waiting for you").last
    notice.get_by_role("link", name="Decide").click()  # other datasets may have a notice of their own
    other.get_by_text("All files of this dataset").wait_for()

    for tab in (page, other):
        tab.get_by_text("All 2 rows of returns.csv were imported into returns.").wait_for()
        expect(tab.get_by_text("The run stopped")).to_have_count(0)


def test_a_query_becomes_a_table_and_the_table_a_file(open_tab, picture):
    page = open_tab("transforms")
    page.get_by_role("textbox", name="Name of the table").fill("revenue_by_country")
    query = page.get_by_role("textbox", name="SQL")
    query.fill("select country, sum(quantity * price) as revenue\nfrom validated.orders\ngroup by country\norder by 1")
    query.press("Control+Enter")
    page.wait_for_timeout(300)  # the answer begins; a click while the page is drawn anew may be lost
    expect(page.get_by_test_id("stApp")).to_have_attribute("data-test-script-state", "notRunning")
    page.get_by_role("button", name="Save and run").click()
    page.get_by_text("The run has succeeded.").wait_for()
    picture(page, "transforms")

    page.goto(page.url.split("/transforms")[0] + "/exports")
    page.get_by_role("button", name="Save and export").click()
    page.get_by_text("holds all 4 rows").wait_for()
    picture(page, "exports")
    with page.expect_download() as download:
        page.get_by_role("link", name="Download").click()

    lines = Path(download.value.path()).read_text(encoding="utf-8").splitlines()
    assert download.value.suggested_filename == "revenue_by_country.csv"
    assert lines[0] == "country,revenue"
    assert [line.split(",")[0] for line in lines[1:]] == list(COUNTRIES)


def test_home_and_datasets_show_what_there_is(open_tab, picture):
    page = open_tab("")
    expect(page.get_by_text("1,485 rows")).to_be_visible()
    picture(page, "home")

    page.get_by_role("link", name="orders", exact=True).click()

    expect(page.get_by_text("Set aside").first).to_be_visible()
    page.wait_for_url("**/datasets?dataset=orders")
    picture(page, "datasets")
