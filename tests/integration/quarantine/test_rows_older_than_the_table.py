"""By key, a fixed row of an old file does not take the place of what a later file said, unless somebody says so."""

import pytest
from set_aside import CHECKS, bring, ids, orders, rows, states

from hestia_assets.bootstrap import Hestia
from hestia_assets.core.results import BatchState, EntryAction, EntryId, Fix, NewerRow, RowEdit
from hestia_assets.core.specs import CheckSpec, ColumnType, Mode, Severity

HEADER = "id,qty,day,unit\n"
SPEC = orders(mode=Mode.UPSERT, primary_key=("id",))
OLD = HEADER + "00003,-3,2026-01-01,kg\n00004,-4,2026-01-01,kg\n00005,-5,2026-01-01,kg\n00006,-6,2026-01-01,kg\n"
NEW = HEADER + "00003,30,2026-02-01,kg\n00004,4,2026-01-01,kg\n"


@pytest.fixture
def later(home: Hestia) -> str:
    """Four rows of an old file wait; a later file says something newer of one, and the same of another. Its batch."""
    bring(home, HEADER + "00006,60,2025-12-31,kg\n", SPEC, name="older.csv")
    bring(home, OLD, SPEC, name="old.csv")
    return bring(home, NEW, SPEC, name="new.csv").id


def fixes(home: Hestia) -> list[Fix]:
    return [Fix(one, {"qty": str(one.row + 2)}) for one in ids(home)]


def table(home: Hestia) -> dict[str, int]:
    return dict(rows(home).select("id", "qty").iter_rows())


def steps(home: Hestia, one: EntryId) -> list[tuple[EntryAction, str]]:
    return [(step.action, step.note) for step in home.quarantine.history(SPEC, one)][1:]


def test_the_preview_names_them_with_both_values_and_the_batch(home, later):
    wanted = fixes(home)

    found = home.quarantine.preview(SPEC, wanted)

    newer = NewerRow(wanted[0].id, "id 00003", later, {"qty": ("30", "3"), "day": ("2026-02-01", "2026-01-01")})
    assert found.newer == (newer,)
    assert found.loaded == tuple(fix.id for fix in wanted[1:])
    assert (found.still_wrong, found.over_newer) == ((), False)
    over = home.quarantine.preview(SPEC, wanted, over_newer=True)
    assert (over.newer, len(over.loaded), over.over_newer) == ((newer,), 4, True)


def test_they_stay_open_with_their_corrections_and_say_why(home, later):
    wanted = fixes(home)

    done = home.quarantine.resubmit(SPEC, wanted, author="bea", note="asked")

    assert table(home) == {"00003": 30, "00004": 4, "00005": 5, "00006": 6}
    assert ([one.id for one in done.newer], len(done.loaded), done.still_wrong) == ([wanted[0].id], 3, ())
    entry = home.quarantine.entry(SPEC, wanted[0].id)
    assert (entry.rule, entry.values["qty"]) == ("newer", "3")
    assert "new.csv" in entry.message
    assert later in entry.message
    assert states(home) == {"open": 1, "loaded": 3}
    assert steps(home, wanted[0].id) == [(EntryAction.OUTDATED, "asked")]


def test_told_so_they_are_loaded_and_the_choice_stands_in_their_history(home, later):
    wanted = fixes(home)

    done = home.quarantine.resubmit(SPEC, wanted, author="bea", note="asked", over_newer=True)

    assert table(home) == {"00003": 3, "00004": 4, "00005": 5, "00006": 6}
    assert (len(done.loaded), [one.id for one in done.newer]) == (4, [wanted[0].id])
    assert steps(home, wanted[0].id) == [(EntryAction.CORRECTED, f"asked (over the newer value of {later})")]
    assert steps(home, wanted[1].id) == [(EntryAction.CORRECTED, "asked")]
    home.ingest.undo(done.batch.id, author="bea")
    assert table(home) == {"00003": 30, "00004": 4, "00006": 60}


def test_what_came_after_the_preview_is_not_lost_unseen(home, later):
    wanted = fixes(home)[:1]
    seen = home.quarantine.preview(SPEC, wanted, over_newer=True).newer
    latest = bring(home, HEADER + "00003,40,2026-03-01,kg\n", SPEC, name="latest.csv").id

    done = home.quarantine.resubmit(SPEC, wanted, author="bea", over_newer=seen)

    assert (table(home)["00003"], done.loaded, [one.since for one in done.newer]) == (40, (), [latest])
    wide = CheckSpec(rule="in_range", columns=("qty",), params={"min": 100})
    version = home.catalog.save(SPEC.model_copy(update={"checks": (wide,)}), author="ada").version
    left = home.quarantine.accept(SPEC, [wanted[0].id], reason="so", until=None, author="bea", over_newer=seen)
    spec = home.catalog.get("dataset", "default", "orders")
    assert (table(home)["00003"], left.loaded, spec.spec.checks, spec.version) == (40, (), (wide,), version)
    now = home.quarantine.accept_preview(SPEC, [wanted[0].id]).newer
    home.quarantine.accept(SPEC, [wanted[0].id], reason="so", until=None, author="bea", over_newer=now)
    assert table(home)["00003"] == 3


