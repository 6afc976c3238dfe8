"""A column changes its type: the rows that are there are read again from the text that arrived."""

from datetime import date, datetime
from decimal import Decimal
from io import BytesIO

import polars as pl
import pytest
from ingest_modes import VALIDATED, keyed

from hestia_assets.bootstrap import Hestia
from hestia_assets.core.access import LOCAL, Purpose
from hestia_assets.core.errors import HeldError, RetypeError
from hestia_assets.core.layers import Layer, TableRef
from hestia_assets.core.results import Batch, BatchState, Changes, Retype, RowEdit
from hestia_assets.core.specs import Column, ColumnType, DatasetSpec, Recipe

HISTORY = TableRef(Layer.HISTORY, "default", "orders")


def spec(*, mode: str = "append", **value: object) -> DatasetSpec:
    """Orders with an id and one value."""
    columns = (Column(source="id", name="id"), Column.model_validate({"source": "v", "name": "v", **value}))
    recipe = Recipe(columns=columns, delimiter=";", chunk_bytes=1024)
    key = ("id",) if mode == "upsert" else ()
    return DatasetSpec.model_validate({"name": "orders", "recipe": recipe, "mode": mode, "primary_key": key})


TEXT, INTEGER = spec(type="text"), spec(type="integer")
DAY = spec(type="date", format="%d.%m.%Y")


def hand_in(home: Hestia, lines: str, wanted: DatasetSpec, *, name: str = "orders.csv") -> Batch:
    home.catalog.save(wanted, author="ada")
    return home.ingest.receive(wanted, BytesIO(f"id;v\n{lines}".encode()), file_name=name, author="ada").batch


def bring(home: Hestia, lines: str, wanted: DatasetSpec, *, name: str = "orders.csv") -> Batch:
    return home.ingest.run(hand_in(home, lines, wanted, name=name).id)


def values(home: Hestia) -> list[tuple]:
    return home.tables.scan(VALIDATED).select("id", "v").sort("id", "v", nulls_last=True).collect().rows()


def test_text_becomes_a_date(home: Hestia):
    bring(home, "1;31.12.2024\n2;\n", TEXT)
    bring(home, "3;01.02.2025\n", DAY)

    assert values(home) == [("1", date(2024, 12, 31)), ("2", None), ("3", date(2025, 2, 1))]
    assert home.audit.recent(subject="default/orders")[0].action == "dataset.retyped"


def test_numbers_become_the_text_that_arrived(home: Hestia):
    bring(home, "1;1.234\n2; 7 \n3;\n", spec(type="integer", thousands_sign=".", decimal_sign=","))
    bring(home, "4;007\n", TEXT)

    assert values(home) == [("1", "1.234"), ("2", " 7 "), ("3", None), ("4", "007")]


def test_leading_zeros_that_were_set_aside_come_with_reading_again(home: Hestia):
    first = bring(home, "1;01067\n2;80331\n", INTEGER)
    assert values(home) == [("2", 80331)]
    home.catalog.save(TEXT, author="ada")
    home.ingest.reimport(first.id, author="ada")

    assert values(home) == [("1", "01067"), ("2", "80331")]


def test_a_decimal_gets_more_places_and_none_that_would_be_lost(home: Hestia):
    bring(home, "1;1,50\n2;2\n", spec(type="decimal", scale=2, decimal_sign=","))
    finer = spec(type="decimal", scale=3, decimal_sign=",")
    bring(home, "3;0,125\n", finer)
    assert values(home) == [("1", Decimal("1.500")), ("2", Decimal("2.000")), ("3", Decimal("0.125"))]

    coarse = hand_in(home, "4;1,5\n", spec(type="decimal", scale=1, decimal_sign=","))
    with pytest.raises(
        RetypeError, match=r"cannot become decimal with 1 place: 1 row .* '0,125' \(orders.csv, line 2\)"
    ):
        home.ingest.run(coarse.id)
    assert home.tables.schema(VALIDATED)["v"] == pl.Decimal(38, 3)
    assert home.batches.get(coarse.id).state is BatchState.FAILED
    home.catalog.save(finer, author="ada")
    home.ingest.run(coarse.id)
    assert len(values(home)) == 4


