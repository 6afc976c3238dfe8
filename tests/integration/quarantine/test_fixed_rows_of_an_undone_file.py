"""Rows of a file that were fixed since: undo of the file says how many, and takes them along unless told otherwise."""

import pytest
from set_aside import FILE, bring, ids, mended, orders, rows, states

from hestia_assets.bootstrap import Hestia
from hestia_assets.core.errors import HeldError
from hestia_assets.core.results import EntryAction, EntryFilter, Fix, RowEdit
from hestia_assets.core.specs import Mode

OTHER = FILE.replace("\n0", "\n1")


def fix(home: Hestia, count: int, *, skip: int = 0) -> str:
    """So many rows come back; by which batch."""
    done = home.quarantine.resubmit(orders(), mended(home, count, skip=skip), author="bea").batch
    assert done is not None
    return done.id


def each_once(home: Hestia) -> bool:
    return rows(home)["id"].is_unique().all()


def test_they_are_counted_first_leave_with_the_file_and_come_back_with_it(home):
    first = bring(home)
    back = fix(home, 3)
    before = rows(home)

    foreseen, keeping = home.ingest.undo_preview(first.id), home.ingest.undo_preview(first.id, keep_fixes=True)

    assert (foreseen.removed, foreseen.fixed, foreseen.fixed_by, foreseen.fixes_stay) == (5, 3, (back,), False)
    assert (keeping.removed, keeping.fixed, keeping.fixed_by, keeping.fixes_stay) == (2, 3, (back,), True)
    assert rows(home).equals(before)
    gone = home.ingest.undo(first.id, author="ada")
    assert (gone.removed, gone.fixed, rows(home).height, states(home)) == (5, 3, 0, {})
    assert home.audit.recent(subject=first.id)[0].details["fixes_taken_back"] == 3
    assert home.ingest.redo(first.id, author="ada").restored == 5
    assert rows(home).equals(before)
    assert states(home) == {"loaded": 3, "open": 7}


def test_told_so_they_stay_and_are_known_when_the_file_comes_again(home):
    first = bring(home)
    fix(home, 3)

    home.ingest.undo(first.id, author="ada", keep_fixes=True)
    assert rows(home).height == 3
    bring(home)

    assert (rows(home).height, each_once(home), states(home)) == (5, True, {"loaded": 3, "open": 7})


def test_only_rows_of_the_file_leave_where_rows_of_several_files_were_fixed_at_once(home):
    first, second = bring(home), bring(home, OTHER, name="other.csv")
    fixes = [Fix(one, {"qty": "5"}) for batch in (first, second) for one in ids(home, EntryFilter(batch=batch.id))[:2]]
    home.quarantine.resubmit(orders(), fixes, author="bea")

    gone = home.ingest.undo(first.id, author="ada")

    assert (gone.removed, gone.fixed) == (4, 2)
    assert set(rows(home)["id"]) == {"10001", "10002", "10003", "10004"}
    assert states(home) == {"open": 8, "loaded": 2}
    (back,) = gone.fixed_by
    assert home.quarantine.left_with_files(orders(), back) == 2
    home.ingest.undo(back, author="ada")  # a fix is undone and redone while its file is undone
    assert rows(home)["id"].to_list() == ["10001", "10002"]
    home.ingest.redo(back, author="ada")
    assert rows(home)["id"].to_list() == ["10001", "10002", "10003", "10004"]
    home.ingest.redo(first.id, author="ada")
    assert (rows(home).height, each_once(home), states(home)) == (8, True, {"open": 16, "loaded": 4})
    assert home.quarantine.left_with_files(orders(), back) == 0


def test_handed_in_again_their_corrections_are_there_and_wait_to_be_loaded(home):
    first = bring(home)
    fix(home, 3)
    home.ingest.undo(first.id, author="ada")

    again = bring(home)

    assert (rows(home).height, states(home)) == (2, {"open": 10})
    one = home.quarantine.entries(orders(), limit=1).entries[0]
    assert (one.id.batch, one.values["qty"]) == (again.id, "3")
    steps = [step.action for step in home.quarantine.history(orders(), one.id)]
    assert steps == [EntryAction.SET_ASIDE, EntryAction.CORRECTED, EntryAction.TAKEN_BACK]
    assert len(home.quarantine.replay(orders(), author="bea").loaded) == 3
    assert (rows(home).height, each_once(home)) == (5, True)


def test_the_file_is_not_redone_when_they_came_in_by_another_way_meanwhile(home):
    first = bring(home)
    back = fix(home, 3)
    home.ingest.undo(first.id, author="ada")
    again = bring(home)
    later = home.quarantine.replay(orders(), author="bea").batch.id
    home.ingest.undo(again.id, author="ada", keep_fixes=True)

    with pytest.raises(HeldError, match="twice") as refused:
        home.ingest.redo(first.id, author="ada")

    assert back in refused.value.message
    assert later in refused.value.message
    home.ingest.undo(later, author="ada")
    home.ingest.redo(first.id, author="ada")
    assert (rows(home).height, each_once(home), states(home)) == (5, True, {"loaded": 3, "open": 7})


