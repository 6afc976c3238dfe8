"""The Import page with questions, sheets, several files, archives, modes, other columns; Dagster is not running."""

import zipfile
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from openpyxl import Workbook
from streamlit.testing.v1 import AppTest

from hestia_assets.core.results import BatchState
from hestia_assets.core.specs import Column, ColumnType, DatasetSpec, Mode, Recipe

if TYPE_CHECKING:
    from hestia_assets.bootstrap import Hestia

DATES = b"no,day\n1,01/02/2024\n2,03/04/2024\n3,05/06/2024\n"
KINDS = ("markdown", "caption", "info", "success", "warning", "error")


def press(app: AppTest, label: str) -> AppTest:
    """Press the button with this label."""
    return next(button for button in app.button if button.label == label).click().run()


def said(app: AppTest) -> str:
    """What the page says, outside of tables."""
    texts = [str(element.value) for kind in KINDS for element in getattr(app, kind)]
    return "\n".join(texts).replace("\\", "")


def frames(app: AppTest) -> list[str]:
    """The tables of the page as text."""
    return [frame.value.astype(str).to_string() for frame in app.dataframe]


def drop(home: "Hestia", dataset: str, **files: bytes) -> list[Path]:
    """Leave files in a drop folder; two underscores stand for the dot of a name."""
    folder = home.ingest.drop_folder("default", dataset)
    paths = [folder / name.replace("__", ".") for name in files]
    for path, data in zip(paths, files.values(), strict=True):
        path.write_bytes(data)
    return paths


def to_preview(open_page, take: str = "Take this file") -> AppTest:
    """From the drop folder to the preview."""
    return press(press(open_page("import"), take), "Continue")


def to_end(app: AppTest, label: str = "Import the file") -> AppTest:
    """From the preview to the last step."""
    return press(press(app, "Continue"), label).run()


def imported(home: "Hestia", dataset: str, data: bytes, open_page) -> None:
    """A dataset with one file that was imported through the pages."""
    drop(home, dataset, first__csv=data)
    to_end(to_preview(open_page))
    (batch,) = home.batches.recent("default", dataset)
    home.ingest.run(batch.id)


def test_a_doubtful_date_is_asked_once_and_stays_text_until_then(open_page, pages_home):
    drop(pages_home, "days", days__csv=DATES)
    app = to_preview(open_page)
    question = next(radio for radio in app.radio if "day" in radio.label)

    answered = next(number for number, label in enumerate(question.options) if "DD/MM/YYYY" in label)
    app = question.set_value(answered).run()
    to_end(app)

    saved = pages_home.catalog.get("dataset", "default", "days").spec
    assert "text" in question.options[0]
    assert [column.type for column in saved.recipe.columns] == [ColumnType.INTEGER, ColumnType.DATE]
    assert saved.recipe.columns[1].format == "%d/%m/%Y"


def test_a_workbook_offers_its_sheets_and_reads_the_chosen_one(open_page, pages_home, tmp_path):
    book = Workbook()
    book.active.title = "North"
    book.active.append(["id", "amount"])
    south = book.create_sheet("South")
    for row in (["shop", "city", "rows"], ["a", "Leeds", 1], ["b", "York", 2]):
        south.append(row)
    for number in range(20):
        book.active.append([number, number * 2])
    path = tmp_path / "shops.xlsx"
    book.save(path)
    drop(pages_home, "shops", shops__xlsx=path.read_bytes())
    app = to_preview(open_page)
    tables = next(box for box in app.selectbox if box.label.startswith("Which table"))

    app = tables.set_value(1).run()

    assert any("South" in option for option in tables.options)
    assert any("Leeds" in frame for frame in frames(app))
    assert not app.exception


def test_the_rows_of_a_large_file_are_held_against_earlier_files_once_they_are_counted(open_page, pages_home):
    lines = [f"{number},{'x' * 10_000}\n" for number in range(3_600)]
    imported(pages_home, "large", ("id,note\n" + "".join(lines[:10])).encode(), open_page)
    drop(pages_home, "large", second__csv=("id,note\n" + "".join(lines[10:])).encode())

    app = to_preview(open_page)
    for _ in range(30):
        if "3,590 rows; the file before had 10" in said(app):
            break
        app = app.run()

    assert "3,590 rows; the file before had 10" in said(app)


