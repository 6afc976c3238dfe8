"""Rows that were set aside come back, once, and every step can be told and undone."""

from datetime import UTC, date, datetime, timedelta

import pytest
from set_aside import BAD, CHECKS, COLUMNS, EVERY, FILE, GOOD, bring, ids, mended, orders, rows, states

from hestia_assets.core.errors import EditError, HeldError, NotFoundError
from hestia_assets.core.layers import Layer
from hestia_assets.core.results import BatchState, EntryAction, EntryFilter, EntryId, EntryState, Fix
from hestia_assets.core.specs import CheckSpec, ColumnType, DatasetSpec, Mode, Recipe, Severity, Threshold
from hestia_assets.domains.ingest.loading.telling import committed


def test_a_page_of_entries_says_what_is_wrong_and_counts_all(home):
    batch = bring(home, FILE + "00013,3\n00014,x,2026-02-30,lb\n")

    page = home.quarantine.entries(orders(), limit=3)

    assert (page.total, len(page.entries), page.by_state) == (12, 3, {"open": 12})
    assert page.by_rule["in_range"] == 10
    assert page.by_batch == {batch.id: 12}
    first = page.entries[0]
    assert (first.id, first.file_name, first.line) == (EntryId(batch.id, 3), "orders.csv", 4)
    assert first.values == {"id": "00003", "qty": "-3", "day": "2026-02-03", "unit": "kg"}
    assert list(first.wrong) == ["qty"]
    last = home.quarantine.entries(orders(), limit=5, skip=10).entries
    assert [entry.line for entry in last] == [14, 15]
    assert last[0].text.strip() == "00013,3"
    assert last[0].values == {"id": "00013", "qty": "3", "day": None, "unit": None}
    assert set(last[1].wrong) == {"qty", "day", "unit"}
    found = home.quarantine.entries(orders(), EntryFilter(column="qty", search="-12")).entries
    assert [entry.values["id"] for entry in found] == ["00012"]


def test_a_dataset_without_bad_rows_has_an_empty_page(home):
    spec = orders()
    home.catalog.save(spec, author="ada")

    assert home.quarantine.entries(spec).total == 0
    with pytest.raises(NotFoundError):
        home.quarantine.entry(spec, EntryId("orders-1", 1))


def test_corrected_rows_are_loaded_and_the_others_stay_open_with_their_new_values(home):
    bring(home)
    fixes = [*mended(home, 2), Fix(mended(home, 3)[2].id, {"qty": "0", "unit": "lb"})]

    foreseen = home.quarantine.preview(orders(), fixes)
    assert rows(home).height == 2
    done = home.quarantine.resubmit(orders(), fixes, author="bea", note="typing errors")

    assert (foreseen.loaded, foreseen.still_wrong) == (done.loaded, done.still_wrong)
    assert done.loaded == (fixes[0].id, fixes[1].id)
    assert [(one.id, set(one.problems)) for one in done.still_wrong] == [(fixes[2].id, {"qty", "unit"})]
    assert done.batch is not None
    assert (done.batch.state, done.batch.rows_loaded, done.batch.account.balanced) == (BatchState.COMMITTED, 2, True)
    assert rows(home)["qty"].to_list() == [5, 7, 3, 4]
    assert states(home) == {"open": 8, "loaded": 2}
    entry = home.quarantine.entry(orders(), fixes[2].id)
    assert (entry.values["qty"], entry.values["unit"], set(entry.wrong)) == ("0", "lb", {"qty", "unit"})
    steps = home.quarantine.history(orders(), fixes[0].id)
    assert [step.action for step in steps] == [EntryAction.SET_ASIDE, EntryAction.CORRECTED]
    assert (steps[1].who, steps[1].note, steps[1].by_batch) == ("bea", "typing errors", done.batch.id)


def test_nothing_is_loaded_twice(home):
    bring(home)
    fixes = mended(home, 3)
    home.quarantine.resubmit(orders(), fixes, author="bea")
    home.quarantine.drop(orders(), [ids(home)[3]], reason="test rows", author="bea")

    again = home.quarantine.resubmit(orders(), [*fixes, Fix(ids(home)[3], {"qty": "1"})], author="bea")

    assert (len(again.known), again.loaded, again.batch) == (4, (), None)
    assert rows(home).height == 5