def test_a_row_fixed_in_the_file_and_again_when_it_came_again_is_the_first_fix_when_the_file_is_redone(home):
    first = bring(home)
    back = fix(home, 3)
    home.ingest.undo(first.id, author="ada")
    again = bring(home)
    later = home.quarantine.replay(orders(), author="bea").batch.id
    home.ingest.undo(again.id, author="ada")

    home.ingest.redo(first.id, author="ada")

    assert (rows(home).height, each_once(home), states(home)) == (5, True, {"loaded": 3, "open": 7})
    assert home.quarantine.replay(orders(), author="bea").loaded == ()
    assert home.ingest.undo_preview(first.id).fixed_by == (back,)
    home.ingest.undo(first.id, author="ada")
    home.ingest.redo(again.id, author="ada")
    assert (rows(home).height, each_once(home), states(home)) == (5, True, {"loaded": 3, "open": 7})
    assert home.ingest.undo_preview(again.id).fixed_by == (later,)


def test_two_fixes_of_one_row_do_not_both_stay_without_their_file(home):
    first = bring(home)
    back = fix(home, 3)
    home.ingest.undo(back, author="ada")
    later = fix(home, 3)
    home.ingest.undo(first.id, author="ada", keep_fixes=True)

    with pytest.raises(HeldError, match="twice") as refused:
        home.ingest.redo(back, author="ada")

    assert later in refused.value.message
    assert (rows(home).height, each_once(home)) == (3, True)


def test_what_was_taken_back_once_stays_when_the_file_is_undone_without_it_later(home):
    first = bring(home)
    fix(home, 3)
    home.ingest.undo(first.id, author="ada")
    home.ingest.redo(first.id, author="ada")

    home.ingest.undo(first.id, author="ada", keep_fixes=True)

    assert rows(home).height == 3
    home.ingest.redo(first.id, author="ada")
    assert (rows(home).height, states(home)) == (5, {"loaded": 3, "open": 7})
    home.ingest.undo(first.id, author="ada")
    assert rows(home).height == 0


def test_rows_that_a_file_inherited_leave_with_it_and_come_back_with_it(home):
    first = bring(home)
    fix(home, 3)
    home.ingest.undo(first.id, author="ada", keep_fixes=True)
    again = bring(home)
    fix(home, 2)

    assert home.ingest.undo_preview(again.id).fixed == 5
    home.ingest.undo(again.id, author="ada")

    assert rows(home).height == 0
    home.ingest.redo(again.id, author="ada")
    assert (rows(home).height, each_once(home), states(home)) == (7, True, {"loaded": 5, "open": 5})


def test_a_fixed_row_that_was_edited_since_stays_and_is_counted_so(home):
    first = bring(home)
    back = fix(home, 3)
    home.ingest.edit(orders(), [RowEdit(back, 1, {"qty": "77"})], author="cyd")

    foreseen = home.ingest.undo_preview(first.id)
    done = home.ingest.undo(first.id, author="ada")

    for found in (foreseen, done):
        assert (found.removed, found.fixed, found.kept) == (4, 2, 1)
    assert rows(home)["qty"].to_list() == [77]
    again = home.ingest.redo(first.id, author="ada")
    assert (again.restored, again.fixed, rows(home).height, each_once(home)) == (4, 2, 5, True)


def test_by_key_the_value_from_before_the_fix_comes_back(home):
    spec = orders(mode=Mode.UPSERT, primary_key=("id",))
    bring(home, "id,qty,day,unit\n00003,30,2026-01-01,kg\n", spec, name="old.csv")
    first = bring(home, FILE, spec)
    fix(home, 2)

    home.ingest.undo(first.id, author="ada")

    assert dict(rows(home).select("id", "qty").iter_rows()) == {"00003": 30}
    home.ingest.redo(first.id, author="ada")
    assert dict(rows(home).select("id", "qty").iter_rows()) == {"00001": 5, "00002": 7, "00003": 3, "00004": 4}


def test_what_a_file_replaced_comes_back_when_its_fixed_rows_leave_with_it(home):
    spec = orders(mode=Mode.REPLACE)
    bring(home, FILE, spec)
    second = bring(home, OTHER, spec, name="other.csv")
    fix(home, 2)

    with pytest.raises(HeldError, match="would stand beside"):
        home.ingest.undo(second.id, author="ada", keep_fixes=True)
    home.ingest.undo(second.id, author="ada")

    assert set(rows(home)["id"]) == {"00001", "00002"}
    home.ingest.redo(second.id, author="ada")
    assert rows(home).height == 4