def test_rows_that_do_not_fit_are_named_and_nothing_is_changed(home: Hestia):
    bring(home, "1;31.12.2024\n", TEXT)
    wrong = bring(home, "2;see below\n3;?\n", TEXT, name="second.csv")
    before = home.tables.version(VALIDATED)
    batch = hand_in(home, "4;01.02.2025\n", DAY)
    with pytest.raises(RetypeError, match=r"2 rows .* 'see below' \(second.csv, line 2\)") as caught:
        home.ingest.run(batch.id)
    assert (home.tables.version(VALIDATED), wrong.id in caught.value.hint) == (before, True)

    home.ingest.undo(wrong.id, author="ada")
    home.ingest.run(batch.id)
    assert values(home) == [("1", date(2024, 12, 31)), ("4", date(2025, 2, 1))]


def test_an_undone_batch_that_does_not_fit_is_not_redone_until_it_does(home: Hestia):
    wrong = bring(home, "1;see below\n2;31.12.2024\n", TEXT)
    home.ingest.undo(wrong.id, author="ada")
    bring(home, "3;01.02.2025\n", DAY)
    with pytest.raises(HeldError, match="'see below' in v"):
        home.ingest.redo(wrong.id, author="ada")
    again = home.ingest.reimport(wrong.id, author="ada")
    assert (again.rows_loaded, again.rows_quarantined) == (1, 1)

    home.ingest.undo(again.id, author="ada")
    bring(home, "4;\n", TEXT)
    assert values(home) == [("3", "01.02.2025"), ("4", None)]


def test_a_type_that_is_taken_back_makes_an_undone_batch_whole_again(home: Hestia):
    wrong = bring(home, "1;see below\n2;31.12.2024\n", TEXT)
    home.ingest.undo(wrong.id, author="ada")
    bring(home, "3;01.02.2025\n", DAY)
    bring(home, "4;x\n", TEXT)
    home.ingest.redo(wrong.id, author="ada")

    assert values(home) == [("1", "see below"), ("2", "31.12.2024"), ("3", "01.02.2025"), ("4", "x")]


def test_reading_again_asks_before_it_takes_the_batch_out(home: Hestia):
    first = bring(home, "1;31.12.2024\n", TEXT)
    bring(home, "2;see below\n", TEXT)
    home.catalog.save(DAY, author="ada")
    with pytest.raises(RetypeError):
        home.ingest.reimport(first.id, author="ada")

    assert (home.batches.get(first.id).state, len(values(home))) == (BatchState.COMMITTED, 2)


def test_reading_again_the_batch_that_does_not_fit_sets_its_rows_aside(home: Hestia):
    first = bring(home, "1;31.12.2024\n2;see below\n", TEXT)
    home.catalog.save(DAY, author="ada")
    again = home.ingest.reimport(first.id, author="ada")

    assert (values(home), again.rows_quarantined) == ([("1", date(2024, 12, 31))], 1)


def test_undo_and_redo_of_batches_from_before(home: Hestia):
    first = bring(home, "1;31.12.2024\n2;30.12.2024\n", spec(mode="upsert", type="text"))
    second = bring(home, "2;29.12.2024\n", spec(mode="upsert", type="text"))
    bring(home, "3;01.02.2025\n", spec(mode="upsert", type=ColumnType.DATE, format="%d.%m.%Y"))
    home.ingest.undo(second.id, author="ada")
    assert values(home)[:2] == [("1", date(2024, 12, 31)), ("2", date(2024, 12, 30))]

    home.ingest.undo(first.id, author="ada")
    home.ingest.redo(second.id, author="ada")
    assert values(home) == [("2", date(2024, 12, 29)), ("3", date(2025, 2, 1))]
    home.ingest.redo(first.id, author="ada")
    assert values(home)[:2] == [("1", date(2024, 12, 31)), ("2", date(2024, 12, 29))]


