"""Every page, drawn in this process: empty homes, filled homes, errors, Dagster not running."""

from io import BytesIO
from typing import TYPE_CHECKING

import pytest
from streamlit.testing.v1 import AppTest

from hestia_assets.core.access import Principal
from hestia_assets.core.results import Batch, BatchState, Problem
from hestia_assets.core.specs import CheckSpec, ColumnType, DatasetSpec, ExportSpec, Severity, TransformSpec

if TYPE_CHECKING:
    from hestia_assets.bootstrap import Hestia

ORDERS = b"order_no,quantity,country\n0001,3,DE\n0002,x,DE\n0003,-1,FR\n0004,5,NA\n"
PLACES = ("home", "import", "datasets", "quarantine", "sources", "transforms", "exports")


def words(app: AppTest) -> str:
    """Everything that the page says."""
    kinds = ("title", "subheader", "markdown", "caption", "info", "success", "warning", "error", "metric")
    texts = [str(element.value) for kind in kinds for element in getattr(app, kind)]
    labels = [str(element.label) for element in (*app.button, *app.selectbox, *app.metric)]
    return "\n".join([*texts, *labels])


def imported(home: "Hestia", *, severity: Severity = Severity.REJECT) -> Batch:
    """The dataset orders with one file of four rows: two good, one misfit, one that fails the rule."""
    recipe = home.ingest.inspect(BytesIO(ORDERS * 1), file_name="orders.csv").recipe
    columns = tuple(
        column.model_copy(update={"type": ColumnType.INTEGER}) if column.name == "quantity" else column
        for column in recipe.columns
    )
    check = CheckSpec(rule="in_range", columns=("quantity",), params={"min": 1}, severity=severity)
    spec = DatasetSpec(name="orders", recipe=recipe.model_copy(update={"columns": columns}), checks=(check,))
    home.catalog.save(DatasetSpec.model_validate(spec.model_dump()), author="ada")
    received = home.ingest.receive(spec, BytesIO(ORDERS), file_name="orders.csv", author="ada")
    return home.ingest.run(received.batch.id)


def press(app: AppTest, label: str) -> AppTest:
    """Press the button with this label."""
    return next(button for button in app.button if button.label == label).click().run()


@pytest.mark.parametrize("place", PLACES)
def test_an_empty_home_says_what_to_do(open_page, place):
    app = open_page(place)

    assert not app.exception
    assert any(
        word in words(app)
        for word in ("Import your first file", "import a file", "first file", "Bring files", "Bring a file")
    )


@pytest.mark.parametrize("place", PLACES)
def test_every_page_draws_in_a_filled_home(pages_home, open_page, place):
    imported(pages_home)

    app = open_page(place)

    assert not app.exception
    assert not app.error


def test_home_shows_datasets_last_files_and_failing_rules(pages_home, open_page):
    imported(pages_home)

    said = words(open_page())

    assert "2 rows" in said
    assert "quantity must be at least 1" in said
    assert "Last files" in said


def test_home_shows_a_running_job_with_its_progress(pages_home, open_page):
    imported(pages_home)
    job = pages_home.jobs.start("import", "default", "orders", bytes_total=1000)
    pages_home.jobs.progress(job.id, rows_done=1200, bytes_done=500)

    app = open_page()

    assert "Running now" in words(app)
    assert any("1,200 rows, 500 bytes of 1,000 bytes" in bar.text for bar in progress_bars(app))


def progress_bars(app: AppTest) -> list:
    return [element.proto for element in app.get("progress")]


def test_a_dataset_page_shows_rows_files_rules_and_versions(pages_home, open_page):
    imported(pages_home)

    app = open_page("datasets", dataset="orders")

    assert [(metric.label, metric.value) for metric in app.metric][:3] == [
        ("Rows", "2"),
        ("Set aside", "2"),
        ("Files", "1"),
    ]
    assert [tab.label for tab in app.tabs] == ["Rows", "Columns", "Profile", "History", "Rules", "Versions"]
    assert any("0001" in frame.value.astype(str).to_string() for frame in app.dataframe)


def test_a_dataset_that_does_not_exist_is_explained(pages_home, open_page):
    imported(pages_home)

    app = open_page("datasets", dataset="order")

    assert "There is no dataset called" in app.error[0].value
    assert "orders" in app.error[0].value