def test_a_sheet_that_hides_nothing_does_not_show_what_another_one_hides(open_page, pages_home, tmp_path):
    book = Workbook()
    for sheet, rows in ((book.active, 20), (book.create_sheet("South"), 5)):
        sheet.append(["id", "amount"])
        for number in range(rows):
            sheet.append([number, number * 2])
    book.active.row_dimensions[4].hidden = True
    path = tmp_path / "shops.xlsx"
    book.save(path)
    drop(pages_home, "hiding", shops__xlsx=path.read_bytes())
    first = to_preview(open_page)
    before = said(first)

    app = next(box for box in first.selectbox if box.label.startswith("Which table")).set_value(1).run()

    assert "1 row is hidden" in before
    assert "1 row is hidden" not in said(app)


def test_a_format_s_own_options_are_a_form_that_nobody_wrote_for_it(open_page, pages_home):
    records = b'[{"id": 1, "tags": ["a", "b"]}, {"id": 2, "tags": []}]'
    drop(pages_home, "things", things__json=records)

    app = to_preview(open_page)

    model = pages_home.formats.get("json").options
    titles = {field.title or name for name, field in model.model_fields.items()}
    labels = {widget.label for kind in ("selectbox", "toggle", "text_input") for widget in getattr(app, kind)}
    assert not app.exception
    assert {title.lower() for title in titles} & {label.lower() for label in labels}


def test_a_delimiter_of_several_signs_can_be_written(open_page, pages_home):
    drop(pages_home, "odd", odd__csv=b"a~^~b\n1~^~x\n2~^~y\n")
    app = to_preview(open_page)

    app = next(box for box in app.selectbox if box.label == "Between columns").set_value("~^~").run()

    assert any(list(frame.value.columns) == ["a", "b"] for frame in app.dataframe)


def test_several_files_get_a_line_each_and_one_that_is_empty_stops_none(open_page, pages_home):
    drop(pages_home, "shops", a__csv=b"id,x\n1,2\n", b__csv=b"id,x\n3,4\n", c__csv=b"")

    app = to_end(to_preview(open_page, "Take these files"), "Import 3 files")

    batches = pages_home.batches.recent("default", "shops")
    fates = next(frame.value for frame in app.dataframe if "State" in frame.value.columns)
    assert sorted(batch.file_name for batch in batches) == ["a.csv", "b.csv"]
    assert fates["File"].iloc[0] == "c.csv"
    assert sorted(fates["File"]) == ["a.csv", "b.csv", "c.csv"]
    assert "c.csv is empty" in " ".join(fates["Why"])


def test_every_file_of_an_import_can_be_looked_at(open_page, pages_home):
    drop(pages_home, "shops", a__csv=b"id,city\n1,Leeds\n", b__csv=b"id,city\n2,York\n")
    app = to_preview(open_page, "Take these files")

    app = next(box for box in app.selectbox if "Look at" in box.label).set_value(1).run()

    assert any("York" in frame for frame in frames(app))


def test_an_archive_shows_its_files_and_each_becomes_a_batch(open_page, pages_home, tmp_path):
    path = tmp_path / "many.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for number in range(3):
            archive.writestr(f"shop_{number}.csv", f"id,amount\n{number},5\n")
    drop(pages_home, "shops", many__zip=path.read_bytes())
    app = press(open_page("import"), "Take this file")
    listed = said(app)
    app = press(app, "Continue")
    counted = said(app)

    to_end(app, "Import 3 files")

    assert "The archive holds 3 files" in listed
    assert "1 of 3 files: **shop_0.csv** alone" in counted
    assert len(pages_home.batches.recent("default", "shops")) == 3


def test_rows_are_updated_by_key_and_counted_before(open_page, pages_home):
    imported(pages_home, "people", b"id,name\n1,Ada\n2,Bob\n", open_page)
    drop(pages_home, "people", second__csv=b"id,name\n2,Bo\n3,Cy\n")
    app = press(to_preview(open_page), "Continue")
    app = next(radio for radio in app.radio if "earlier files" in radio.label).set_value(Mode.UPSERT).run()
    blocked = next(button.disabled for button in app.button if button.label == "Import the file")

    app = next(box for box in app.multiselect if box.label == "Which columns name a row?").set_value(["id"]).run()

    counts = {metric.label: metric.value for metric in app.metric}
    assert blocked
    assert (counts["New"], counts["Changed"], counts["Same"]) == ("1", "1", "0")


def test_a_file_with_the_columns_of_a_dataset_is_not_taken_for_a_new_one_unsaid(open_page, pages_home):
    columns = tuple(Column(source=name, name=name) for name in ("id", "name"))
    pages_home.catalog.save(DatasetSpec(name="people", recipe=Recipe(columns=columns)), author="ada")
    drop(pages_home, "people_october", october__csv=b"id,name\n2,Bo\n3,Cy\n")
    drop(pages_home, "places", places__csv=b"id,place\n2,York\n3,Bath\n")

    alike, other = said(to_preview(open_page)), said(to_preview(open_page))

    assert "**people** has the same columns" in alike
    assert "has the same columns" not in other


