"""What a batch does to the rows that are there: joins them, takes their place, updates them by key."""

from datetime import date
from decimal import Decimal
from io import BytesIO

import polars as pl
import pytest
from ingest_modes import VALIDATED, bring, hand_in, keyed, said, validated
from ingest_orders import check, dataset

from hestia_assets.bootstrap import Hestia
from hestia_assets.core.errors import HeaderMismatchError, SpecError
from hestia_assets.core.layers import Layer, TableRef
from hestia_assets.core.results import BatchState, Changes, LineAccount
from hestia_assets.core.specs import Column, DatasetSpec, Mode, Recipe

THREE = "1,1,2026-01-01\n2,2,2026-01-02\n3,3,\n"


def aside(home: Hestia) -> list[tuple]:
    """Line, rule and message of what was set aside."""
    ref = TableRef(Layer.QUARANTINE, "default", "orders")
    return home.tables.scan(ref).sort("_batch", "_row").select("_line", "rule", "message").collect().rows()


def test_appended_rows_join_those_that_are_there(home: Hestia):
    first = bring(home, "1,1,\n", dataset())
    second = bring(home, "1,1,\n2,2,\n", dataset())

    assert said(home) == [("1", 1), ("1", 1), ("2", 2)]
    assert [(batch.mode, batch.sequence, batch.changes) for batch in (first, second)] == [
        (Mode.APPEND, 1, Changes(new=1)), (Mode.APPEND, 2, Changes(new=2))]  # fmt: skip


def test_replacing_rows_take_the_place_of_all(home: Hestia):
    bring(home, THREE, dataset())
    batch = bring(home, "9,9,\n", dataset(), mode="replace")

    assert said(home) == [("9", 9)]
    assert (batch.mode, batch.changes) == (Mode.REPLACE, Changes(new=1, deleted=3))


def test_a_replacing_file_without_rows_empties_the_table(home: Hestia):
    bring(home, THREE, dataset())
    bring(home, "", dataset(), mode="replace")

    assert said(home) == []


def test_a_check_of_uniqueness_does_not_look_at_rows_that_will_be_replaced(home: Hestia):
    spec = dataset(check("unique", "id"))
    bring(home, THREE, spec)
    batch = bring(home, "1,5,\n1,6,\n", spec, mode="replace")

    assert (said(home), batch.rows_quarantined) == ([("1", 5)], 1)


def test_an_update_counts_and_touches_only_what_changed(home: Hestia):
    first = bring(home, THREE, keyed())
    second = bring(home, "4,4,\n3,30,\n2,2,2026-01-02\n", keyed())

    assert second.changes == Changes(new=1, changed=1, same=1)
    assert second.account == LineAccount(total=4, header=1, loaded=3)
    assert validated(home).select("id", "qty", "_batch", "_row").rows() == [
        ("1", 1, first.id, 1), ("2", 2, first.id, 2), ("3", 30, second.id, 2), ("4", 4, second.id, 1)]  # fmt: skip


@pytest.mark.parametrize("again", ["3,3,\n1,1,2026-01-01\n2,2,2026-01-02\n", " 1".strip() + ",1,2026-01-01\n3, 3 ,\n"])
def test_the_same_rows_in_another_order_or_another_writing_change_nothing(home: Hestia, again):
    bring(home, THREE, keyed())
    version = home.tables.version(VALIDATED)
    batch = bring(home, again, keyed())

    assert (batch.changes.new, batch.changes.changed, home.tables.version(VALIDATED)) == (0, 0, version)


def test_the_same_rows_in_another_encoding_change_nothing(home: Hestia):
    spec = keyed()
    home.catalog.save(spec, author="ada")
    utf8, latin = ("id,qty,day\nÄ,1,\nß,2,\n".encode(code) for code in ("utf-8", "latin-1"))
    first = home.ingest.receive(spec, BytesIO(utf8), file_name="a.csv", author="ada").batch
    home.ingest.run(first.id)
    other = spec.model_copy(update={"recipe": spec.recipe.model_copy(update={"encoding": "latin-1"})})
    home.catalog.save(other, author="ada")
    second = home.ingest.receive(other, BytesIO(latin), file_name="b.csv", author="ada").batch

    assert home.ingest.run(second.id).changes == Changes(same=2)


def test_the_same_file_three_times_is_one_batch(home: Hestia):
    batches = [bring(home, THREE, keyed()) for _ in range(3)]

    assert len({batch.id for batch in batches}) == 1
    assert validated(home).height == 3