def test_a_link_to_a_batch_opens_its_account_and_its_quarantined_rows(pages_home, open_page):
    batch = imported(pages_home)

    app = open_page("datasets", dataset="orders", batch=batch.id)

    account = "".join(element.proto.body for element in app.get("html"))
    assert "5 lines = 1 header + 2 accepted + 2 set aside" in account
    aside = next(frame.value for frame in app.dataframe if "Original text" in frame.value.columns)
    assert aside["Line"].to_list() == [3, 4]
    assert aside["Original text"].to_list() == ["0002,x,DE", "0003,-1,FR"]


def test_a_batch_of_another_dataset_is_not_shown(pages_home, open_page):
    imported(pages_home)

    app = open_page("datasets", dataset="orders", batch="nothing")

    assert "nothing" in app.error[0].value


def test_a_held_file_is_named_on_each_page_of_its_dataset(pages_home, open_page):
    imported(pages_home, severity=Severity.HOLD)
    spec = pages_home.catalog.get("dataset", "default", "orders").spec
    assert isinstance(spec, DatasetSpec)
    another = pages_home.ingest.receive(spec, BytesIO(ORDERS + b"0009,0,DE\n"), file_name="b.csv", author="ada")
    pages_home.ingest.run(another.batch.id)

    for page in ("datasets", "quarantine", "quality"):
        app = open_page(page, dataset="orders")
        waits = [str(one.value) for one in app.warning if "waits for your decision" in str(one.value)]
        assert not app.exception
        assert len(waits) == 2, page
        assert "None of its rows is in the table yet: quantity must be" in waits[0]
    decide = [button for button in open_page("datasets", dataset="orders").button if button.label == "Decide"]
    assert len(decide) == 2
    assert "Import it anyway" in words(decide[0].click().run())


def test_a_held_file_can_be_discarded(pages_home, open_page):
    batch = imported(pages_home, severity=Severity.HOLD)
    app = open_page("datasets", dataset="orders", batch=batch.id)
    assert "waits for you" in words(app)

    press(app, "Yes, discard it")

    assert "was discarded" in words(app)
    assert not app.error
    assert pages_home.batches.get(batch.id).state.value == "undone"


def test_a_release_without_dagster_says_how_to_start_it(pages_home, open_page):
    batch = imported(pages_home, severity=Severity.HOLD)
    app = open_page("datasets", dataset="orders", batch=batch.id)

    next(button for button in app.button if button.label == "Import it anyway").click().run()

    assert "hestia up" in app.error[0].value


def test_sql_is_previewed_and_an_error_names_its_line(pages_home, open_page):
    imported(pages_home)
    app = open_page("transforms")

    app.text_area(key="sql-new").set_value("select country, count(*) as n\nfrom validated.orders\ngroup by 1").run()
    good = [frame.value for frame in app.dataframe if list(frame.value.columns) == ["country", "n"]]
    app.text_area(key="sql-new").set_value("select country\nfrom validated.orders\nwhere grue = 1").run()

    assert len(good) == 1
    assert "line 3" in app.error[0].value


def test_a_transform_saved_without_dagster_is_kept_and_explained(pages_home, open_page):
    imported(pages_home)
    app = open_page("transforms")
    app.text_input(key="new-transform").set_value("per_country").run()

    next(button for button in app.button if button.label == "Save").click().run()

    assert "hestia up" in app.error[0].value
    assert pages_home.catalog.get("transform", "default", "per_country").version == 1


def test_a_transform_page_shows_the_table_it_made(pages_home, open_page):
    imported(pages_home)
    spec = TransformSpec(name="per_country", sql="select country, count(*) as n from validated.orders group by 1")
    pages_home.catalog.save(spec, author="ada")
    pages_home.transforms.run(Principal("ada"), spec)

    app = open_page("transforms", transform="per_country")

    assert "The table transformed.per_country" in words(app)
    assert "2 rows shown, version 0" in words(app)


def test_an_export_shows_rows_size_and_hash_of_its_file(pages_home, open_page):
    imported(pages_home)
    spec = ExportSpec(name="orders_for_all", table="validated.orders")
    pages_home.catalog.save(spec, author="ada")
    result = pages_home.exports.run(Principal("ada"), spec, author="ada")

    said = words(open_page("exports"))

    assert "2 rows" in said
    assert result.sha256 in said


def test_an_export_without_dagster_says_how_to_start_it(pages_home, open_page):
    imported(pages_home)
    pages_home.catalog.save(ExportSpec(name="all_orders", table="validated.orders"), author="ada")
    app = open_page("exports")

    app.button(key="run-all_orders").click().run()

    assert "hestia up" in app.error[0].value


