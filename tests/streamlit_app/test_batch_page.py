"""One file that arrived, on its page: undo, redo, what stays and why; sources; what is downloaded."""

from datetime import timedelta
from io import BytesIO
from typing import TYPE_CHECKING

import pytest
from streamlit.testing.v1 import AppTest

from hestia_assets.core.errors import NotFoundError
from hestia_assets.core.layers import Layer, TableRef
from hestia_assets.core.results import Batch, BatchState, DriftFinding, DriftKind, EntryId, Fix, RowEdit
from hestia_assets.core.specs import CheckSpec, DatasetSpec, Mode, SourceSpec
from streamlit_app.downloads import account_csv

if TYPE_CHECKING:
    from hestia_assets.bootstrap import Hestia

FIRST = b"id,name\n1,Ada\n2,Bob\n"
SECOND = b"id,name\n2,Bo\n3,Cy\n"


def said(app: AppTest) -> str:
    """What the page says, outside of tables."""
    kinds = ("title", "subheader", "markdown", "caption", "info", "success", "warning", "error")
    return "\n".join(str(element.value) for kind in kinds for element in getattr(app, kind)).replace("\\", "")


def press(app: AppTest, label: str) -> AppTest:
    """Press the button with this label."""
    return next(button for button in app.button if button.label == label).click().run()


def look(app: AppTest) -> AppTest:
    """Ask what undoing would do."""
    return next(toggle for toggle in app.toggle if toggle.label == "Show what would happen").set_value(True).run()


def people(home: "Hestia", *, mode: Mode = Mode.UPSERT) -> DatasetSpec:
    """A dataset whose rows have a key."""
    recipe = home.ingest.inspect(BytesIO(FIRST), file_name="people.csv").recipe
    spec = DatasetSpec(name="people", recipe=recipe, mode=mode, primary_key=("id",))
    home.catalog.save(spec, author="ada")
    return spec


def imported(home: "Hestia", spec: DatasetSpec, data: bytes, name: str) -> Batch:
    """One file, in the table."""
    received = home.ingest.receive(spec, BytesIO(data), file_name=name, author="ada")
    return home.ingest.run(received.batch.id)


@pytest.fixture
def two(pages_home) -> tuple[Batch, Batch]:
    """Two files; the second replaced a row of the first."""
    spec = people(pages_home)
    return imported(pages_home, spec, FIRST, "first.csv"), imported(pages_home, spec, SECOND, "second.csv")


def test_a_file_that_came_again_says_which_of_its_rows_the_table_has_edited(open_page, pages_home):
    spec = people(pages_home, mode=Mode.APPEND)
    first = imported(pages_home, spec, FIRST, "first.csv")
    pages_home.ingest.edit(spec, [RowEdit(first.id, 2, {"name": "B*b"})], author="ada")
    pages_home.ingest.undo(first.id, author="ada")
    again = imported(pages_home, spec, FIRST, "first.csv")

    assert "line 3 (id 2)" in said(open_page("datasets", dataset="people", batch=again.id))


def test_undo_says_first_which_rows_stay_and_why(two, open_page, pages_home):
    app = look(open_page("datasets", dataset="people", batch=two[0].id))
    before = said(app)
    kept = [frame.value for frame in app.dataframe if "Changed by" in frame.value.columns]

    app = press(app, "Yes, undo it")

    assert "1 row** of this file leave" in before
    assert "1 row** stay as they are" in before
    assert "later files only repeated" in before
    assert list(kept[0]["Changed by"]) == ["second.csv"]
    assert "first.csv was undone" in said(app)
    assert not app.error
    assert pages_home.batches.get(two[0].id).state is BatchState.UNDONE