def test_what_an_update_took_over_stays_and_edits_are_read_as_they_were_made(home: Hestia):
    def priced(kind: str) -> DatasetSpec:
        value = {"source": "v", "name": "v", "type": kind, "thousands_sign": ".", "decimal_sign": ","}
        columns = [{"source": "id", "name": "id"}, value, {"source": "w", "name": "w"}]
        return keyed(recipe=Recipe.model_validate({"columns": columns, "delimiter": ";", "chunk_bytes": 1024}))

    def take(lines: str, kind: str) -> None:
        home.catalog.save(priced(kind), author="ada")
        data = BytesIO(f"id;v;w\n{lines}".encode())
        home.ingest.run(home.ingest.receive(priced(kind), data, file_name="x.csv", author="ada").batch.id)

    take("1;1.234;a\n2;2.000;b\n3;3.000;c\n", "integer")
    take("1;;changed\n", "integer")
    row = home.tables.scan(VALIDATED).filter(pl.col("id") == "2").collect().row(0, named=True)
    home.ingest.edit(priced("integer"), [RowEdit(row["_batch"], row["_row"], {"v": "22"})], author="ada")
    take("4;x;d\n", "text")

    assert values(home) == [("1", "1234"), ("2", "22"), ("3", "3.000"), ("4", "x")]


def test_an_edit_keeps_the_text_of_the_columns_that_it_left_alone(home: Hestia):
    columns = (Column(source="id", name="id"), Column(source="v", name="v", type=ColumnType.DATE, format="%d.%m.%Y"))
    recipe = Recipe(columns=columns, delimiter=";", chunk_bytes=1024)
    dated = DatasetSpec(name="orders", recipe=recipe)
    first = bring(home, "1;31.12.2024\n", dated)
    home.ingest.edit(dated, [RowEdit(first.id, 1, {"id": "one"})], author="ada")
    bring(home, "2;x\n", TEXT)

    assert values(home) == [("2", "x"), ("one", "31.12.2024")]


def test_a_key_keeps_naming_the_same_rows(home: Hestia):
    def numbered(kind: str) -> DatasetSpec:
        columns = [
            {"source": "id", "name": "id", "type": kind, "thousands_sign": ".", "decimal_sign": ","},
            {"source": "v", "name": "v"},
        ]
        recipe = Recipe.model_validate({"columns": columns, "delimiter": ";", "chunk_bytes": 1024})
        return keyed(recipe=recipe, delete_missing=True, delete_limit=1)

    bring(home, "1.000;a\n2.000;b\n", numbered("integer"))
    gone = bring(home, "2.000;b\n", numbered("integer"))
    bring(home, "2.000;c\n3.000;d\n", numbered("text"))
    assert values(home) == [("2.000", "c"), ("3.000", "d")]
    home.ingest.undo(gone.id, author="ada")
    assert values(home) == [("1.000", "a"), ("2.000", "c"), ("3.000", "d")]

    bring(home, "3000;e\n", numbered("integer").model_copy(update={"delete_missing": False}))
    batch = hand_in(home, "5;e\n", numbered("text"))
    with pytest.raises(RetypeError, match="names the rows"):
        home.ingest.run(batch.id)


def test_an_edit_after_the_type_changed_changes_the_table_first(home: Hestia):
    first = bring(home, "1;31.12.2024\n2;x\n", TEXT)
    home.catalog.save(DAY, author="ada")
    with pytest.raises(RetypeError):
        home.ingest.edit(DAY, [RowEdit(first.id, 2, {"v": "01.01.2025"})], author="ada")
    home.catalog.save(TEXT, author="ada")
    home.ingest.edit(TEXT, [RowEdit(first.id, 2, {"v": "01.01.2025"})], author="ada")
    home.catalog.save(DAY, author="ada")
    home.ingest.edit(DAY, [RowEdit(first.id, 1, {"v": "30.12.2024"})], author="ada")

    assert values(home) == [("1", date(2024, 12, 30)), ("2", date(2025, 1, 1))]