def test_an_empty_value_keeps_the_old_one_and_is_counted(home: Hestia):
    bring(home, THREE, keyed())
    batch = bring(home, "1,,\n2,20,\n", keyed())

    assert batch.changes == Changes(changed=1, same=1, blanked=3)
    assert validated(home).select("id", "qty", "day").rows()[:2] == [
        ("1", 1, date(2026, 1, 1)), ("2", 20, date(2026, 1, 2))]  # fmt: skip


def test_an_empty_value_takes_the_place_of_the_old_one_where_it_may(home: Hestia):
    spec = keyed(blank_overwrites=True)
    bring(home, THREE, spec)
    batch = bring(home, "1,,\n", spec)

    assert batch.changes == Changes(changed=1, blanked=2)
    assert said(home)[0] == ("1", None)


def test_a_row_without_a_key_is_set_aside(home: Hestia):
    batch = bring(home, "1,1,\n,2,\n", keyed())

    assert (batch.rows_loaded, batch.rows_quarantined, batch.account.balanced) == (1, 1, True)
    assert aside(home) == [(3, "key", "id names the row and is empty.")]


def test_of_rows_with_one_key_the_last_counts_and_the_others_name_its_line(home: Hestia):
    batch = bring(home, "1,1,\n2,2,\n1,10,\n1,100,\n2,2,\n", keyed())

    assert said(home) == [("1", 100), ("2", 2)]
    words = "A later row has the same key with other values, in line 5."
    assert aside(home) == [(2, "key", words), (4, "key", words)]
    assert batch.changes == Changes(new=2, same=1)
    assert batch.account == LineAccount(total=6, header=1, loaded=3, quarantined=2)


def test_a_key_may_have_several_columns_of_any_type(home: Hestia):
    columns = (
        Column(source="day", name="day", type="date"),
        Column(source="price", name="price", type="decimal"),
        Column(source="note", name="note"),
    )
    spec = keyed(key=("day", "price"), recipe=Recipe(columns=columns, chunk_bytes=1024))
    home.catalog.save(spec, author="ada")
    files = (b"day,price,note\n2026-01-01,1.50,a\n2026-01-02,1.50,b\n", b"day,price,note\n2026-01-01,1.5,c\n")
    for data in files:
        batch = home.ingest.receive(spec, BytesIO(data), file_name="x.csv", author="ada").batch
        done = home.ingest.run(batch.id)

    assert done.changes == Changes(changed=1)
    rows = home.tables.scan(VALIDATED).sort("day").select("day", "price", "note").collect().rows()
    assert rows == [(date(2026, 1, 1), Decimal("1.50"), "c"), (date(2026, 1, 2), Decimal("1.50"), "b")]


def test_several_rows_with_the_key_become_one(home: Hestia):
    bring(home, "1,1,\n1,2,\n2,2,\n", keyed(mode="append"))
    batch = bring(home, "1,,\n", keyed())

    assert batch.changes == Changes(changed=1, blanked=1)
    assert said(home) == [("1", 2), ("2", 2)]


def test_a_batch_can_have_a_mode_of_its_own(home: Hestia):
    bring(home, THREE, keyed())
    batch = bring(home, "1,7,\n", keyed(), mode="append")

    assert batch.changes == Changes(new=1)
    assert said(home)[:2] == [("1", 1), ("1", 7)]


def test_an_update_without_a_key_is_refused(home: Hestia):
    with pytest.raises(SpecError, match="has no key"):
        bring(home, THREE, dataset(), mode="upsert")


def test_an_update_keeps_values_of_columns_that_the_file_no_longer_has(home: Hestia):
    bring(home, THREE, keyed())
    narrow = keyed(recipe=Recipe(columns=keyed().recipe.columns[:2]))
    home.catalog.save(narrow, author="ada")
    batch = home.ingest.receive(narrow, BytesIO(b"id,qty\n1,10\n"), file_name="x.csv", author="ada").batch
    home.ingest.run(batch.id)

    assert validated(home).row(0)[:3] == ("1", 10, date(2026, 1, 1))


def test_rows_that_the_file_lacks_are_deleted_where_that_was_chosen(home: Hestia):
    spec = keyed(delete_missing=True, delete_limit=0.5)
    bring(home, THREE, spec)
    batch = bring(home, "1,1,2026-01-01\n3,30,\n", spec)

    assert (batch.state, batch.changes) == (BatchState.COMMITTED, Changes(changed=1, same=1, deleted=1))
    assert said(home) == [("1", 1), ("3", 30)]