@pytest.mark.parametrize("keep", [False, True])
def test_undo_asks_what_becomes_of_rows_that_were_fixed_since(open_page, pages_home, keep):
    spec = people(pages_home, mode=Mode.APPEND)
    rule = CheckSpec(rule="in_set", columns=("name",), params={"values": ["Ada", "Bob"]})
    spec = spec.model_copy(update={"checks": (rule,)})
    pages_home.catalog.save(spec, author="ada")
    batch = imported(pages_home, spec, b"id,name\n1,Ada\n2,Bo\n", "first.csv")
    done = pages_home.quarantine.resubmit(spec, [Fix(EntryId(batch.id, 2), {"name": "Bob"})], author="bea")

    app = look(open_page("datasets", dataset="people", batch=batch.id))
    before = said(app)
    choice = next(radio for radio in app.radio if radio.label == "Fixed rows")
    app = choice.set_value("It stays").run() if keep else app
    app = press(app, "Yes, undo it")

    assert "1 row** of this file was set aside and fixed since (bea, " in before
    assert "2 rows** of this file leave" in before
    assert not app.error
    left = pages_home.tables.scan(TableRef(Layer.VALIDATED, "default", "people")).collect()
    assert left["name"].to_list() == (["Bob"] if keep else [])
    fix = said(open_page("datasets", dataset="people", batch=done.batch.id))
    assert ("1 row of these left people with its file" in fix) != keep


def test_what_was_undone_can_be_brought_back(two, open_page, pages_home):
    pages_home.ingest.undo(two[1].id, author="ada")
    app = open_page("datasets", dataset="people", batch=two[1].id)

    app = press(app, "Redo")

    assert not app.error
    assert pages_home.batches.get(two[1].id).state is BatchState.COMMITTED


def test_what_is_shown_of_a_file_is_called_all_of_it_where_it_is(open_page, pages_home):
    rows = b"".join(b"%d,Ada\n" % number for number in range(200))
    batch = imported(pages_home, people(pages_home), b"id,name\n" + rows + b"1,2,3\n4,5,6\n", "many.csv")

    page = said(open_page("datasets", dataset="people", batch=batch.id))

    assert "All 200 rows of the file." in page
    assert "All 2 rows. Line is the place in your file." in page


def test_the_files_of_a_dataset_show_mode_and_changes(two, open_page):
    app = open_page("datasets", dataset="people")

    files = next(frame.value for frame in app.dataframe if "Changes" in frame.value.columns)
    assert list(files["Changes"]) == ["1 new, 1 changed", "2 new"]
    assert set(files["Way"]) == {"Update rows by their key"}


def test_a_file_whose_history_expired_offers_neither_undo_nor_redo_and_says_since_when(two, open_page, pages_home):
    pages_home.ingest.undo(two[1].id, author="ada")
    pages_home.ingest.expire("default", "people", before=pages_home.ingest.clock() + timedelta(days=1))

    pages = [open_page("datasets", dataset="people", batch=batch.id) for batch in two]

    for app in pages:
        labels = {button.label for button in app.button} | {toggle.label for toggle in app.toggle}
        assert not labels & {"Show what would happen", "Redo", "Read it in another way"}
        assert "neither undone nor redone" in said(app)
        assert "you can redo it" not in said(app)


def test_an_undone_file_is_not_called_discarded(two, open_page, pages_home):
    pages_home.ingest.undo(two[1].id, author="ada")

    app = open_page("datasets", dataset="people")

    files = next(frame.value for frame in app.dataframe if "Changes" in frame.value.columns)
    assert list(files["State"]) == ["undone", "imported"]


def test_an_account_is_exported_in_the_unit_of_its_format(two, pages_home):
    rows = account_csv(pages_home, two[0]).decode().splitlines()

    assert rows[0] == "part,lines"
    assert "header,1" in rows
    assert rows[-1] == "total,3"


def test_a_source_is_saved_with_its_schedule_and_shown(two, open_page, pages_home):
    app = open_page("sources")
    app = (
        next(box for box in app.text_input if box.label == "Address").set_value("https://example.org/people.csv").run()
    )
    app = next(box for box in app.selectbox if box.label == "Fetch it").set_value("0 6 * * *").run()

    app = press(app, "Save")

    saved = pages_home.catalog.get("source", "default", "people").spec
    assert isinstance(saved, SourceSpec)
    assert (saved.dataset, saved.schedule) == ("people", "0 6 * * *")
    assert "hestia up" in said(app)  # Dagster, which fetches, is not running


