"""Rows that came back are in the table once, whatever becomes of the file that they came from."""

import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from set_aside import CHECKS, COLUMNS, FILE, bring, ids, mended, orders, rows, states

from hestia_assets.bootstrap import Hestia
from hestia_assets.core.errors import EditError, HeldError
from hestia_assets.core.results import Batch, BatchState, Fix
from hestia_assets.core.specs import CheckSpec, DatasetSpec, Mode, Recipe, Severity

WIDER = orders(CheckSpec(rule="in_range", columns=("qty",), params={"min": -99}), CHECKS[1])


def loaded(home: Hestia) -> Batch:
    """Three rows of the file came back; by which batch."""
    done = home.quarantine.resubmit(orders(), mended(home, 3), author="bea").batch
    assert done is not None
    return done


def is_each_once(home: Hestia) -> bool:
    return rows(home)["id"].is_unique().all()


def test_a_file_that_comes_again_under_a_wider_rule_waits_while_its_rows_are_there(home):
    first = bring(home)
    back = loaded(home)
    home.ingest.undo(first.id, author="ada", keep_fixes=True)

    again = bring(home, FILE, WIDER)

    assert (again.state, rows(home).height) == (BatchState.HELD, 3)
    assert "3 rows of orders.csv" in again.problem.message
    assert back.id in again.problem.message
    home.ingest.undo(back.id, author="ada")
    home.ingest.release(again.id, author="ada")
    home.ingest.run(again.id)
    assert (rows(home).height, is_each_once(home)) == (12, True)


def test_an_undone_file_is_not_read_again_over_rows_that_an_exemption_let_in(home):
    first = bring(home)
    home.quarantine.accept(orders(), ids(home)[:2], reason="agreed", until=None, author="bea")
    home.ingest.undo(first.id, author="ada", keep_fixes=True)

    again = home.ingest.reimport(first.id, author="ada")

    assert (again.state, is_each_once(home)) == (BatchState.HELD, True)


@pytest.mark.parametrize("spec", [orders(), WIDER])
def test_a_resubmission_is_not_redone_when_its_rows_came_with_the_file_again(home, spec):
    first = bring(home)
    back = loaded(home)
    for batch in (back, first):
        home.ingest.undo(batch.id, author="ada")
    bring(home, FILE, spec)
    if spec is not WIDER:
        loaded(home)

    with pytest.raises(HeldError, match="since it was undone"):
        home.ingest.redo(back.id, author="ada")

    assert is_each_once(home)


def test_a_resubmission_is_redone_while_its_rows_are_open_in_the_file_that_came_again(home):
    first = bring(home)
    back = loaded(home)
    for batch in (back, first):
        home.ingest.undo(batch.id, author="ada")
    bring(home)

    home.ingest.redo(back.id, author="ada")

    assert (rows(home).height, states(home)) == (5, {"loaded": 3, "open": 7})


def test_rows_that_a_file_took_out_with_all_others_are_open_again(home):
    spec = orders(mode=Mode.REPLACE)
    first = bring(home, FILE, spec)
    loaded(home)
    home.ingest.undo(first.id, author="ada")

    bring(home, FILE, spec)

    assert (rows(home).height, states(home)) == (2, {"open": 10})


def test_a_row_keeps_its_values_when_a_column_is_called_otherwise_later(home):
    bring(home)
    first, second, *_ = ids(home)
    home.quarantine.resubmit(orders(), [Fix(first, {"qty": "-7"})], author="bea")  # wrong still
    columns = (COLUMNS[0], COLUMNS[1].model_copy(update={"name": "amount"}), *COLUMNS[2:])
    check = CheckSpec(rule="in_range", columns=("amount",), params={"min": 1})
    spec = DatasetSpec(name="orders", recipe=Recipe(columns=columns), checks=(check, CHECKS[1]))
    home.catalog.save(spec, author="ada")

    assert [home.quarantine.entry(spec, one).values["amount"] for one in (first, second)] == ["-7", "-4"]
    assert home.quarantine.replay(spec, author="bea").loaded == ()


def test_accepting_rows_does_not_undo_what_somebody_saved_while_they_were_judged(home):
    bring(home)
    stricter = orders(*CHECKS, CheckSpec(rule="not_null", columns=("day",)))

    def busy() -> datetime:  # asked for the time when the dataset was read, and before it is saved
        home.catalog.save(stricter, author="cyd")
        return datetime.now(UTC)

    desk = replace(home.quarantine, runner=lambda: replace(home.ingest.runner, clock=busy))

    with pytest.raises(EditError, match="Somebody changed"):
        desk.accept(orders(), ids(home)[:1], reason="agreed", until=None, author="bea")
    assert home.catalog.get("dataset", "default", "orders").spec == stricter
    assert states(home) == {"open": 10}


def test_every_row_of_a_file_of_one_line_is_found_again_when_it_is_read_otherwise(home):
    records = [{"id": str(n), "qty": "-1", "day": "2026-01-02", "unit": "kg"} for n in (1, 2, 3, 3)]
    spec = DatasetSpec(name="orders", recipe=Recipe(format="json", columns=COLUMNS), checks=CHECKS)
    bring(home, json.dumps(records), spec, name="orders.json")
    columns = (*COLUMNS[:3], COLUMNS[3].model_copy(update={"name": "measure"}))
    home.catalog.save(DatasetSpec(name="orders", recipe=Recipe(format="json", columns=columns)), author="ada")

    home.quarantine.replay(orders(), author="bea")

    assert rows(home)["id"].to_list() == ["1", "2", "3", "3"]


def test_a_held_resubmission_loses_no_value_to_a_column_that_is_called_otherwise_by_now(home):
    few = CheckSpec(rule="in_range", columns=("qty",), params={"max": 99}, severity=Severity.HOLD, label="few")
    bring(home, FILE, orders(*CHECKS, few))
    held = home.quarantine.resubmit(orders(), [Fix(ids(home)[0], {"qty": "5000"})], author="bea").batch
    columns = (COLUMNS[0], COLUMNS[1].model_copy(update={"name": "amount"}), *COLUMNS[2:])
    home.catalog.save(DatasetSpec(name="orders", recipe=Recipe(columns=columns)), author="ada")
    home.ingest.release(held.id, author="cyd")

    with pytest.raises(HeldError, match="no column 'qty' any more"):
        home.ingest.run(held.id)

    assert rows(home).height == 2
    home.ingest.discard(held.id, author="cyd")
    assert states(home) == {"open": 10}


def test_what_a_file_replaced_does_not_come_back_beside_rows_of_the_file(home):
    spec = orders(mode=Mode.REPLACE)
    bring(home, FILE, spec)
    loaded(home)
    second = bring(home, FILE.replace("00012", "99999"), spec)
    back = loaded(home)

    with pytest.raises(HeldError, match=back.id):
        home.ingest.undo(second.id, author="ada", keep_fixes=True)
    for batch in (back, second):
        home.ingest.undo(batch.id, author="ada")

    assert (rows(home).height, is_each_once(home), states(home)) == (5, True, {"open": 7, "loaded": 3})
