"""FACTS 15 to 19: what usual readers lose or change in a workbook is kept, or set aside with its row."""

import io
from datetime import time

import openpyxl
import xlsxwriter


def workbook(*rows: list[object]) -> openpyxl.Workbook:
    book = openpyxl.Workbook()
    assert book.active is not None
    for row in rows:
        book.active.append(row)
    return book


def saved(book: openpyxl.Workbook) -> bytes:
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def test_fact_15_words_and_errors_in_a_number_column_are_never_silent_nulls(through):
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target)
    sheet = book.add_worksheet()
    sheet.write_row(0, 0, ["id", "amount"])
    for row in range(1, 11):
        sheet.write_row(row, 0, [f"a{row}", row * 1.5])
    sheet.write_string(3, 1, "00A7")
    sheet.write_string(5, 1, "n/a")
    sheet.write_formula(7, 1, "=1/0", None, "#DIV/0!")
    book.close()

    outcome = through(target.getvalue(), "amounts.xlsx")

    imported = dict(zip(outcome.column("id", "imported"), outcome.column("amount", "imported"), strict=True))
    assert (imported["a3"], imported["a5"]) == ("00A7", "n/a")
    quarantined = outcome.rows("quarantine")
    assert (8, "error_cell") in outcome.aside()
    assert "#DIV/0!" in quarantined.filter(quarantined["_line"] == 8)["text"][0]
    known = {*outcome.column("id"), *(text.split("\t")[0] for text in quarantined["text"])}
    assert {f"a{row}" for row in range(1, 11)} <= {word.strip('"') for text in known for word in text.split(",")}


def test_fact_16_a_formula_that_was_saved_without_its_value_is_set_aside(through):
    book = workbook(["id", "amount"], ["a", 1], ["b", 2], ["c", "=B2+B3"], ["d", 4])

    outcome = through(saved(book), "formula.xlsx")

    assert outcome.column("id") == ["a", "b", "d"]
    assert outcome.aside() == [(4, "formula_without_value")]


def test_fact_17_leading_zeros_that_a_number_format_shows_are_read(through):
    book = workbook(["code", "qty"], [123, 1], [45, 2])
    assert book.active is not None
    for row in (2, 3):
        book.active.cell(row, 1).number_format = "00000"

    outcome = through(saved(book), "codes.xlsx")

    assert outcome.column("code") == ["00123", "00045"]


def test_fact_18_a_time_of_day_is_a_time_and_no_day_in_1899(through):
    book = workbook(["id", "opens"], [1, time(8, 30)], [2, time(17, 0, 30)])

    outcome = through(saved(book), "times.xlsx")

    assert outcome.column("opens", "imported") == ["08:30:00", "17:00:30"]
    assert [str(value) for value in outcome.column("opens")] == ["08:30:00", "17:00:30"]


def test_fact_19_hidden_rows_and_merged_cells_are_named(through):
    book = workbook(["id", "group"], [1, "x"], [2, None], [3, "y"], [4, "y"])
    sheet = book.active
    assert sheet is not None
    sheet.row_dimensions[5].hidden = True
    sheet.merge_cells("B2:B3")

    outcome = through(saved(book), "hidden.xlsx")

    told = " ".join(f"{note.what} {note.text}" for note in outcome.inspection.notes).lower()
    assert "hidden" in told
    assert "merged" in told
    account = outcome.batch.account
    assert account.loaded + account.skipped + account.quarantined == 4
