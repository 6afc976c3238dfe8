"""The Import page step by step, with a file from the drop folder; Dagster is not running."""

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from streamlit.testing.v1 import AppTest

from hestia_assets.core.results import BatchState
from hestia_assets.core.specs import CheckSpec, DatasetSpec, Severity

if TYPE_CHECKING:
    from hestia_assets.bootstrap import Hestia

ROWS = b"Sales\nid;amount;day\n001;1.50;31.01.2024\n002;x;30.02.2024\n002;-3.00;01.02.2024\n"


@pytest.fixture
def dropped(pages_home: "Hestia") -> Path:
    """A file that waits for the dataset sales."""
    path = pages_home.ingest.drop_folder("default", "sales") / "sales_march.csv"
    path.write_bytes(ROWS)
    return path


def press(app: AppTest, label: str) -> AppTest:
    """Press the button with this label."""
    return next(button for button in app.button if button.label == label).click().run()


def choose(app: AppTest, label: str, value: object) -> AppTest:
    """Choose in the list with this label."""
    return next(box for box in app.selectbox if box.label == label).set_value(value).run()


def said(app: AppTest) -> str:
    """What the page says, outside of tables."""
    kinds = ("markdown", "caption", "info", "success", "warning", "error")
    return "\n".join(str(element.value) for kind in kinds for element in getattr(app, kind))


def raw(app: AppTest) -> str:
    """The file as it is, as the page shows it, and other HTML of the page."""
    return "".join(element.proto.body for element in app.get("html"))


def columns(app: AppTest) -> list[list[str]]:
    """The columns of each table on the page."""
    return [list(frame.value.columns) for frame in app.dataframe]


@pytest.fixture
def preview(open_page, dropped) -> AppTest:
    """The wizard at the preview of the dropped file."""
    return press(press(open_page("import"), "Take this file"), "Continue")


@pytest.fixture
def rules(preview) -> AppTest:
    """The wizard at the rules."""
    return press(preview, "Continue")


def test_a_waiting_file_is_offered_for_its_dataset(open_page, dropped):
    app = open_page("import")

    assert "sales\\_march.csv" in said(app)
    assert "for sales" in said(app)


def test_the_preview_says_what_was_read_and_shows_text_beside_table(preview):
    assert not preview.exception
    assert "all 3 rows are fit for the table" in said(preview)
    assert '<span class="no">2</span><span>id;amount;day</span>' in raw(preview)
    assert ["id", "amount", "day"] in columns(preview)


def test_another_delimiter_reads_the_file_again_at_once(preview):
    preview = choose(preview, "Between columns", ",")
    alone = columns(preview)
    preview = choose(preview, "Between columns", ";")

    assert ["id_amount_day"] in alone
    assert ["id", "amount", "day"] in columns(preview)


def test_a_rule_shows_its_impact_and_can_be_removed(rules):
    rules.multiselect[0].set_value(["id"]).run()
    rules = choose(rules, "Rule", "unique")
    rules = press(rules, "Add rule")
    with_rule = said(rules)
    rules = press(rules, "Remove")

    assert "id must not appear twice" in with_rule
    assert "would fail (002)" in with_rule
    assert "id must not appear twice" not in said(rules)


def test_a_file_that_will_wait_is_said_to_wait_before_it_is_imported(rules):
    rules.multiselect[0].set_value(["id"]).run()
    rules = choose(rules, "Rule", "unique")
    next(box for box in rules.selectbox if "-severity-" in str(box.key)).set_value(Severity.HOLD).run()
    rules = press(rules, "Add rule")

    (waits,) = [str(one.value) for one in rules.warning if "will wait for you" in str(one.value)]
    assert "id must not appear twice, but 1 row fails that" in waits


def test_a_rule_that_cannot_work_is_refused_and_not_kept(rules):
    rules.multiselect[0].set_value(["id"]).run()
    rules = choose(rules, "Rule", "matches")
    rules.text_input[0].set_value("(").run()
    rules = press(rules, "Add rule")

    assert "no regular expression" in rules.error[0].value
    assert "No rule yet" in said(rules)


def test_without_dagster_the_file_is_kept_and_its_run_can_be_started_later(rules, pages_home, dropped):
    app = press(rules, "Import the file").run()

    assert not app.exception
    assert "hestia up" in said(app)
    assert "Start now" in [button.label for button in app.button]
    (batch,) = pages_home.batches.recent("default", "sales")
    assert batch.state is BatchState.RECEIVED
    assert not dropped.exists()


def test_an_existing_dataset_reads_its_files_without_questions(rules, pages_home, dropped, open_page):
    press(rules, "Import the file").run()
    dropped.write_bytes(ROWS + b"003;9.00;02.02.2024\n")

    app = press(press(open_page("import"), "Take this file"), "Continue")

    assert "knows how to read its files" in said(app)
    assert "Between columns" not in [box.label for box in app.selectbox]


def test_the_same_bytes_again_are_recognised(rules, pages_home, dropped, open_page):
    press(rules, "Import the file").run()
    (batch,) = pages_home.batches.recent("default", "sales")
    pages_home.ingest.run(batch.id)
    dropped.write_bytes(ROWS)

    app = press(press(press(open_page("import"), "Take this file"), "Continue"), "Import now").run()

    assert "These very bytes arrived in this dataset before" in said(app)
    assert len(pages_home.batches.recent("default", "sales")) == 1