def test_undo_of_the_edit_that_made_a_row_fit_is_refused_until_the_type_is_taken_back(home: Hestia):
    first = bring(home, "1;31.12.2024\n2;x\n", TEXT)
    edit = home.ingest.edit(TEXT, [RowEdit(first.id, 2, {"v": "01.01.2025"})], author="ada")
    bring(home, "3;\n", DAY)
    with pytest.raises(HeldError, match="'x' in v"):
        home.ingest.undo(edit.id, author="ada")
    bring(home, "4;\n", TEXT)
    home.ingest.undo(edit.id, author="ada")

    assert values(home) == [("1", "31.12.2024"), ("2", "x"), ("3", None), ("4", None)]


def test_old_versions_keep_their_types(home: Hestia):
    bring(home, "1;31.12.2024\n", TEXT)
    old = home.tables.version(VALIDATED)
    bring(home, "2;01.02.2025\n", DAY)
    then = home.gate.read(LOCAL, VALIDATED, purpose=Purpose.CHECK, version=old).collect()

    assert then["v"].to_list() == ["31.12.2024"]
    assert home.tables.versions(VALIDATED)[1].operation == "retype"


def test_a_table_that_was_restored_to_older_types_is_read_again_once_more(home: Hestia):
    bring(home, "1;31.12.2024\n", TEXT)
    old = home.tables.version(VALIDATED)
    bring(home, "2;01.02.2025\n", DAY)
    home.tables.restore(VALIDATED, old)
    bring(home, "3;02.02.2025\n", DAY)

    assert values(home) == [("1", date(2024, 12, 31)), ("3", date(2025, 2, 2))]


def test_a_time_without_a_zone_can_be_a_new_type(home: Hestia):
    bring(home, "1;2024-12-31 08:30:00\n", TEXT)
    bring(home, "2;2025-01-01 00:00:00\n", spec(type="timestamp"))

    assert [value for _, value in values(home)] == [datetime(2024, 12, 31, 8, 30), datetime(2025, 1, 1)]  # noqa: DTZ001 - it has none


def test_each_source_is_read_as_it_writes(home: Hestia):
    def two(kind: str) -> DatasetSpec:
        ours = Column.model_validate({"source": "v", "name": "v", "type": kind, "scale": 3, "decimal_sign": ","})
        theirs = ours.model_copy(update={"source": "value", "decimal_sign": "."})
        number = Column(source="id", name="id")
        recipe = Recipe(columns=(number, ours), delimiter=";", chunk_bytes=1024)
        other = recipe.model_copy(update={"columns": (number, theirs)})
        return DatasetSpec(name="orders", recipe=recipe, other_recipes=(other,))

    bring(home, "1;1,5\n", two("text"))
    other = home.ingest.receive(two("text"), BytesIO(b"id;value\n2;2.5\n"), file_name="b.csv", author="ada").batch
    home.ingest.run(other.id)
    bring(home, "3;3,5\n", two("decimal"))

    assert [value for _, value in values(home)] == [Decimal("1.5"), Decimal("2.5"), Decimal("3.5")]


def test_what_would_change_is_told_before(home: Hestia):
    assert home.ingest.retypes(DAY) is None
    bring(home, "1;31.12.2024\n2;\n", TEXT)
    wanted = home.ingest.retypes(DAY)

    assert isinstance(wanted, Retype)
    assert [(one.column, one.have, one.want) for one in wanted.columns] == [("v", "text", "date")]
    assert (wanted.rows, home.ingest.retypes(TEXT)) == (2, None)


def test_the_verdict_before_the_import_compares_under_the_new_types(home: Hestia):
    def numbered(kind: str) -> DatasetSpec:
        columns = [{"source": "id", "name": "id", "type": kind}, {"source": "v", "name": "v", "type": kind}]
        return keyed(recipe=Recipe.model_validate({"columns": columns, "delimiter": ";", "chunk_bytes": 1024}))

    bring(home, "1;1\n2;2\n", numbered("integer"))
    verdict = home.ingest.verdict(BytesIO(b"id;v\n2;2\n3;3\n01;1\n"), numbered("text"))

    assert verdict.changes == Changes(new=2, same=1)
    assert home.tables.schema(VALIDATED)["id"] == pl.Int64
