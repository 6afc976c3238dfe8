"""The page Fix rows: what waits, mended in the page or in a workbook, dropped, accepted, checked again, undone."""

import json
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path

import pytest
import streamlit as st
from openpyxl import load_workbook
from processes import free_port
from streamlit.testing.v1 import AppTest

from hestia_assets.bootstrap import Hestia, open_home
from hestia_assets.core.layers import Layer, TableRef
from hestia_assets.core.results import BatchState, EntryFilter, EntryState, Fix
from hestia_assets.core.specs import CheckSpec, Column, ColumnType, DatasetSpec, Mode, Recipe

ORDERS = TableRef(Layer.VALIDATED, "default", "orders")
BAD = 9


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hestia]:
    """One home for all: nine rows of orders were set aside, three of their reasons are known."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HESTIA_HOME", str(tmp_path_factory.mktemp("fix") / "home"))
        patch.setenv("HESTIA_DAGSTER_PORT", str(free_port()))
        st.cache_resource.clear()
        opened = open_home()
        columns = (
            Column(source="no", name="no"),
            Column(source="qty", name="qty", type=ColumnType.INTEGER),
            Column(source="shop", name="shop"),
        )
        checks = (
            CheckSpec(rule="in_range", columns=("qty",), params={"min": 1}),
            CheckSpec(rule="in_set", columns=("shop",), params={"values": ["York", "Bath"]}),
        )
        spec = DatasetSpec(name="orders", recipe=Recipe(columns=columns), checks=checks)
        opened.catalog.save(spec, author="ada")
        bad = "".join(f"b{n},{('x', '-1', '5')[n % 3]},{('York', 'York', 'Leeds')[n % 3]}\n" for n in range(BAD))
        file = BytesIO(f"no,qty,shop\na1,3,York\n{bad}".encode())
        opened.ingest.run(opened.ingest.receive(spec, file, file_name="orders.csv", author="ada").batch.id)
        yield opened
    st.cache_resource.clear()


@pytest.fixture
def page(home: Hestia) -> Callable[..., AppTest]:
    """The page, at a dataset."""

    def opened(dataset: str = "orders", place: str = "quarantine", **params: str) -> AppTest:
        app = AppTest.from_string(f"from streamlit_app.app import main\nmain(first={place!r})", default_timeout=120)
        for name, value in ({"dataset": dataset} | params).items():
            app.query_params[name] = value
        return app.run()

    return opened


def said(app: AppTest) -> str:
    """What the page says, outside of tables."""
    kinds = ("title", "markdown", "caption", "info", "success", "warning", "error")
    return "\n".join(str(element.value) for kind in kinds for element in getattr(app, kind)).replace("\\", "")


def press(app: AppTest, label: str) -> AppTest:
    """Press the button whose label begins like this."""
    return next(button for button in app.button if button.label.startswith(label)).click().run()


def way(app: AppTest, name: str) -> AppTest:
    """One of the ways to go on."""
    return app.button_group(key="way-orders").set_value(name).run()


def typed(app: AppTest, cells: dict[int, dict[str, str]]) -> AppTest:
    """Type into the table, which the testing kit of Streamlit cannot do by itself."""
    states = app._tree.get_widget_states()  # there is no public way to the state of a table
    editor = next(frame for frame in app.dataframe if "_why" in frame.value.columns)
    states.widgets.add(
        id=editor.proto.id, string_value=json.dumps({"edited_rows": cells, "added_rows": [], "deleted_rows": []})
    )
    return app._run(states)


def to_fix(home: Hestia) -> int:
    """Rows that wait."""
    return home.quarantine.entries(spec_of(home), limit=1).total


def spec_of(home: Hestia) -> DatasetSpec:
    """The dataset as it is saved."""
    found = home.catalog.get("dataset", "default", "orders").spec
    assert isinstance(found, DatasetSpec)
    return found


def test_what_waits_is_counted_and_the_wrong_columns_stand_first(home, page):
    app = page()
    table = next(frame.value for frame in app.dataframe if "_why" in frame.value.columns)
    bars = {next(iter(frame.value.columns)): frame.value for frame in app.dataframe if "Rows" in frame.value.columns}

    assert not app.exception
    assert list(table.columns) == ["_why", "_where", "qty", "shop", "no"]
    assert "qty" in table["_why"][0]
    assert dict(zip(bars["Reason"]["Reason"], bars["Reason"]["Rows"], strict=True)) == {
        "the value is not of the column's type": 3, "qty must be at least 1": 3, "shop must be one of York, Bath": 3,
    }  # fmt: skip
    assert "All 9 rows." in said(app)
    found = app.selectbox(key="aside-orders--rule").set_value("in_range").run()
    assert "All 3 rows." in said(found)
    assert "No row is like that." in said(app.text_input(key="aside-orders--search").set_value("nobody").run())


def test_an_address_of_a_file_shows_its_rows_and_the_home_page_leads_here(home, page):
    (batch,) = home.batches.recent("default", "orders", limit=1)

    app = page(batch=batch.id)
    start = page(place="home")

    assert app.selectbox(key=f"aside-orders-{batch.id}-batch").value == batch.id
    assert "9 rows of orders.csv were set aside." in said(start)
    assert any(link.proto.label == "Fix them" for link in start.get("page_link"))


def test_rows_are_mended_in_the_page_tried_first_loaded_and_undone(home, page):
    app = typed(page(), {0: {"qty": "7"}, 1: {"qty": "0"}})
    app = press(app, "Check my changes in 2 rows")
    tried, before = said(app), to_fix(home)
    app = press(app, "Load the fixed rows")
    done = said(app)

    assert "1 row would be loaded.** Nothing is saved yet. 1 row is still wrong." in tried
    assert before == BAD
    assert "1 row was loaded into orders." in done
    assert "1 row stays here, with the new values and the reason." in done
    assert to_fix(home) == BAD - 1
    batch = home.batches.recent("default", "orders", limit=1)[0]
    assert "fixed 1 row of orders" in said(page(place="datasets", batch=batch.id))

    app = press(app, "Undo it")
    assert "Undone." in said(app)
    assert to_fix(home) == BAD
    assert home.tables.scan(ORDERS).collect().height == 1


def prices(home: Hestia) -> DatasetSpec:
    """A dataset with a key: two rows of an old file wait, and of one of them a later file says something newer."""
    columns = (Column(source="no", name="no"), Column(source="qty", name="qty", type=ColumnType.INTEGER))
    rule = CheckSpec(rule="in_range", columns=("qty",), params={"min": 1})
    spec = DatasetSpec(
        name="prices", recipe=Recipe(columns=columns), checks=(rule,), mode=Mode.UPSERT, primary_key=("no",)
    )
    home.catalog.save(spec, author="ada")
    for name, text in (("old.csv", "no,qty\na,-1\nb,-2\n"), ("new.csv", "no,qty\na,30\n")):
        file = BytesIO(text.encode())
        home.ingest.run(home.ingest.receive(spec, file, file_name=name, author="ada").batch.id)
    return spec


def test_rows_of_an_old_file_take_no_newer_place_unless_a_person_says_so(home, page):
    prices(home)

    app = press(typed(page("prices"), {0: {"qty": "1"}, 1: {"qty": "2"}}), "Check my changes in 2 rows")
    tried = said(app)
    newer = next(frame.value for frame in app.dataframe if "In the table now" in frame.value.columns)
    app = next(one for one in app.toggle if one.label.startswith("Load it too")).set_value(True).run()
    over = said(app)
    app = press(app, "Load the fixed rows")

    assert not app.exception
    assert "1 row would be loaded." in tried
    assert "The table has newer values for 1 row**, from later files or edits. It stays open here." in tried
    assert newer.to_dict("records") == [
        {"Row": "no a", "Column": "qty", "In the table now": "30", "Since": "new.csv", "It would get": "1"}
    ]
    assert "2 rows would be loaded." in over
    assert "2 rows were loaded into prices.** 1 of them took the place of newer values." in said(app)
    table = home.tables.scan(TableRef(Layer.VALIDATED, "default", "prices")).collect()
    assert dict(table.select("no", "qty").iter_rows()) == {"a": 1, "b": 2}
    press(app, "Undo it")


def test_accepting_and_checking_again_ask_about_newer_values_too(home, page):
    prices(home)
    again = press(page("prices").button_group(key="way-prices").set_value("Check again").run(), "Check 2 rows again")

    app = page("prices").button_group(key="way-prices").set_value("Drop or accept").run()
    app = app.toggle(key="decide-all-prices").set_value(True).run()

    assert "2 rows are still wrong" in said(again)
    assert any(toggle.label.startswith("Load it too") for toggle in app.toggle)
    assert "The table has newer values for 1 row" in said(app)


def test_a_workbook_is_made_mended_and_brought_back(home, page):
    app = way(page(), "Fix in Excel")
    app = app.selectbox(key="aside-orders--rule").set_value("in_set").run()
    app = press(app, "Make the file with 3 rows")
    book = load_workbook(BytesIO(app.session_state["made-default-orders"].data))
    sheet = book.worksheets[0]
    head = next(row for row in sheet.iter_rows() if any(cell.value == "shop" for cell in row))
    at = next(cell.column for cell in head if cell.value == "shop")
    for row, shop in zip(range(head[0].row + 1, head[0].row + 3), ("York", "Hull"), strict=True):
        sheet.cell(row, at).value = shop
    mended = BytesIO()
    book.save(mended)
    app = app.file_uploader[0].upload("mended.xlsx", mended.getvalue(), "application/octet-stream").run()
    shown = said(app)
    app = press(app, "Load the fixed rows")

    assert "2 rows changed" in shown
    assert "1 left as they were" in shown
    assert "1 row would be loaded." in shown
    assert "1 row was loaded into orders." in said(app)
    press(app, "Undo it")


def test_a_file_whose_ids_were_sorted_apart_is_refused_with_its_cells_and_nothing_else_happens(home, page):
    target = BytesIO()
    home.quarantine.export(spec_of(home), target)
    book = load_workbook(target)
    sheet = book.worksheets[0]
    sheet["E2"].value, sheet["E3"].value = sheet["E3"].value, sheet["E2"].value
    target = BytesIO()
    book.save(target)

    app = way(page(), "Fix in Excel")
    app = app.file_uploader[0].upload("apart.xlsx", target.getvalue(), "application/octet-stream").run()

    assert not app.exception
    assert f"2 of its {BAD} rows stand beside the ids of other rows" in said(app)
    assert "Rows to fix!E2 has the id of line 4 and the values of line 3 of" in said(app)
    assert not [button for button in app.button if button.label == "Load the fixed rows"]
    assert to_fix(home) == BAD


def test_a_row_is_dropped_with_a_reason_and_opened_again(home, page):
    app = way(page(), "Drop or accept")
    app.selectbox(key="aside-orders--rule").set_value("in_range")
    app = app.toggle(key="decide-all-orders").set_value(True).run()
    app = app.text_input(key="drop-reason-orders").set_value("test rows").run()
    app = press(app, "Yes, drop them")
    gone = said(app)
    dropped = home.quarantine.entries(spec_of(home), EntryFilter(states=(EntryState.DROPPED,)))
    history = home.quarantine.history(spec_of(home), dropped.entries[0].id)
    app = app.button_group(key="aside-orders--state").set_value(EntryState.DROPPED).run()
    says = said(app.toggle(key="decide-all-orders").set_value(False).run())
    app = app.toggle(key="decide-all-orders").set_value(True).run()
    app = press(app, "Open 3 rows again")

    assert "3 rows can be fixed again." in said(app)
    assert "3 rows dropped." in gone
    assert "Tick rows to open them again" in says
    assert (dropped.total, history[-1].note) == (3, "test rows")
    assert to_fix(home) == BAD


def test_accepted_rows_are_loaded_and_the_exception_can_be_ended(home, page):
    app = way(page(), "Drop or accept")
    app.selectbox(key="aside-orders--rule").set_value("in_set")
    app = app.toggle(key="decide-all-orders").set_value(True).run()
    app = app.text_input(key="accept-reason-orders").set_value("Leeds opened").run()
    app = press(app, "Yes, load them")
    done, exceptions = said(app), spec_of(home).checks[1].exemptions
    rules = page(place="datasets")

    assert "3 rows were accepted and loaded into orders." in done
    assert {one.reason for one in exceptions} == {"Leeds opened"}
    assert "Leeds opened" in said(rules)
    before = len(exceptions)
    press(rules, "End it")
    assert len(spec_of(home).checks[1].exemptions) == before - 1
    press(app, "Undo it")


def test_rows_are_checked_again_after_a_rule_was_changed(home, page):
    spec = spec_of(home)
    wider = spec.checks[0].model_copy(update={"params": {"min": -5}})
    home.catalog.save(spec.model_copy(update={"checks": (wider, spec.checks[1])}), author="ada")
    app = press(way(page(), "Check again"), f"Check {BAD} rows again")
    tried, waiting = said(app), to_fix(home)
    app = press(app, "Load ")

    assert "would be loaded." in tried
    assert waiting == BAD
    assert "loaded into orders." in said(app)
    assert to_fix(home) < BAD
    press(app, "Undo it")
    home.catalog.save(spec, author="ada")


def test_the_history_of_a_row_says_who_did_what(home, page):
    spec = spec_of(home)
    entry = home.quarantine.entries(spec, limit=1).entries[0]
    home.quarantine.resubmit(spec, [Fix(entry.id, {"qty": "0"})], author="bob")

    from streamlit_app.components.entry_words import ACTIONS

    events = home.quarantine.history(spec, entry.id)
    assert [ACTIONS[one.action] for one in events][:1] == ["set aside"]
    assert ("bob", "corrected, still wrong") in {(one.who, ACTIONS[one.action]) for one in events}


def test_who_discards_a_held_file_says_why_and_it_stands_on_its_page(home, page):
    check = CheckSpec(rule="unique", columns=("no",), severity="hold")
    spec = DatasetSpec(name="returns", recipe=Recipe(columns=(Column(source="no", name="no"),)), checks=(check,))
    home.catalog.save(spec, author="ada")
    batch = home.ingest.receive(spec, BytesIO(b"no\n1\n1\n"), file_name="returns.csv", author="ada").batch
    home.ingest.run(batch.id)
    app = page("returns", place="datasets", batch=batch.id)
    app = app.text_input(key=f"decision-{batch.id}").set_value("twice the same day").run()
    app = press(app, "Yes, discard it")

    assert home.batches.get(batch.id).state is BatchState.UNDONE
    assert "Discarded by" in said(app)
    assert "twice the same day" in said(app)


def test_an_empty_page_says_what_there_is_to_do(home, page, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    quiet = said(page("returns"))
    monkeypatch.setenv("HESTIA_HOME", str(tmp_path / "home"))
    st.cache_resource.clear()
    app = AppTest.from_string("from streamlit_app.app import main\nmain(first='quarantine')", default_timeout=120).run()
    st.cache_resource.clear()

    assert "No row of this dataset waits to be fixed." in quiet
    assert "No dataset yet: import a file." in said(app)
