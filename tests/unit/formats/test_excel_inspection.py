import datetime as dt

import openpyxl
import pytest
from excel_workbooks import chunks_of, recipe_for, rows_of, saved, sheet_of

from hestia_assets.formats.excel import FORMAT


def inspect(source):
    return FORMAT.inspect(source, file_name="book.xlsx")


def test_every_decision_has_a_reason():
    inspection = inspect(sheet_of(("Report",), (), ("id", "day"), (1, dt.date(2024, 1, 2)), ("Total", None)))

    assert [(reason.what, reason.value) for reason in inspection.reasons] == [
        ("sheet", "Sheet"),
        ("preamble", "1 row"),
        ("header", "row 3"),
        ("footer", "Total"),
    ]
    assert all(reason.because.endswith(".") for reason in inspection.reasons)


def test_a_table_without_a_header_gets_numbered_columns():
    source = sheet_of((1, 2.5), (2, 3.5), (3, 4.5))

    assert [column.source for column in recipe_for(source).columns] == ["column_1", "column_2"]
    assert len(rows_of(source)) == 3


def test_years_may_name_columns():
    source = sheet_of(("country", 2021, 2022, 2023), ("Chad", 1, 2, 3), ("Peru", 4, 5, 6))

    assert [column.source for column in recipe_for(source).columns] == ["country", "2021", "2022", "2023"]


def test_all_words_below_words_are_a_header_when_none_repeats():
    source = sheet_of(("city", "country"), ("Lund", "Sweden"), ("Malmö", "Sweden"))

    assert recipe_for(source).has_header


def test_two_header_rows_under_merged_cells_name_columns_together():
    def merge(sheet):
        sheet.merge_cells("A1:A2")
        sheet.merge_cells("B1:C1")
        sheet.merge_cells("D1:E1")

    source = sheet_of(
        ("region", 2023, None, 2024, None),
        (None, "plan", "done", "plan", "done"),
        ("North", 1, 2, 3, 4),
        ("South", 5, 6, 7, 8),
        change=merge,
    )
    recipe = recipe_for(source)

    assert recipe.header_lines == 2
    assert [column.source for column in recipe.columns] == [
        "region",
        "2023 plan",
        "2023 done",
        "2024 plan",
        "2024 done",
    ]
    assert rows_of(source)[0] == ("North", "1", "2", "3", "4")


def test_a_title_merged_over_the_table_is_no_header():
    def merge(sheet):
        sheet.merge_cells("A1:C1")

    source = sheet_of(("Sales 2024", None, None), ("id", "name", "sales"), (1, "a", 2), (2, "b", 3), change=merge)

    assert [column.source for column in recipe_for(source).columns] == ["id", "name", "sales"]


def test_details_above_the_table_are_a_preamble():
    source = sheet_of(
        ("Customer", "Ada"),
        ("Date", dt.date(2024, 1, 2)),
        (),
        ("pos", "article", "price", "amount"),
        (1, "Bolt", 0.1, 100),
        (2, "Nut", 0.2, 50),
        (3, "Gear", 10, 5),
    )
    recipe = recipe_for(source)

    assert (recipe.preamble_lines, recipe.columns[0].source) == (2, "pos")


@pytest.mark.parametrize("total", ["Total", "TOTAL:", "Grand total", "Summe", "Gesamt", "Total général", "Suma"])
def test_totals_are_a_footer(total):
    (chunk,) = chunks_of(sheet_of(("name", "sales"), ("a", 1), ("b", 2), (total, 3)))

    assert (chunk.account.loaded, chunk.account.footer) == (2, 1)


def test_remarks_below_a_gap_are_a_footer():
    source = sheet_of(("a", "b", "c"), (1, 2, 3), (4, 5, 6), (), ("Source: our own counts",), ("Printed by Ada",))

    (chunk,) = chunks_of(source)

    assert (chunk.account.loaded, chunk.account.blank, chunk.account.footer) == (2, 1, 2)


def test_a_last_row_that_only_begins_like_a_total_is_data():
    source = sheet_of(("company", "city"), ("Shell", "London"), ("Totalenergies", "Paris"))

    assert recipe_for(source).footer == ""


