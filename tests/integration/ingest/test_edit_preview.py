"""Edits are tried before they are made: what would change, what each check says, every value that is refused."""

from io import BytesIO

import polars as pl
import pytest
from ingest_modes import bring, keyed, said
from ingest_orders import check

from hestia_assets.bootstrap import Hestia
from hestia_assets.core.errors import EditError, RetypeError
from hestia_assets.core.layers import Layer, TableRef
from hestia_assets.core.results import EditPreview, RowEdit
from hestia_assets.core.specs import Column, ColumnType, DatasetSpec, Exemption, Recipe

THREE = "1,1,2026-01-01\n2,2,2026-01-02\n3,3,\n"


def test_a_preview_counts_rows_and_cells_and_changes_nothing(home: Hestia):
    spec = keyed(check("in_range", "qty", max=100))
    first = bring(home, THREE, spec)

    found = home.ingest.edit_preview(
        spec, [RowEdit(first.id, 2, {"qty": "20", "day": "2026-01-02"}), RowEdit(first.id, 3, {"qty": "3"})]
    )

    assert (found.rows, found.cells, found.refused) == (1, 1, ())
    assert [(each.name, each.checked_rows, each.passed) for each in found.checks] == [("in_range__qty", 2, True)]
    assert said(home) == [("1", 1), ("2", 2), ("3", 3)]


def test_a_preview_names_every_value_that_is_refused(home: Hestia):
    spec = keyed(check("in_range", "qty", max=100))
    first = bring(home, THREE, spec)

    found = home.ingest.edit_preview(
        spec, [RowEdit(first.id, 1, {"qty": "many"}), RowEdit(first.id, 2, {"qty": "7"}),
               RowEdit(first.id, 3, {"qty": "500"})]
    )  # fmt: skip

    assert [(each.position, each.column, each.value) for each in found.refused] == [
        (0, "qty", "many"), (2, "qty", "500")]  # fmt: skip
    assert "whole number" in found.refused[0].message


def test_a_preview_holds_the_rows_against_all_others(home: Hestia):
    spec = keyed(check("unique", "qty"))
    first = bring(home, THREE, spec)

    found = home.ingest.edit_preview(spec, [RowEdit(first.id, 1, {"qty": "1"}), RowEdit(first.id, 2, {"qty": "3"})])

    assert [(each.position, each.column, each.value) for each in found.refused] == [(1, "qty", "3")]
    assert [each.passed for each in found.checks] == [False]


def test_a_row_that_another_column_exempts_may_get_such_a_value(home: Hestia):
    may = Exemption(match={"id": "3"}, reason="agreed", by="ada")
    spec = keyed(check("in_range", "qty", max=100).model_copy(update={"exemptions": (may,)}))
    first = bring(home, "1,1,2026-01-01\n2,200,2026-01-02\n3,300,\n4,4,2026-01-04\n", spec)
    exempt, wrong = RowEdit(first.id, 3, {"qty": "400"}), RowEdit(first.id, 1, {"qty": "400"})

    found = home.ingest.edit_preview(spec, [exempt, wrong, RowEdit(first.id, 4, {"day": "2026-01-05"})])
    home.ingest.edit(spec, [exempt], author="ada")

    assert [(each.position, each.column, each.value) for each in found.refused] == [(1, "qty", "400")]
    assert [(each.name, each.checked_rows, each.failed_rows, each.exempt_rows) for each in found.checks] == [
        ("in_range__qty", 2, 1, 1)]  # fmt: skip
    assert said(home) == [("1", 1), ("3", 400), ("4", 4)]


def test_what_is_as_it_was_is_no_change_and_a_row_that_is_gone_is_refused(home: Hestia):
    spec = keyed()
    first = bring(home, THREE, spec)

    assert home.ingest.edit_preview(spec, [RowEdit(first.id, 2, {"qty": "2"})]) == EditPreview(0, 0)
    with pytest.raises(EditError, match="has been changed since"):
        home.ingest.edit_preview(spec, [RowEdit(first.id, 99, {"qty": "2"})])


