"""Ids and rows that were sorted apart are told from rows that were mended: every order, every ordinary fix."""

from collections.abc import Sequence

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from hestia_assets.domains.ingest.resubmitting.apart import Came, Cells, moved

GOOD, BAD = ("5", "7", "kg", "", "2026-01-02"), ("-1", "-2", "x", "?")
WIDTH = st.integers(1, 5)
ANY = st.sampled_from([*GOOD, *BAD])


def came(now: Sequence[Cells], was: Sequence[Cells]) -> list[Came]:
    return [Came(tuple(cells), tuple(own), tuple(own)) for cells, own in zip(now, was, strict=True)]


def tables(*, unique: bool) -> st.SearchStrategy[list[Cells]]:
    rows = WIDTH.flatmap(lambda width: st.lists(st.tuples(*[ANY] * width), min_size=1, max_size=9, unique=unique))
    return rows.map(lambda found: [tuple(row) for row in found])


@settings(max_examples=60, deadline=None)
@given(data=st.data(), was=tables(unique=False))
def test_every_order_in_which_a_row_stands_beside_another_id_is_seen_and_no_other(data, was):
    now = data.draw(st.permutations(was))

    found = moved(came(now, was))

    assert set(found) == {place for place in range(len(was)) if now[place] != was[place]}
    if len(set(was)) == len(was):
        assert all(was[to] == now[place] for place, to in found.items())


@settings(max_examples=60, deadline=None)
@given(data=st.data(), was=tables(unique=False))
def test_right_values_for_wrong_ones_are_never_refused_however_many_and_however_alike(data, was):
    wrong = [(row, column) for row, cells in enumerate(was) for column, cell in enumerate(cells) if cell in BAD]
    mended = data.draw(st.sets(st.sampled_from(wrong))) if wrong else set()
    now = [list(cells) for cells in was]
    for row, column in sorted(mended):
        now[row][column] = data.draw(st.sampled_from(GOOD))

    assert moved(came([tuple(row) for row in now], was)) == {}


@settings(max_examples=60, deadline=None)
@given(data=st.data(), was=tables(unique=True))
def test_a_row_in_which_one_to_three_cells_were_changed_to_anything_is_never_refused(data, was):
    row = data.draw(st.integers(0, len(was) - 1))
    cells = list(was[row])
    for column in data.draw(st.lists(st.integers(0, len(cells) - 1), min_size=1, max_size=3)):
        cells[column] = data.draw(ANY)

    assert moved(came([*was[:row], tuple(cells), *was[row + 1 :]], was)) == {}


@settings(max_examples=40, deadline=None)
@given(data=st.data(), size=st.integers(2, 12))
def test_rows_that_were_mended_and_sorted_apart_are_seen_by_the_values_that_are_left(data, size):
    was = [(f"{n:05}", f"-{n}", f"2026-02-{n + 1:02}", "kg") for n in range(size)]
    order = data.draw(st.permutations(range(size)))
    assume(order != list(range(size)))
    now = [(was[to][0], data.draw(st.sampled_from(GOOD)), *was[to][2:]) for to in order]

    found = moved(came(now, was))

    assert found == {place: to for place, to in enumerate(order) if place != to}


def test_cells_that_moved_up_are_seen_and_what_people_do_is_not():
    was = [(str(n), f"-{n}", f"day {n}", "kg") for n in range(8)]
    for name, now, expected in (
        ("moved up", [*was[1:], ("", "", "", "")], set(range(7))),
        ("swapped", [was[1], was[0], *was[2:]], {0, 1}),
        ("all set alike", [(cells[0], "1", "day", "kg") for cells in was], set()),
        ("numbered anew", [(str(n + 1), *cells[1:]) for n, cells in enumerate(was)], set()),
        ("one written over another", [was[1], *was[1:]], set()),
        ("emptied", [("", "", "", "")] * 8, set()),
        ("a column sorted by itself", [(cells[0], f"-{7 - n}", *cells[2:]) for n, cells in enumerate(was)], set()),
    ):
        assert (name, set(moved(came(now, was)))) == (name, expected)
    assert moved(came([("6",), ("7",), ("8",)], [("5",), ("6",), ("7",)])) == {}, "numbers, each made one more"
    assert moved(came([("a", "x")], [("b", "y")])) == {}
    assert moved([]) == {}


def test_a_row_that_somebody_else_mended_meanwhile_is_at_home_with_its_older_values_too():
    somebody, mine = Came(("a", "-1"), ("a", "-1"), ("a", "3")), Came(("a", "3"), ("a", "-1"), ("a", "-1"))

    assert moved([somebody, mine]) == {}
    swapped = [Came(("b", "-2"), ("a", "-1"), ("a", "3")), Came(("a", "3"), ("b", "-2"), ("b", "-2"))]
    assert moved(swapped) == {0: 1, 1: 0}