def test_undo_of_a_resubmission_opens_its_rows_again_and_redo_loads_them(home):
    bring(home)
    fixes = mended(home, 2)
    done = home.quarantine.resubmit(orders(), fixes, author="bea").batch

    home.ingest.undo(done.id, author="bea")
    assert (states(home), rows(home).height) == ({"open": 10}, 2)
    assert home.quarantine.entry(orders(), fixes[0].id).values["qty"] == "-3"
    home.ingest.redo(done.id, author="bea")
    assert (states(home)["loaded"], rows(home).height) == (2, 4)
    home.ingest.undo(done.id, author="bea")
    home.quarantine.resubmit(orders(), fixes[:1], author="bea")

    with pytest.raises(HeldError, match="since it was undone"):
        home.ingest.redo(done.id, author="bea")
    assert rows(home).height == 3
    with pytest.raises(HeldError, match="is a resubmission, no file"):
        home.ingest.reimport(done.id, author="bea")


def test_a_file_that_is_taken_out_takes_its_open_rows_along_and_what_came_back_is_known_when_it_comes_again(home):
    first = bring(home)
    home.quarantine.resubmit(orders(), mended(home, 2), author="bea")
    with pytest.raises(HeldError, match="came back since"):
        home.ingest.reimport(first.id, author="ada")

    home.ingest.undo(first.id, author="ada", keep_fixes=True)
    assert states(home) == {}
    again = bring(home)

    assert again.id != first.id
    assert states(home) == {"open": 8, "loaded": 2}
    done = home.quarantine.resubmit(orders(), [Fix(EntryId(again.id, 3), {"qty": "3"})], author="bea")
    assert len(done.known) == 1


def test_rows_are_dropped_with_a_reason_and_taken_back(home):
    bring(home)
    some = ids(home)[:4]

    assert home.quarantine.drop(orders(), some, reason="duplicates of January", author="bea") == 4
    assert states(home) == {"open": 6, "dropped": 4}
    assert home.quarantine.reopen(orders(), some[:1], author="cyd", note="not that one") == 1
    assert states(home) == {"open": 7, "dropped": 3}
    steps = home.quarantine.history(orders(), some[0])
    assert [(step.action, step.who) for step in steps][1:] == [
        (EntryAction.DROPPED, "bea"), (EntryAction.REOPENED, "cyd")]  # fmt: skip
    with pytest.raises(EditError, match="with a reason"):
        home.quarantine.drop(orders(), some, reason=" ", author="bea")


def test_a_decision_about_rows_that_it_cannot_be_about_names_and_counts_them_and_changes_nothing(home):
    bring(home)
    some = ids(home)
    home.quarantine.resubmit(orders(), mended(home, 1), author="bea")
    home.quarantine.drop(orders(), some[1:2], reason="x", author="bea")
    before, nobody = states(home), [EntryId("orders-1", row) for row in range(1, 8)]

    for call, asked, words in (
        ("drop", [some[5], *nobody], "7 of 8 rows are not in quarantine: orders-1#1, .*#5 and 2 more. Nothing was"),
        ("drop", [nobody[0]], "1 of 1 rows is not in quarantine: orders-1#1"),
        ("drop", some, f"1 row is loaded, not open: {some[0]}. 1 row is dropped, not open: {some[1]}."),
        ("reopen", [*some, nobody[0]], "1 of 11 rows is not in .* 8 rows are open, not dropped: .* 1 row is loaded"),
        ("accept", [some[2], nobody[0]], "1 of 2 rows is not in quarantine"),
        ("accept", some[:3], "1 row is loaded, not open"),
    ):
        more = {"drop": {"reason": "x"}, "reopen": {}, "accept": {"reason": "x", "until": None}}[call]
        with pytest.raises(EditError, match=words):
            getattr(home.quarantine, call)(orders(), asked, author="bea", **more)
    assert (states(home), home.catalog.get("dataset", "default", "orders").version) == (before, 1)
    assert home.quarantine.reopen(orders(), [some[1]] * 2, author="bea") == 1