def test_a_file_with_other_columns_is_explained_and_can_be_read_anew(rules, pages_home, dropped, open_page):
    press(rules, "Import the file").run()
    dropped.write_bytes(b"Sales\nid;amount;shop\n001;1.50;Leeds\n")

    app = press(press(open_page("import"), "Take this file"), "Continue")
    refused, buttons = said(app), {button.label: button.disabled for button in app.button}
    app = press(app, "Read the columns from this file")

    assert "1 column of the dataset is not in this file: day" in refused.replace("\\", "")
    assert "press 'Read the columns from this file'" in refused.replace("\\", "")
    assert "nothing to answer" not in refused
    assert (buttons["Continue"], buttons["Import now"]) == (True, True)
    assert ["id", "amount", "shop"] in columns(app)


def test_a_file_that_is_no_table_is_explained(open_page, pages_home):
    path = pages_home.ingest.drop_folder("default", "books") / "book.csv"
    path.write_bytes(b"PK\x03\x04" + bytes(range(256)) * 40)

    app = press(press(open_page("import"), "Take this file"), "Continue")

    assert not app.exception
    assert "damaged zip archive" in app.error[0].value
    assert "Another file" in [button.label for button in app.button]


def test_an_empty_file_is_explained(open_page, pages_home):
    (pages_home.ingest.drop_folder("default", "nothing") / "nothing.csv").write_bytes(b"")

    app = press(press(open_page("import"), "Take this file"), "Continue")

    assert "nothing.csv is empty" in app.error[0].value.replace("\\", "")


def test_a_rule_on_a_column_that_is_gone_leaves_with_a_word(rules, pages_home, dropped, open_page):
    rules.multiselect[0].set_value(["day"]).run()
    app = press(choose(rules, "Rule", "not_null"), "Add rule")
    press(app, "Import the file").run()
    dropped.write_bytes(b"Sales\nid;amount;shop\n001;1.50;Leeds\n")

    app = press(press(open_page("import"), "Take this file"), "Continue")
    app = press(app, "Read the columns from this file")

    assert "Rules that name columns which are gone" in said(app)
    assert ["id", "amount", "shop"] in columns(app)
    assert not app.error


def test_a_file_that_was_taken_is_out_of_the_reach_of_others_and_goes_back(open_page, dropped, pages_home):
    app = press(open_page("import"), "Take this file")
    waiting = pages_home.ingest.waiting("default")
    app = press(app, "Continue")
    shown = columns(app)
    press(app, "Start over")

    assert waiting == []
    assert ["id", "amount", "day"] in shown
    assert dropped.read_bytes() == ROWS


def test_a_file_that_is_gone_when_it_is_taken_is_explained(open_page, dropped):
    app = open_page("import")
    dropped.unlink()

    app = press(app, "Take this file")

    assert "file in the drop folder" in app.error[0].value


def test_rules_of_another_tab_are_not_overwritten(rules, pages_home, dropped, open_page):
    press(rules, "Import the file").run()
    dropped.write_bytes(ROWS + b"003;9.00;02.02.2024\n")
    mine = press(press(open_page("import"), "Take this file"), "Continue")
    mine = press(mine, "Continue")
    mine.multiselect[0].set_value(["id"]).run()
    mine = press(choose(mine, "Rule", "not_null"), "Add rule")
    saved = pages_home.catalog.get("dataset", "default", "sales").spec
    theirs = saved.model_copy(update={"checks": (CheckSpec(rule="unique", columns=("id",)),)})
    pages_home.catalog.save(theirs, author="bob")

    mine = press(mine, "Import the file").run()

    assert pages_home.catalog.get("dataset", "default", "sales").spec == theirs
    assert "meanwhile" in said(mine)
    assert "id must not appear twice" in said(mine)
    assert len(pages_home.batches.recent("default", "sales")) == 1


def test_a_name_that_was_taken_meanwhile_is_asked_for_again(rules, pages_home):
    theirs = DatasetSpec(name="sales", description="of somebody else")
    pages_home.catalog.save(theirs, author="bob")

    app = press(rules, "Import the file").run()

    assert "There is a dataset called sales already" in said(app)
    assert pages_home.catalog.get("dataset", "default", "sales").spec == theirs
    assert "Another file" in [button.label for button in app.button]


def test_a_rule_that_is_there_already_is_refused_in_words(rules):
    for _ in range(2):
        rules.multiselect[0].set_value(["id"]).run()
        rules = press(choose(rules, "Rule", "unique"), "Add rule")

    assert "There is such a rule already" in rules.error[0].value


def test_a_pattern_is_code_with_a_value_that_fits(rules):
    rules.multiselect[0].set_value(["id"]).run()
    rules = choose(rules, "Rule", "matches")
    rules.text_input[0].set_value("[0-9]{3}").run()
    rules = press(rules, "Add rule")

    assert "id must look like `[0-9]{3}`**, such as 001" in said(rules)


def test_a_name_that_cannot_be_used_is_answered_with_one_that_can(open_page, pages_home):
    (pages_home.ingest.drop_folder("default", "My Flights 2024") / "f.csv").write_bytes(ROWS)
    app = press(open_page("import"), "Take this file")
    refused, blocked = said(app), next(button.disabled for button in app.button if button.label == "Continue")

    app = press(press(app, "Use my_flights_2024"), "Continue")

    assert "lower case letters, digits and underscores" in refused
    assert blocked
    assert not app.error
    assert "dataset **my\\_flights\\_2024**" in said(app)


def test_one_wide_column_is_pointed_out(preview):
    preview = choose(preview, "Between columns", "|")

    assert "Only one column was found, though most lines hold a semicolon" in said(preview)
