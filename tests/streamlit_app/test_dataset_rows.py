"""The rows of a dataset on its page: searched, paged, edited by hand, with what each check says."""

import json
from io import BytesIO
from typing import TYPE_CHECKING

import polars as pl
import pytest
from streamlit.testing.v1 import AppTest

from hestia_assets.core.layers import Layer, TableRef
from hestia_assets.core.results import BatchState, RowEdit
from hestia_assets.core.specs import CheckSpec, Column, ColumnType, DatasetSpec, Mode, Recipe
from streamlit_app.components.row_editor import row_edits
from streamlit_app.components.row_filter import How, fits

if TYPE_CHECKING:
    from hestia_assets.bootstrap import Hestia

ROWS = 230
COLUMNS = (
    Column(source="no", name="no"),
    Column(source="qty", name="qty", type=ColumnType.INTEGER),
    Column(source="day", name="day", type=ColumnType.DATE, format="%d.%m.%Y"),
    Column(source="paid", name="paid", type=ColumnType.BOOLEAN, format="ja|nein"),
)


@pytest.fixture
def orders(pages_home: "Hestia") -> DatasetSpec:
    """A dataset of 230 rows."""
    check = CheckSpec(rule="in_range", columns=("qty",), params={"max": 500})
    spec = DatasetSpec(
        name="orders", recipe=Recipe(columns=COLUMNS), checks=(check,), mode=Mode.UPSERT, primary_key=("no",)
    )
    pages_home.catalog.save(spec, author="ada")
    lines = [f"{n:04d},{n},{n % 28 + 1:02d}.01.2024,{'ja' if n % 2 else 'nein'}" for n in range(1, ROWS + 1)]
    file = BytesIO("\n".join(["no,qty,day,paid", *lines, ""]).encode())
    received = pages_home.ingest.receive(spec, file, file_name="orders.csv", author="ada")
    pages_home.ingest.run(received.batch.id)
    return spec


def said(app: AppTest) -> str:
    """What the page says, outside of tables."""
    kinds = ("markdown", "caption", "info", "success", "warning", "error")
    return "\n".join(str(element.value) for kind in kinds for element in getattr(app, kind)).replace("\\", "")


def shown(app: AppTest) -> list[str]:
    """The numbers of the rows on the page."""
    return next(frame.value for frame in app.dataframe if "qty" in frame.value.columns)["no"].to_list()


def with_cells(app: AppTest, cells: dict[int, dict[str, object]], *, press: str = "") -> AppTest:
    """Type into cells, which the testing kit of Streamlit cannot do by itself, and press a button."""
    if press:
        next(button for button in app.button if button.label == press).click()
    states = app._tree.get_widget_states()  # there is no public way to the state of a table
    editor = next(frame for frame in app.dataframe if "qty" in frame.value.columns)
    typed = {"edited_rows": cells, "added_rows": [], "deleted_rows": []}
    states.widgets.add(id=editor.proto.id, string_value=json.dumps(typed))
    return app._run(states)


@pytest.mark.usefixtures("orders")
def test_rows_are_shown_page_by_page(open_page):
    app = open_page("datasets", dataset="orders")
    first = shown(app)
    (pages,) = app.get("pagination")

    assert (len(first), first[0], pages.proto.num_pages) == (100, "0001", 3)
    assert "Rows 1 to 100 of 230." in said(app)


@pytest.mark.usefixtures("orders")
def test_rows_are_found_by_a_value_of_any_column(open_page):
    app = open_page("datasets", dataset="orders")
    app.text_input(key="find-orders-value").set_value("022").run()

    assert shown(app) == ["0022", *(f"022{n}" for n in range(10))]
    assert "All 11 rows that fit." in said(app)
    app.text_input(key="find-orders-value").set_value("nobody").run()
    assert "No row is like that." in said(app)


@pytest.mark.usefixtures("orders")
def test_rows_are_found_by_a_number_and_a_value_that_is_none_is_explained(open_page):
    app = open_page("datasets", dataset="orders")
    app.selectbox(key="find-orders-column").set_value("qty").run()
    app.selectbox(key="find-orders-how-5").set_value(How.AT_LEAST).run()
    app.text_input(key="find-orders-value").set_value("229").run()
    found = shown(app)
    app.text_input(key="find-orders-value").set_value("lots").run()

    assert found == ["0229", "0230"]
    assert "'lots' cannot be compared with qty" in said(app)


def test_edits_are_tried_before_they_are_saved_and_stand_in_the_history(orders, open_page, pages_home):
    app = open_page("datasets", dataset="orders")
    app = next(button for button in app.button if button.label == "Edit these rows").click().run()

    wrong = with_cells(app, {0: {"qty": "900"}, 1: {"day": "2024-12-31", "paid": "no"}})
    refused = said(wrong)
    tried = with_cells(wrong, {0: {"qty": "90"}, 1: {"day": "2024-12-31", "paid": "yes"}})
    before = said(tried)
    done = with_cells(tried, {0: {"qty": "90"}, 1: {"day": "2024-12-31", "paid": "yes"}}, press="Save the changes")

    assert not done.exception
    assert "1 value cannot be taken" in refused
    assert "3 cells in 2 rows change" in before
    assert "2 rows changed." in said(done)
    table = pages_home.tables.scan(TableRef(Layer.VALIDATED, "default", "orders")).sort("no").head(2).collect()
    assert [str(value) for value in table["day"]] == ["2024-01-02", "2024-12-31"]
    assert (table["qty"].to_list(), table["paid"].to_list()) == ([90, 2], [True, True])
    edit = pages_home.batches.recent("default", orders.name, limit=1)[0]
    assert (edit.origin, edit.state) == ("edit", BatchState.COMMITTED)

    page = open_page("datasets", dataset="orders", batch=edit.id)
    cells = next(frame.value for frame in page.dataframe if "New value" in frame.value.columns)
    assert f"{edit.author} changed 2 rows of orders" in said(page)
    assert cells["New value"].to_list() == ["90", "2024-12-31", "true"]


def test_a_row_that_somebody_else_changed_meanwhile_is_explained(orders, open_page, pages_home):
    app = open_page("datasets", dataset="orders")
    app = next(button for button in app.button if button.label == "Edit these rows").click().run()
    (first,) = pages_home.batches.recent("default", "orders")
    pages_home.ingest.edit(orders, [RowEdit(first.id, 1, {"qty": "7"})], author="bob")

    app = with_cells(app, {0: {"qty": "90"}})

    assert "has been changed since" in said(app)
    assert next(button for button in app.button if button.label == "Save the changes").disabled


def test_what_was_typed_is_written_as_the_table_shows_it():
    rows = pl.DataFrame({"_batch": ["b"], "_row": [7], "on": [True], "text": ["x"], "n": [1]})

    (edit,) = row_edits(rows, {"0": {"on": "no", "text": "", "n": ""}})

    assert edit == RowEdit("b", 7, {"on": "false", "text": "", "n": None}, printed=True)


@pytest.mark.parametrize(
    ("how", "value", "found"),
    [
        (How.CONTAINS, "00", ["5.00", "100.00"]),
        (How.IS, "5", ["5.00"]),
        (How.AT_LEAST, "5", ["5.00", "100.00"]),
        (How.AT_MOST, "5", ["0.50", "5.00"]),
    ],
)
def test_numbers_are_compared_by_what_they_mean(how, value, found):
    prices = pl.DataFrame({"price": ["0.50", "5.00", "100.00", None]}).cast(pl.Decimal(38, 2))

    rows = prices.filter(fits("price", prices.schema["price"], how, value))

    assert rows["price"].cast(pl.String).to_list() == found
