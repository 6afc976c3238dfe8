"""A file whose ids were sorted apart from their rows is refused whole, before anything is loaded."""

import csv
import io
from io import BytesIO

import openpyxl
import pytest
from set_aside import bring, mended, orders, rows, states

from hestia_assets.bootstrap import Hestia
from hestia_assets.core.errors import ReadError
from hestia_assets.core.results import Fix, Returned

Table = list[list[str]]


def taken_along(home: Hestia) -> Table:
    target = BytesIO()
    home.quarantine.export(orders(), target, format="csv")
    return list(csv.reader(io.StringIO(target.getvalue().decode("utf-8-sig"), newline="")))


def handed_in(home: Hestia, table: Table, kind: str = "csv") -> Returned:
    target = BytesIO()
    if kind == "csv":
        text = io.StringIO(newline="")
        csv.writer(text).writerows(table)
        target.write(text.getvalue().encode())
    else:
        book = openpyxl.Workbook()
        book.worksheets[0].title = "Rows"
        for row in table:
            book.worksheets[0].append(row)
        book.save(target)
    target.seek(0)
    return home.quarantine.read_back(orders(), target, file_name=f"bad.{kind}")


def sorted_apart(table: Table, *columns: int, by: int) -> Table:
    """Some columns in another order, from large to small by one of them; the others stay."""
    order = sorted(table[1:], key=lambda row: row[by], reverse=True)
    moved = [
        [new[at] if at in columns else cell for at, cell in enumerate(old)]
        for old, new in zip(table[1:], order, strict=True)
    ]
    return [table[0], *moved]


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_ids_apart_are_refused_by_cell_and_rows_with_their_ids_are_taken(home, kind):
    bring(home)
    table = taken_along(home)
    fixed = [table[0], *([row[0], row[1], row[2].lstrip("-"), *row[3:]] for row in table[1:])]
    for name, apart in (
        ("the values", sorted_apart(table, 0, 1, 2, 3, 4, by=1)),
        ("the ids", sorted_apart(table, 5, by=5)),
        ("values that were mended", sorted_apart(fixed, 1, 2, 3, 4, by=1)),
        ("two ids", [*table[:9], [*table[9][:5], table[10][5]], [*table[10][:5], table[9][5]]]),
    ):
        with pytest.raises(ReadError, match="beside the ids of other rows") as refused:
            handed_in(home, apart, kind)
        assert ("F" in refused.value.message, "line 4 " in refused.value.message, name) == (
            True, name != "two ids", name)  # fmt: skip
        assert "Some columns were sorted" in refused.value.hint
    assert states(home) == {"open": 10}

    found = handed_in(home, sorted_apart(fixed, 0, 1, 2, 3, 4, 5, by=3), kind)

    assert (len(found.fixes), found.refused) == (10, ())
    assert len(home.quarantine.resubmit(orders(), found.fixes, author="bea").loaded) == 10
    assert rows(home)["qty"].to_list() == [5, 7, *range(3, 13)]


def test_ids_apart_are_seen_in_what_was_tried_before_too_and_a_file_from_before_is_no_such_thing(home):
    bring(home)
    before = taken_along(home)
    home.quarantine.resubmit(orders(), mended(home, 3), author="bea")
    tries = [Fix(fix.id, {"qty": "0"}) for fix in mended(home, 4)]
    home.quarantine.resubmit(orders(), tries, author="bea")
    after = taken_along(home)

    for table in (before, after):
        with pytest.raises(ReadError, match="beside the ids of other rows"):
            handed_in(home, sorted_apart(table, 5, by=5))
    assert (len(handed_in(home, before).known), len(handed_in(home, after).fixes)) == (3, 0)