def test_a_released_file_waits_until_its_new_run_begins(pages_home, open_page):
    held = imported(pages_home, severity=Severity.HOLD)
    pages_home.batches.update(held.id, run_id="the-run-that-held-it")
    pages_home.ingest.release(held.id, author="ada")

    app = open_page("datasets", dataset="orders", batch=held.id)

    assert not app.error
    assert "waits for its run" in words(app)
    assert [bar.value for bar in progress_bars(app)] == [0]


def test_a_discarded_file_shows_no_problem(pages_home, open_page):
    held = imported(pages_home, severity=Severity.HOLD)
    problem = Problem("batch.held", "Checks that hold a batch failed: in_range__quantity (1 rows).", "Release it.")
    pages_home.batches.update(held.id, state=BatchState.UNDONE, problem=problem)

    app = open_page("datasets", dataset="orders", batch=held.id)

    assert not app.error
    assert "in_range__quantity" not in words(app).replace("\\", "")


def test_a_rule_whose_version_is_gone_is_still_a_sentence(pages_home, open_page):
    held = imported(pages_home, severity=Severity.HOLD)
    pages_home.batches.update(held.id, spec_version=99)

    app = open_page("datasets", dataset="orders", batch=held.id)

    assert "in_range__quantity" not in words(app).replace("\\", "")
    assert "quantity must be" in words(app)


def test_home_has_one_card_per_dataset_with_everything_that_needs_a_look(pages_home, open_page):
    imported(pages_home)
    for number in range(12):
        other = DatasetSpec(
            name=f"shop_{number}", recipe=pages_home.catalog.get("dataset", "default", "orders").spec.recipe
        )
        pages_home.catalog.save(other, author="ada")
        for copy in range(6 if number == 3 else 1):
            rows = ORDERS + f"9{copy},1,DE\n".encode()
            batch = pages_home.ingest.receive(other, BytesIO(rows), file_name=f"f{copy}.csv", author="ada").batch
            pages_home.batches.update(batch.id, state=BatchState.FAILED)

    said = words(open_page()).replace("\\", "")

    assert "2 rows of orders.csv were set aside" in said
    assert all(f"**shop_{number}**" in said for number in range(12))
    assert "and 2 more" in said


def test_a_transform_that_another_tab_changed_is_not_overwritten(pages_home, open_page):
    imported(pages_home)
    first = TransformSpec(name="per_country", sql="select 1 as a")
    pages_home.catalog.save(first, author="ada")
    app = open_page("transforms", transform="per_country")
    app.text_area[0].set_value("select 2 as b").run()
    pages_home.catalog.save(first.model_copy(update={"sql": "select 3 as c"}), author="bob")

    press(app, "Save")

    assert pages_home.catalog.get("transform", "default", "per_country").spec.sql == "select 3 as c"
    assert "meanwhile" in app.error[0].value
    assert app.text_area[0].value == "select 3 as c"


def test_a_new_transform_does_not_replace_one_of_its_name(pages_home, open_page):
    imported(pages_home)
    pages_home.catalog.save(TransformSpec(name="per_country", sql="select 1 as a"), author="ada")
    app = open_page("transforms")
    app.text_input(key="new-transform").set_value("per_country").run()

    press(app, "Save")

    assert "There is a transform called per" in app.error[0].value
    assert pages_home.catalog.get("transform", "default", "per_country").version == 1


def test_a_name_that_cannot_be_used_is_answered_with_one_that_can(pages_home, open_page):
    imported(pages_home)
    app = open_page("exports")
    app.text_input[0].set_value("My Flights 2024").run()

    press(app, "Use my_flights_2024")

    assert app.text_input[0].value == "my_flights_2024"
    assert not app.warning


def test_an_empty_value_of_an_example_is_named(pages_home, open_page):
    rows = b"id,name\n1,Ada\n2,\n3,Bob\n"
    recipe = pages_home.ingest.inspect(BytesIO(rows), file_name="p.csv").recipe
    check = CheckSpec(rule="not_null", columns=("name",))
    spec = DatasetSpec(name="people", recipe=recipe, checks=(check,))
    pages_home.catalog.save(spec, author="ada")
    batch = pages_home.ingest.receive(spec, BytesIO(rows), file_name="p.csv", author="ada").batch
    pages_home.ingest.run(batch.id)

    app = open_page("datasets", dataset="people", batch=batch.id)

    shown = "".join(table.value.to_string() for table in app.table)
    assert "line 3: (empty)" in shown.replace("\\", "")