def test_a_resubmission_never_takes_the_place_of_a_table_and_old_files_wait_for_nobody(home):
    spec = orders(mode=Mode.REPLACE)
    bring(home, FILE, spec)
    home.quarantine.resubmit(spec, mended(home, 3), author="bea")
    assert rows(home).height == 5

    bring(home, FILE.replace("00003", "99999"), spec)

    assert (rows(home).height, states(home)) == (2, {"open": 10})


def test_a_resubmission_updates_by_key_and_deletes_nothing(home):
    spec = orders(mode=Mode.UPSERT, primary_key=("id",), delete_missing=True, delete_limit=1)
    bring(home, FILE, spec)

    done = home.quarantine.resubmit(
        spec, [Fix(ids(home)[0], {"id": "00001", "qty": "50"}), *mended(home, 2, skip=1)], author="bea"
    )

    assert (len(done.loaded), done.batch.changes.changed, done.batch.changes.new) == (3, 1, 2)
    assert dict(rows(home).select("id", "qty").iter_rows()) == {"00001": 50, "00002": 7, "00004": 4, "00005": 5}
    home.ingest.undo(done.batch.id, author="bea")
    assert dict(rows(home).select("id", "qty").iter_rows()) == {"00001": 5, "00002": 7}
    assert states(home) == {"open": 10}


def test_checks_over_all_rows_and_keys_hold_for_rows_that_come_back(home):
    unique = CheckSpec(rule="unique", columns=("id",))
    spec = orders(*CHECKS, unique)
    bring(home, FILE, spec)
    fixes = [Fix(ids(home)[0], {"id": "00001", "qty": "3"}), *mended(home, 1, skip=1)]

    foreseen = home.quarantine.preview(spec, fixes)
    done = home.quarantine.resubmit(spec, fixes, author="bea")

    assert foreseen.loaded == done.loaded == (fixes[1].id,)
    assert [set(one.problems) for one in done.still_wrong] == [{"id"}]
    assert home.quarantine.entry(spec, fixes[0].id).rule == "unique"


def test_what_is_said_of_whole_files_does_not_hold_a_resubmission_back(home):
    few = CheckSpec(rule="in_range", columns=("qty",), params={"min": 1}, threshold=Threshold(share=0.9))
    spec = orders(few)
    bring(home, FILE, spec)

    done = home.quarantine.resubmit(spec, [Fix(ids(home)[0], {"qty": "-99"})], author="bea")

    assert (done.batch.state, len(done.still_wrong)) == (BatchState.COMMITTED, 1)


def test_a_resubmission_raises_no_alarm_about_the_share_of_rows_that_are_wrong(home):
    bring(home)

    done = home.quarantine.resubmit(orders(), [Fix(ids(home)[0], {"qty": "-9"})], author="bea")

    assert committed(home.batches.recent("default", "orders")[1], lambda check: check.name)
    assert committed(done.batch, lambda check: check.name) == []


def test_a_held_resubmission_loads_nothing_that_was_loaded_meanwhile(home):
    hold = CheckSpec(
        rule="in_range", columns=("qty",), params={"max": 1000}, severity=Severity.HOLD, label="not_too_many"
    )
    spec = orders(*CHECKS, hold)
    bring(home, FILE, spec)
    first = ids(home)[0]
    held = home.quarantine.resubmit(spec, [Fix(first, {"qty": "5000"})], author="bea")
    assert (held.batch.state, held.loaded, states(home)) == (BatchState.HELD, (), {"open": 10})

    home.quarantine.resubmit(spec, [Fix(first, {"qty": "5"})], author="bea")
    home.ingest.release(held.batch.id, author="cyd")

    with pytest.raises(HeldError, match="meanwhile"):
        home.ingest.run(held.batch.id)
    assert rows(home).height == 3