def test_values_may_be_written_as_the_table_shows_them(home: Hestia):
    kinds = {
        "price": {"type": ColumnType.DECIMAL, "decimal_sign": ",", "thousands_sign": "."},
        "day": {"type": ColumnType.DATE, "format": "%d.%m.%Y"},
        "at": {"type": ColumnType.TIMESTAMP, "format": "%d.%m.%Y %H:%M"},
        "paid": {"type": ColumnType.BOOLEAN, "format": "ja|nein"},
    }
    columns = tuple(Column.model_validate({"source": name, "name": name, **kind}) for name, kind in kinds.items())
    spec = DatasetSpec(name="sales", recipe=Recipe(delimiter=";", columns=columns))
    home.catalog.save(spec, author="ada")
    file = BytesIO(b"price;day;at;paid\n1.234,50;31.12.2024;31.12.2024 08:30;ja\n")
    batch = home.ingest.run(home.ingest.receive(spec, file, file_name="s.csv", author="ada").batch.id)
    values = {"price": "1.25", "day": "2024-01-02", "at": "2024-01-02 09:15:30", "paid": "false"}

    edited = home.ingest.edit(spec, [RowEdit(batch.id, 1, values, printed=True)], author="ada")

    rows = (
        home.tables.scan(TableRef(Layer.VALIDATED, "default", "sales"))
        .select(pl.col(name).cast(pl.String) for name in kinds)
        .collect()
        .rows()
    )
    assert rows == [("1.25", "2024-01-02", "2024-01-02 09:15:30.000000", "false")]
    with pytest.raises(EditError, match="YYYY-MM-DD"):
        home.ingest.edit(spec, [RowEdit(edited.id, 1, {"day": "31.12.2024"}, printed=True)], author="ada")


def with_quantity(kind: ColumnType, **fields: object) -> DatasetSpec:
    columns = ({"source": "id", "name": "id"}, {"source": "qty", "name": "qty", "type": kind})
    return DatasetSpec.model_validate({"name": "orders", "recipe": {"columns": columns}} | fields)


def test_a_check_over_all_rows_of_a_column_that_the_table_has_not_yet_stops_no_edit(home: Hestia):
    first = bring(home, THREE, keyed())
    code = {"source": "code", "name": "code", "optional": True}
    spec = keyed(check("unique", "code"), recipe={"columns": (*keyed().recipe.columns, code)})
    home.catalog.save(spec, author="ada")
    edits = [RowEdit(first.id, 1, {"qty": "9"})]

    found = home.ingest.edit_preview(spec, edits)
    home.ingest.edit(spec, edits, author="ada")

    assert (found.rows, found.cells, found.refused) == (1, 1, ())
    assert said(home) == [("1", 9), ("2", 2), ("3", 3)]


def test_a_preview_reads_a_column_whose_type_is_about_to_change_as_the_edit_will(home: Hestia):
    first = bring(home, THREE, keyed())
    spec = with_quantity(ColumnType.DECIMAL)
    home.catalog.save(spec, author="ada")

    assert home.ingest.edit_preview(spec, [RowEdit(first.id, 1, {"qty": "1.00"})]) == EditPreview(0, 0)
    with pytest.raises(EditError, match="these values already"):
        home.ingest.edit(spec, [RowEdit(first.id, 1, {"qty": "1.00"})], author="ada")


def test_a_preview_says_that_rows_do_not_fit_a_new_type_as_the_edit_would(home: Hestia):
    first = bring(home, THREE, keyed())
    spec = with_quantity(ColumnType.DATE)
    home.catalog.save(spec, author="ada")

    for tried in (home.ingest.edit_preview, lambda *given: home.ingest.edit(*given, author="ada")):
        with pytest.raises(RetypeError):
            tried(spec, [RowEdit(first.id, 1, {"qty": "2026-01-01"})])


def test_a_preview_looks_into_the_tables_of_its_own_tenant(home: Hestia):
    known = keyed(name="known", tenant="acme")
    spec = keyed(check("foreign_key", "qty", dataset="known"), tenant="acme")
    bring(home, THREE, known)
    first = bring(home, THREE, spec)

    found = home.ingest.edit_preview(spec, [RowEdit(first.id, 1, {"qty": "3"}), RowEdit(first.id, 2, {"qty": "9"})])

    assert [(each.position, each.value) for each in found.refused] == [(1, "9")]