def test_rows_that_would_leave_are_behind_a_brake(open_page, pages_home):
    drop(pages_home, "people", first__csv=b"id,name\n1,Ada\n2,Bob\n")
    app = press(to_preview(open_page), "Continue")
    app = next(radio for radio in app.radio if "earlier files" in radio.label).set_value(Mode.UPSERT).run()
    app = next(box for box in app.multiselect if box.label == "Which columns name a row?").set_value(["id"]).run()

    app = next(toggle for toggle in app.toggle if "leave the table" in toggle.label).set_value(True).run()
    app = next(box for box in app.number_input if "Ask me" in box.label).set_value(25).run()
    press(app, "Import the file").run()

    saved = pages_home.catalog.get("dataset", "default", "people").spec
    assert isinstance(saved, DatasetSpec)
    assert (saved.mode, saved.primary_key) == (Mode.UPSERT, ("id",))
    assert (saved.delete_missing, saved.delete_limit) == (True, 0.25)


def test_other_headers_are_matched_with_reasons_and_the_dataset_keeps_its_columns(open_page, pages_home):
    imported(pages_home, "people", b"first_name,phone\nAda,020 1\nBob,020 2\n", open_page)
    drop(pages_home, "people", vornamen__csv=b"Vorname,Telefon,Hund\nCy,030 1,Rex\n")
    app = to_preview(open_page)
    proposed = next(frame.value for frame in app.dataframe if "Column of the dataset" in frame.value.columns)

    app = press(app, "Read the file like this")
    mapped = said(app)
    app = to_end(app)

    saved = pages_home.catalog.get("dataset", "default", "people").spec
    batch = pages_home.ingest.run(pages_home.batches.recent("default", "people")[0].id)
    assert "is new" not in mapped
    assert list(proposed["Column of the dataset"]) == ["first_name", "phone", "leave it out"]
    assert [column.source for column in saved.recipe.columns] == ["first_name", "phone"]
    assert saved.other_recipes[0].ignored == ("Hund",)
    assert (batch.state, batch.rows_loaded) == (BatchState.COMMITTED, 1)


def test_a_file_that_differs_says_how(open_page, pages_home):
    rows = "".join(f"{number},{number % 7}\n" for number in range(400))
    imported(pages_home, "figures", f"id,amount\n{rows}".encode(), open_page)
    drop(pages_home, "figures", few__csv=b"id,amount\n1,99000\n")

    app = to_preview(open_page)

    assert "Different this time" in said(app)
    assert not app.exception


def test_a_file_is_read_again_in_another_way(open_page, pages_home):
    imported(pages_home, "towns", b"no,town\n1,Leeds\n2,York\n~3,nowhere\n", open_page)
    (first,) = pages_home.batches.recent("default", "towns")
    app = open_page("import", batch=first.id)
    app = next(box for box in app.text_input if box.label == "Comment lines start with").set_value("~").run()

    app = press(app, "Continue")
    warned = said(app)
    app = press(app, "Import the file").run()

    (second,) = [batch for batch in pages_home.batches.recent("default", "towns") if batch.id != first.id]
    assert pages_home.batches.get(first.id).state is BatchState.UNDONE
    assert "that one is undone first" in warned
    assert (second.state, second.rows_loaded, second.account.comment) == (BatchState.COMMITTED, 2, 1)
    assert not app.exception


def test_another_reading_of_dates_names_the_rows_that_get_it_and_undoes_nothing_yet(open_page, pages_home):
    imported(pages_home, "days", DATES, open_page)
    (batch,) = pages_home.batches.recent("default", "days")
    app = open_page("import", batch=batch.id)
    question = next(radio for radio in app.radio if "day" in radio.label)

    app = question.set_value(next(n for n, label in enumerate(question.options) if "MM/DD/YYYY" in label)).run()

    assert "of the table will be read again" in said(app)
    assert not next(button.disabled for button in app.button if button.label == "Continue")
    assert pages_home.batches.get(batch.id).state is BatchState.COMMITTED


@pytest.mark.parametrize("width", [1, 3])
def test_a_picked_row_marks_its_lines(width):
    from streamlit_app.components.raw_text import lines_around

    text = "".join(f"line {number}\r\n" for number in range(1, 50))
    source = BytesIO(text.encode())

    shown = dict(lines_around(source, "utf-8", (20, width)))

    assert shown[20] == "line 20"
    assert min(shown) == 14
    assert max(shown) == 20 + width + 5