def test_a_batch_that_would_delete_too_many_waits_for_a_person(home: Hestia):
    spec = keyed(delete_missing=True)
    bring(home, THREE, spec)
    held = bring(home, "1,1,2026-01-01\n", spec)

    assert held.state is BatchState.HELD
    assert held.problem.code == "batch.delete_limit"
    assert "2 of 3 rows" in held.problem.message
    assert validated(home).height == 3

    home.ingest.release(held.id, author="grace")
    assert home.ingest.run(held.id).changes == Changes(same=1, deleted=2)
    assert said(home) == [("1", 1)]


def test_a_release_holds_for_the_deletions_that_were_shown(home: Hestia):
    spec = keyed(delete_missing=True)
    bring(home, THREE, spec)
    held = bring(home, "1,1,2026-01-01\n", spec)
    home.ingest.release(held.id, author="grace")
    bring(home, "7,7,\n8,8,\n", spec, mode="append")
    again = home.ingest.run(held.id)

    assert (again.state, again.released_by, again.changes.deleted) == (BatchState.HELD, None, 4)
    home.ingest.release(held.id, author="grace")
    assert home.ingest.run(held.id).state is BatchState.COMMITTED
    assert said(home) == [("1", 1)]


def test_a_row_that_is_wrong_in_the_file_is_not_missing(home: Hestia):
    spec = keyed(delete_missing=True, delete_limit=1)
    bring(home, THREE, spec)
    batch = bring(home, "1,1,2026-01-01\n2,many,\n3,3,\n", spec)

    assert (batch.state, batch.changes.deleted, batch.rows_quarantined) == (BatchState.COMMITTED, 0, 1)
    assert said(home) == [("1", 1), ("2", 2), ("3", 3)]


def test_nothing_is_deleted_unseen_when_keys_cannot_be_read(home: Hestia):
    spec = keyed(delete_missing=True, delete_limit=1)
    bring(home, THREE, spec)
    batch = bring(home, "1,1,2026-01-01\n3,3,,,\n", spec)

    assert (batch.state, batch.problem.code) == (BatchState.HELD, "batch.delete_unsure")
    assert validated(home).height == 3


def test_a_dry_run_says_what_a_run_will_do(home: Hestia):
    spec = keyed(delete_missing=True, delete_limit=1)
    bring(home, THREE, spec)
    rows = pl.DataFrame(
        {"id": ["1", "2", "2", "9", None], "qty": [1, 5, 6, 9, 1], "day": [None] * 5},
        schema={"id": pl.String, "qty": pl.Int64, "day": pl.Date},
    )
    expected = home.ingest.changes(spec, rows.lazy())
    home.ingest.run(hand_in(home, "1,1,\n2,5,\n2,6,\n9,9,\n,1,\n", spec).id)
    held = home.batches.recent("default")[0]

    assert expected == held.changes == Changes(new=1, changed=1, same=1, deleted=1, blanked=2)


def test_a_file_of_another_source_is_read_with_the_recipe_that_fits_it(home: Hestia):
    german = Recipe(
        delimiter=";",
        columns=(
            Column(source="Tag", name="day", type="date", format="%d.%m.%Y"),
            Column(source="Nummer", name="id"),
            Column(source="Menge", name="qty", type="integer"),
        ),
    )
    spec: DatasetSpec = keyed(other_recipes=(german,))
    bring(home, "1,1,2026-01-01\n", spec)
    data = BytesIO(b"Tag;Nummer;Menge\n01.01.2026;1;1\n02.01.2026;2;2\n")
    batch = home.ingest.receive(spec, data, file_name="x.csv", author="ada").batch

    assert home.ingest.run(batch.id).changes == Changes(new=1, same=1)
    assert validated(home).select("id", "day").rows() == [("1", date(2026, 1, 1)), ("2", date(2026, 1, 2))]


def test_a_file_that_no_recipe_fits_is_refused_as_the_first_one_says(home: Hestia):
    other = Recipe(delimiter=";", columns=keyed().recipe.columns)
    spec = keyed(other_recipes=(other,))
    home.catalog.save(spec, author="ada")
    batch = home.ingest.receive(spec, BytesIO(b"id,qty\n1,1\n"), file_name="x.csv", author="ada").batch

    with pytest.raises(HeaderMismatchError, match="missing: day"):
        home.ingest.run(batch.id)