def test_a_later_file_that_repeats_what_the_table_says_counts_as_newer_too(home):
    same = HEADER + "00003,30,2026-01-01,kg\n"
    bring(home, same, SPEC, name="first.csv")
    bring(home, HEADER + "00003,-4,2026-02-01,kg\n00004,-4,2026-02-01,kg\n", SPEC, name="wrong.csv")
    wanted = [Fix(one, {"qty": "4"}) for one in ids(home)]
    assert home.quarantine.preview(SPEC, wanted).newer == ()
    again = bring(home, same + "00004,-9,2026-03-01,kg\n", SPEC, name="again.csv").id

    done = home.quarantine.resubmit(SPEC, wanted, author="bea")

    assert [(one.id, one.since, one.values["qty"]) for one in done.newer] == [(wanted[0].id, again, ("30", "4"))]
    assert (table(home), "again.csv" in home.quarantine.entry(SPEC, wanted[0].id).message) == (
        {"00003": 30, "00004": 4},
        True,
    )
    home.quarantine.resubmit(SPEC, wanted[:1], author="bea", over_newer=done.newer)
    assert table(home)["00003"] == 4


def test_they_are_known_where_the_types_of_the_columns_will_change(home):
    bring(home, HEADER + "3,-3,2026-01-01,kg\n4,-4,2026-01-01,kg\n", SPEC, name="old.csv")
    bring(home, HEADER + "3,30,2026-01-01,kg\n", SPEC, name="new.csv")
    types = {"id": ColumnType.INTEGER, "qty": ColumnType.TEXT}
    columns = tuple(one.model_copy(update={"type": types.get(one.name, one.type)}) for one in SPEC.recipe.columns)
    recipe = SPEC.recipe.model_copy(update={"columns": columns})
    home.catalog.save(SPEC.model_copy(update={"recipe": recipe, "checks": ()}), author="ada")
    wanted = fixes(home)

    foreseen = home.quarantine.preview(SPEC, wanted)
    done = home.quarantine.resubmit(SPEC, wanted, author="bea")

    assert [(one.id, one.values["qty"]) for one in foreseen.newer] == [(wanted[0].id, ("30", "3"))]
    assert (done.newer, done.loaded) == (foreseen.newer, foreseen.loaded)
    assert table(home) == {3: "30", 4: "4"}


def test_judged_again_they_are_left_alone_or_loaded_as_told(home, later):
    home.catalog.save(SPEC.model_copy(update={"checks": ()}), author="ada")

    foreseen = home.quarantine.replay_preview(SPEC)
    first, again = (home.quarantine.replay(SPEC, author="bea") for _ in range(2))

    for found in (foreseen, first):
        assert ([one.key for one in found.newer], len(found.loaded)) == (["id 00003", "id 00004"], 2)
    assert ([one.key for one in again.newer], again.loaded, again.batch) == (["id 00003", "id 00004"], (), None)
    assert table(home) == {"00003": 30, "00004": 4, "00005": -5, "00006": -6}
    assert len(home.quarantine.replay(SPEC, author="bea", over_newer=True).loaded) == 2
    assert table(home) == {"00003": -3, "00004": -4, "00005": -5, "00006": -6}


def test_accepted_they_stay_as_they_are_without_an_exemption(home, later):
    some = ids(home)[:3]

    foreseen = home.quarantine.accept_preview(SPEC, some)
    done = home.quarantine.accept(SPEC, some, reason="agreed", until=None, author="bea")

    assert [one.key for one in foreseen.newer] == [one.key for one in done.newer] == ["id 00003", "id 00004"]
    assert foreseen.loaded == done.loaded == tuple(some[2:])
    assert table(home) == {"00003": 30, "00004": 4, "00005": -5, "00006": 60}
    (check, _) = home.catalog.get("dataset", "default", "orders").spec.checks
    assert [one.match["id"] for one in check.exemptions] == ["00005"]
    assert steps(home, some[0]) == []
    home.quarantine.accept(SPEC, some[:1], reason="agreed", until=None, author="bea", over_newer=True)
    assert table(home)["00003"] == -3


def test_what_became_newer_while_the_rows_waited_is_not_overwritten_by_an_earlier_word(home, later):
    hold = CheckSpec(rule="in_range", columns=("qty",), params={"max": 2}, severity=Severity.HOLD, label="few")
    spec = SPEC.model_copy(update={"checks": (*CHECKS, hold)})
    home.catalog.save(spec, author="ada")
    one = ids(home)[0]
    held = home.quarantine.resubmit(spec, [Fix(one, {"qty": "3"})], author="bea", over_newer=True).batch
    assert held.state is BatchState.HELD
    home.ingest.edit(spec, [RowEdit(later, 1, {"qty": "1"})], author="cyd")

    home.ingest.release(held.id, author="ada")
    home.ingest.run(held.id)

    assert table(home)["00003"] == 1
    assert home.quarantine.entry(spec, one).rule == "newer"


def test_that_a_later_file_took_a_key_out_is_newer_too(home):
    spec = orders(mode=Mode.UPSERT, primary_key=("id",), delete_missing=True, delete_limit=1)
    bring(home, HEADER + "00003,1,2025-01-01,kg\n", spec, name="older.csv")
    bring(home, OLD, spec, name="old.csv")
    gone = bring(home, HEADER + "00009,9,2026-02-01,kg\n", spec, name="new.csv").id

    found = home.quarantine.preview(spec, fixes(home))

    assert found.newer == (NewerRow(ids(home)[0], "id 00003", gone, {}, is_gone=True),)
    assert len(found.loaded) == 3


def test_of_rows_that_say_the_same_none_counts_as_loaded_beside_a_newer_value(home, later):
    bring(home, HEADER + "00003,-3,2026-01-02,kg\n", SPEC, name="twin.csv")
    bring(home, NEW.replace("30", "31"), SPEC, name="last.csv")
    pair = [one for one in ids(home) if one.row == 1]

    done = home.quarantine.resubmit(SPEC, [Fix(one, {"qty": "3", "day": "2026-01-02"}) for one in pair], author="bea")

    assert (len(pair), len(done.newer), done.loaded, table(home)["00003"]) == (2, 2, (), 31)