def test_a_held_resubmission_is_loaded_once_it_is_released(home):
    hold = CheckSpec(
        rule="in_range", columns=("qty",), params={"max": 1000}, severity=Severity.HOLD, label="not_too_many"
    )
    spec = orders(*CHECKS, hold)
    bring(home, FILE, spec)
    first = ids(home)[0]
    held = home.quarantine.resubmit(spec, [Fix(first, {"qty": "5000"})], author="bea", note="a big one")

    home.ingest.release(held.batch.id, author="cyd")
    (outcome,) = home.ingest.run_all([held.batch.id])

    assert outcome.state is BatchState.COMMITTED
    assert states(home) == {"open": 9, "loaded": 1}
    assert home.quarantine.history(spec, first)[1].note == "a big one"


def test_wrong_fixes_are_refused_by_name_before_anything_happens(home):
    bring(home)
    first = ids(home)[0]

    for fixes, error, words in (
        ([Fix(first, {"price": "1"})], EditError, "no column 'price'"),
        ([Fix(first), Fix(first)], EditError, "named twice"),
        ([Fix(EntryId("orders-1", 5))], NotFoundError, "orders-1#5"),
        ([Fix(first, {"unit": "\ud800"})], EditError, "no text"),
    ):
        with pytest.raises(error, match=words):
            home.quarantine.resubmit(orders(), fixes, author="bea")
    assert states(home) == {"open": 10}


def test_rows_are_accepted_by_an_exemption_that_ends(home):
    bring(home)
    today = datetime.now(UTC).date()
    some = ids(home)[:2]

    done = home.quarantine.accept(orders(), some, reason="returns", until=today, author="bea")

    assert (len(done.loaded), rows(home)["qty"].to_list()) == (2, [5, 7, -3, -4])
    spec = home.catalog.get("dataset", "default", "orders")
    assert isinstance(spec.spec, DatasetSpec)
    (check, _) = spec.spec.checks
    assert [(one.match, one.by, one.until) for one in check.exemptions] == [
        ({"qty": "-3"}, "bea", today), ({"qty": "-4"}, "bea", today)]  # fmt: skip
    assert spec.version == 2
    assert home.quarantine.history(orders(), some[0])[1].action is EntryAction.ACCEPTED
    for until, reason, words in ((today - timedelta(days=1), "x", "before today"), (None, "", "needs a reason")):
        with pytest.raises(EditError, match=words):
            home.quarantine.accept(orders(), ids(home)[2:3], reason=reason, until=until, author="bea")


def test_a_row_is_accepted_by_its_key_and_for_every_check_that_it_fails(home):
    spec = orders(*CHECKS, CheckSpec(rule="unique", columns=("id",)), primary_key=("id",))
    bring(home, "id,qty,day,unit\n1,5,2026-01-01,kg\n2,-5,2026-01-01,lb\n1,7,2026-01-01,kg\n", spec)

    done = home.quarantine.accept(spec, ids(home), reason="agreed", until=None, author="bea")

    assert len(done.loaded) == len(ids(home))
    now = home.catalog.get("dataset", "default", "orders").spec
    assert [[one.match for one in check.exemptions] for check in now.checks] == [
        [{"id": "2"}], [{"id": "2"}], [{"id": "1"}]]  # fmt: skip


def test_rows_that_no_exemption_can_let_in_are_named(home):
    bring(home, FILE + "00013,3\n00014,x,2026-02-03,kg\n")

    for entry in ids(home)[-2:]:
        with pytest.raises(EditError, match=str(entry)):
            home.quarantine.accept(orders(), [ids(home)[0], entry], reason="x", until=date(2100, 1, 1), author="bea")
    assert states(home) == {"open": 12}
    assert home.catalog.get("dataset", "default", "orders").version == 1


def test_after_a_rule_is_changed_open_rows_are_judged_again_as_they_are(home):
    bring(home)
    home.quarantine.drop(orders(), ids(home)[:1], reason="test", author="bea")
    wider = CheckSpec(rule="in_range", columns=("qty",), params={"min": -9})
    home.catalog.save(orders(wider, CHECKS[1]), author="ada")

    foreseen = home.quarantine.replay_preview(orders())
    done = home.quarantine.replay(orders(), author="bea")

    assert len(foreseen.loaded) == len(done.loaded) == 6
    assert len(done.still_wrong) == 3
    assert states(home) == {"open": 3, "loaded": 6, "dropped": 1}
    assert rows(home).height == 8
    again = home.quarantine.replay(orders(), author="bea")
    assert (again.loaded, again.batch, len(again.still_wrong)) == ((), None, 3)