def test_a_source_shows_what_the_last_fetch_brought(two, open_page, pages_home):
    source = SourceSpec(name="rates", dataset="people", url="https://example.org/people.csv")
    pages_home.catalog.save(source, author="ada")
    pages_home.audit.record(
        "ada", "source.fetched", "source/default/rates", received=["a"], known=2, skipped={"x.csv": "It is empty."}
    )

    app = open_page("sources")

    assert "1 file arrived, 2 files had not changed" in said(app)
    assert "x.csv** was not taken in: It is empty." in said(app)


def test_an_address_that_is_none_is_explained(open_page, pages_home):
    app = open_page("import")
    app = next(box for box in app.text_input if "Address" in box.label).set_value("gopher://old").run()

    app = press(app, "Fetch")

    assert "Nothing can be fetched from 'gopher://' addresses" in said(app)


def test_a_batch_that_is_not_there_starts_no_import(open_page, pages_home):
    app = open_page("import", batch="people-1")

    with pytest.raises(NotFoundError):
        pages_home.batches.get("people-1")
    assert "people-1" in said(app)
    assert "Bring files" in said(app)


def test_what_became_of_a_file_stays_true_when_later_ones_change_its_rows(two, open_page):
    first = said(open_page("datasets", dataset="people", batch=two[0].id))
    second = said(open_page("datasets", dataset="people", batch=two[1].id))

    assert "All 2 rows of first.csv were imported into people." in first
    assert "1 row of these has been changed or removed since" in first
    assert "since, by later" not in second


def test_how_a_file_differed_is_told_to_whoever_was_not_there(two, open_page, pages_home):
    finding = DriftFinding(DriftKind.ROWS, "", "2 rows; the last file had 900.")
    pages_home.batches.update(two[1].id, drift=(finding,))

    page = said(open_page("datasets", dataset="people", batch=two[1].id))
    listed = open_page("datasets", dataset="people")

    assert "Different from the files before it" in page
    assert "2 rows; the last file had 900." in page
    files = next(frame.value for frame in listed.dataframe if "Different" in frame.value.columns)
    assert files["Different"].to_list()[0] == 1


def test_a_long_history_has_pages_and_its_numbers_are_of_all_files(two, open_page, pages_home):
    for number in range(22):
        rows = f"id,name\n{number},\n".encode()
        imported(pages_home, people(pages_home), rows, f"{number}.csv")

    app = open_page("datasets", dataset="people")

    files = next(frame.value for frame in app.dataframe if "Changes" in frame.value.columns)
    assert (len(files), files["File"][0]) == (20, "21.csv")
    assert "1 to 20 of 24." in said(app)
    assert [metric.value for metric in app.metric if metric.label == "Files"] == ["24"]


def saved_source(home: "Hestia", **facts: str) -> SourceSpec:
    """A source of the people."""
    spec = SourceSpec(name="bucket", dataset="people", url="s3://deliveries/daily/", **facts)
    home.catalog.save(spec, author="ada")
    return spec


@pytest.mark.usefixtures("two")
def test_a_source_can_be_paused_and_goes_on_later(open_page, pages_home):
    saved_source(pages_home)
    app = open_page("sources")
    before = said(app)

    app = press(app, "Pause")
    paused = pages_home.catalog.get("source", "default", "bucket").spec
    app = press(app, "Resume")

    assert "Fetched when something new is there" in before
    assert isinstance(paused, SourceSpec)
    assert paused.paused
    assert pages_home.catalog.get("source", "default", "bucket").spec == paused.model_copy(update={"paused": False})


@pytest.mark.usefixtures("two")
def test_a_source_is_deleted_and_what_stays_is_said_first(open_page, pages_home):
    saved_source(pages_home)
    app = open_page("sources")
    before = said(app)

    app = press(app, "Yes, delete the source")

    assert "Stays:** the dataset people, its table, and every file that came from here" in before
    assert pages_home.catalog.all("source") == []
    assert "There is no source yet" in said(app)
    assert pages_home.catalog.exists(people(pages_home))