def test_the_visible_sheet_that_is_most_of_a_table_is_taken():
    book = openpyxl.Workbook()
    book["Sheet"].append(("Read me first",))
    for name, hidden in (("Old", True), ("Data", False)):
        sheet = book.create_sheet(name)
        sheet.sheet_state = "hidden" if hidden else "visible"
        for row in [("id", "name"), *((number, f"n{number}") for number in range(20))]:
            sheet.append(row)

    inspection = inspect(saved(book))

    assert inspection.recipe.options == {"sheet": "Data"}
    assert [(table.name, table.rows, table.hidden) for table in inspection.tables] == [
        ("Sheet", 1, False),
        ("Old", 21, True),
        ("Data", 21, False),
    ]
    assert [question.what for question in inspection.questions] == []


def test_sheets_that_are_tables_alike_are_asked_about_and_each_can_be_read():
    book = openpyxl.Workbook()
    for name in ("May", "June"):
        for row in [("id", "name"), (1, name), (2, name)]:
            (book[name] if name in book else book.create_sheet(name)).append(row)
    source = saved(book)

    (question,) = inspect(source).questions

    assert (question.what, [choice.label for choice in question.choices], question.chosen) == (
        "sheet",
        ["May", "June"],
        0,
    )
    assert rows_of(source, **question.choices[1].changes) == [("1", "June"), ("2", "June")]


def test_the_card_counts_what_the_sheet_hides_and_names_places():
    def messy(sheet):
        sheet.row_dimensions[4].hidden = True
        sheet.column_dimensions["C"].hidden = True
        sheet.merge_cells("A4:A5")
        sheet["B4"].number_format = "0000"
        sheet["D4"].number_format = "0%"

    source = sheet_of(
        ("Stock list",),
        ("place", "code", "checked", "share"),
        ("A", 7777, dt.time(8, 30), "=1/3"),
        ("B", 12, dt.time(9, 0), 0.25),
        (None, 1234, "#REF!", 0.5),
        change=messy,
    )
    notes = {note.what: (note.count, note.places) for note in inspect(source).notes}

    assert notes == {
        "title_rows": (1, ("row 1",)),
        "hidden_rows": (1, ("row 4",)),
        "hidden_columns": (1, ("column C",)),
        "merged_cells": (1, ("A4:A5",)),
        "formulas_without_value": (1, ("D3",)),
        "error_cells": (1, ("C5",)),
        "leading_zeros": (1, ("B4",)),
        "percent": (1, ()),
        "times": (2, ("C3", "C4")),
    }


def test_the_card_says_which_rows_below_the_table_are_left_out():
    source = sheet_of(
        ("shop", "sales", "costs"), ("A", 1, 2), ("B", 3, 4), ("Total", 4, 6), (None, None, None), ("as of May",)
    )
    notes = {note.what: (note.text, note.places) for note in inspect(source).notes}

    assert notes == {"footer_rows": ("2 rows below the table are left out, as totals or remarks.", ("row 4", "row 6"))}


def test_each_thing_that_can_be_read_in_two_ways_is_asked_once_with_the_safe_answer_first():
    def messy(sheet):
        sheet.row_dimensions[3].hidden = True
        sheet.merge_cells("A3:A4")
        sheet["B2"].number_format = "0000"

    source = sheet_of(("place", "code"), ("A", 12), ("B", 7), (None, "#REF!"), ("C", "=B2"), change=messy)
    questions = {question.what: question for question in inspect(source).questions}

    assert set(questions) == {"hidden_rows", "merged", "uncached", "errors", "formats"}
    assert all(question.chosen == 0 for question in questions.values())
    assert [choice.sample for choice in questions["formats"].choices] == [(("A", "0012"),), (("A", "12"),)]
    assert questions["errors"].choices[1].changes == {"options": {"errors": "text"}}


def test_a_plain_sheet_asks_nothing_and_says_nothing():
    inspection = inspect(sheet_of(("id", "name"), (1, "a"), (2, "b")))

    assert (inspection.questions, inspection.notes) == ((), ())


def test_the_only_sheet_may_have_another_name_next_month():
    book = openpyxl.Workbook()
    book["Sheet"].append(("id", "name"))
    book["Sheet"].append((1, "a"))
    book["Sheet"].title = "May"
    recipe = recipe_for(saved(book))
    book["May"].title = "June"

    (chunk,) = FORMAT.read(saved(book), recipe)

    assert chunk.frame["name"].to_list() == ["a"]