def test_after_the_way_of_reading_is_changed_rows_are_read_again_from_their_file(home):
    text = "id,qty,day,unit\n1,5,2026-01-02,kg\n2,5,2026-01-02,'a,b'\n"
    spec = orders(CHECKS[0])
    bring(home, text, spec)
    assert [entry.values for entry in home.quarantine.entries(spec).entries] == [
        {"id": "2", "qty": "5", "day": "2026-01-02", "unit": "'a"}]  # fmt: skip
    assert home.quarantine.replay(spec, author="bea").loaded == ()
    quoted = Recipe(columns=COLUMNS, quote="'", chunk_bytes=1024)
    home.catalog.save(spec.model_copy(update={"recipe": quoted}), author="ada")

    done = home.quarantine.replay(spec, author="bea")

    assert len(done.loaded) == 1
    assert rows(home)["unit"].to_list() == ["kg", "a,b"]


def test_after_a_type_is_changed_open_rows_are_judged_under_it(home):
    bring(home, "id,qty,day,unit\n1,5,2026-01-02,kg\n2,5 or 6,2026-01-02,kg\n", orders(CHECKS[1]))
    text = (COLUMNS[0], COLUMNS[1].model_copy(update={"type": ColumnType.TEXT}), *COLUMNS[2:])
    recipe = Recipe.model_validate({"columns": text, "chunk_bytes": 1024})
    home.catalog.save(orders(CHECKS[1]).model_copy(update={"recipe": recipe}), author="ada")

    done = home.quarantine.replay(orders(), author="bea")

    assert len(done.loaded) == 1
    assert sorted(rows(home)["qty"].to_list()) == ["5", "5 or 6"]


def test_rows_that_came_back_keep_their_text_when_a_type_is_changed_later(home):
    bring(home)
    home.quarantine.resubmit(orders(), [Fix(ids(home)[0], {"qty": "77"})], author="bea")
    columns = (COLUMNS[0], COLUMNS[1].model_copy(update={"type": ColumnType.TEXT}), *COLUMNS[2:])
    spec = orders(CHECKS[1]).model_copy(update={"recipe": Recipe.model_validate({"columns": columns})})

    bring(home, "id,qty,day,unit\n2,x,2026-01-02,kg\n", spec)

    assert sorted(rows(home)["qty"].to_list()) == ["5", "7", "77", "x"]


def test_rows_of_files_that_are_written_otherwise_come_back_as_they_are_written(home):
    other = (
        COLUMNS[0].model_copy(update={"source": "Nummer"}),
        COLUMNS[1].model_copy(update={"source": "Menge"}),
        COLUMNS[2].model_copy(update={"source": "Tag", "format": "%d.%m.%Y"}),
        COLUMNS[3].model_copy(update={"source": "Einheit"}),
    )
    recipe = Recipe(columns=other, delimiter=";", chunk_bytes=1024)
    spec = orders(*CHECKS, other_recipes=(recipe,))
    bring(home, FILE, spec)
    bring(home, "Nummer;Menge;Tag;Einheit\n7;-7;31.12.2026;kg\n", spec, name="werk.csv")
    fixes = [*mended(home, 1), *mended(home, 1, skip=10)]

    done = home.quarantine.resubmit(spec, fixes, author="bea")

    assert len(done.loaded) == 2
    assert len(done.others) == 1
    assert rows(home).sort("day")["day"].to_list()[-1] == date(2026, 12, 31)


def test_a_resubmission_is_no_file(home):
    bring(home)
    home.quarantine.resubmit(orders(), mended(home, 1), author="bea")

    assert home.batches.counts("default", "orders").files == 1
    assert [batch.file_name for batch in home.batches.last_files("default", "orders", limit=5)] == ["orders.csv"]
    assert (len(GOOD), len(BAD), EVERY.states) == (2, 10, tuple(EntryState))
    assert rows(home, Layer.QUARANTINE).height == 10
