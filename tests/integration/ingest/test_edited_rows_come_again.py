"""A row that was edited stays when its file is undone; the file comes again without loading it a second time."""

from io import BytesIO

import pytest
from ingest_modes import HEADER, bring, change, keyed, said
from ingest_orders import opened

from hestia_assets.core.errors import HeldError
from hestia_assets.core.results import EDITED, BatchState, EntryFilter
from hestia_assets.core.sentences import left_as_edited

ROWS = "1,1,2026-01-01\n2,2,2026-01-02\n3,3,\n"


@pytest.fixture
def home(tmp_path):
    """In one kind of database: none of this is its business."""
    return opened(tmp_path)


def test_an_edited_row_is_not_loaded_beside_itself_when_its_file_comes_again(home):
    spec = keyed(mode="append", key=())
    first = bring(home, ROWS, spec)
    edit = change(home, spec, "3", qty="33")
    home.ingest.undo(first.id, author="ada")

    seen = home.ingest.verdict(BytesIO((HEADER + ROWS).encode()), spec)
    assert (seen.rows_good, [(one.rule, one.rows, one.first_line) for one in seen.aside]) == (2, [(EDITED, 1, 4)])
    assert [one.sample[0].value for one in seen.checks if one.rule == EDITED] == ["id 3, qty 33"]
    other = home.ingest.verdict(BytesIO((HEADER + ROWS + "4,4,\n").encode()), spec)
    assert other.rows_aside == 0  # other bytes are another file
    again = bring(home, ROWS, spec)

    assert (again.state, again.rows_loaded, again.rows_quarantined) == (BatchState.COMMITTED, 2, 1)
    assert again.account.balanced
    assert again.changes is not None
    assert again.changes.new == 2
    said_of_it = left_as_edited(again.checks, "line")
    assert said_of_it.startswith("1 row of this file is in the table already, as edited there before")
    assert "line 4 (id 3, qty 33)" in said_of_it
    assert said(home) == [("1", 1), ("2", 2), ("3", 33)]
    entry = home.quarantine.entries(spec).entries[0]
    assert (entry.line, entry.values["id"]) == (4, "3")
    assert edit.id in entry.wrong[""]
    assert "id 3, qty 33" in entry.wrong[""]
    assert home.quarantine.replay_preview(spec, EntryFilter()).loaded == ()
    assert home.quarantine.replay(spec, EntryFilter(), author="ada").loaded == ()

    home.ingest.undo(edit.id, author="ada")
    assert len(home.quarantine.replay(spec, EntryFilter(), author="ada").loaded) == 1
    assert said(home) == [("1", 1), ("2", 2), ("3", 3)]


def test_an_edit_is_not_redone_beside_the_row_that_came_again(home):
    spec = keyed(mode="append", key=())
    first = bring(home, ROWS, spec)
    edit = change(home, spec, "3", qty="33")
    home.ingest.undo(edit.id, author="ada")
    home.ingest.undo(first.id, author="ada")
    again = bring(home, ROWS, spec)

    with pytest.raises(HeldError, match="in line 4; with the edit they would be in the table twice"):
        home.ingest.redo(edit.id, author="ada")
    home.ingest.undo(again.id, author="ada")
    home.ingest.redo(first.id, author="ada")
    home.ingest.redo(edit.id, author="ada")
    assert said(home) == [("1", 1), ("2", 2), ("3", 33)]


def test_where_rows_are_updated_by_key_the_file_takes_the_edited_row_as_before(home):
    spec = keyed()
    first = bring(home, ROWS, spec)
    change(home, spec, "3", qty="33")
    home.ingest.undo(first.id, author="ada")
    again = bring(home, ROWS, spec)

    assert again.rows_quarantined == 0
    assert said(home) == [("1", 1), ("2", 2), ("3", 3)]
