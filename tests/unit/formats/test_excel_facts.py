"""Rows 15 to 20 of the facts that were measured before the first line: what other readers lose without an error."""

import datetime as dt

from excel_workbooks import chunks_of, rows_of, sheet_of

from hestia_assets.formats.excel import FORMAT


def test_15_a_code_an_na_and_an_error_in_a_column_of_numbers_are_kept_or_set_aside_with_their_row():
    rows = [(number, number * 2) for number in range(2999)]
    source = sheet_of(("id", "count"), *rows, ("00A7", 1), ("n/a", 2), ("#DIV/0!", 3))

    (chunk,) = chunks_of(source)

    assert chunk.frame["id"].to_list()[-2:] == ["00A7", "n/a"]
    assert [(reject.line, reject.column, reject.value) for reject in chunk.rejects] == [(3003, "id", "#DIV/0!")]
    assert chunk.rejects[0].message == "The cell A3003 holds the error #DIV/0!."


def test_16_a_formula_saved_without_its_result_sets_its_row_aside():
    source = sheet_of(("price", "total"), (2, 3), (4, "=A3*2"))

    (chunk,) = chunks_of(source)

    assert chunk.frame["total"].to_list() == ["3"]
    assert [(reject.line, reject.column, reject.value) for reject in chunk.rejects] == [(3, "total", "=A3*2")]
    assert chunk.rejects[0].text == "4\t=A3*2"


def test_17_a_number_shown_with_leading_zeros_keeps_them():
    def as_code(sheet):
        sheet["A2"].number_format = "00000"

    source = sheet_of(("zip", "city"), (123, "Lund"), change=as_code)

    assert rows_of(source) == [("00123", "Lund")]
    assert rows_of(source, options={"formats": "stored"}) == [("123", "Lund")]


def test_18_a_time_stays_a_time():
    source = sheet_of(("opens", "shop"), (dt.time(8, 30), "Lund"))

    assert rows_of(source) == [("08:30:00", "Lund")]


def test_19_hidden_rows_and_merged_cells_are_told_and_read_as_chosen():
    def hide_and_merge(sheet):
        sheet.row_dimensions[3].hidden = True
        sheet.merge_cells("A2:A3")

    source = sheet_of(("region", "sales"), ("North", 1), (None, 2), ("South", 3), change=hide_and_merge)
    notes = {note.what: (note.count, note.places) for note in FORMAT.inspect(source, file_name="a.xlsx").notes}

    assert notes == {"hidden_rows": (1, ("row 3",)), "merged_cells": (1, ("A2:A3",))}
    assert rows_of(source) == [("North", "1"), (None, "2"), ("South", "3")]
    assert rows_of(source, options={"merged": "fill"}) == [("North", "1"), ("North", "2"), ("South", "3")]
    assert rows_of(source, options={"hidden_rows": "skip"}) == [("North", "1"), ("South", "3")]


def test_20_title_rows_and_a_totals_row_are_no_data():
    source = sheet_of(
        ("Sales report 2024",),
        ("Made by hand",),
        (),
        ("region", "sales"),
        ("North", 1),
        ("South", 2),
        ("Total", 3),
    )

    (chunk,) = chunks_of(source)

    assert chunk.frame.drop("_row", "_lines").rows() == [("North", "1", 5), ("South", "2", 6)]
    assert chunk.account.as_dict() == {
        "total": 7,
        "header": 1,
        "preamble": 2,
        "blank": 1,
        "comment": 0,
        "footer": 1,
        "loaded": 2,
        "quarantined": 0,
        "skipped": 0,
    }
