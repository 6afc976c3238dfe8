"""A column changes its type: rows that pass their checks now and would fail then are found before anything changes."""

from io import BytesIO

import polars as pl
import pytest
from ingest_modes import VALIDATED
from ingest_orders import check

from hestia_assets.bootstrap import Hestia
from hestia_assets.core.errors import RetypeError
from hestia_assets.core.results import Batch
from hestia_assets.core.specs import CheckSpec, Column, DatasetSpec, Recipe

pytestmark = pytest.mark.parametrize("settings", ["sqlite"], indirect=True)


def spec(*checks: CheckSpec, **value: object) -> DatasetSpec:
    columns = (Column(source="id", name="id"), Column.model_validate({"source": "v", "name": "v", **value}))
    return DatasetSpec(name="orders", recipe=Recipe(columns=columns, delimiter=";", chunk_bytes=1024), checks=checks)


def bring(home: Hestia, lines: str, wanted: DatasetSpec) -> Batch:
    home.catalog.save(wanted, author="ada")
    received = home.ingest.receive(wanted, BytesIO(f"id;v\n{lines}".encode()), file_name="orders.csv", author="ada")
    return home.ingest.run(received.batch.id)


def dtype(home: Hestia) -> pl.DataType:
    return home.tables.schema(VALIDATED)["v"]


def test_rows_out_of_range_as_numbers_stand_against_becoming_numbers(home: Hestia):
    bring(home, "a;5\nb;50\nc;500\n", spec(type="text"))
    numbers = spec(check("in_range", "v", max=100), type="integer")

    with pytest.raises(RetypeError, match=r"in_range__v \(reject, rows: 1\); the first has '500' \(batch .*, line 4\)"):
        bring(home, "d;7\n", numbers)

    assert dtype(home) == pl.String


def test_a_check_that_warns_is_noted_and_the_type_changes(home: Hestia):
    bring(home, "a;5\nb;500\n", spec(type="text"))

    bring(home, "d;7\n", spec(check("in_range", "v", "warn", max=100), type="integer"))

    event = next(each for each in home.audit.recent(subject="default/orders") if each.action == "dataset.retyped")
    assert dtype(home) == pl.Int64
    assert event.details["failing"] == {"in_range__v": 1}


def test_values_that_become_the_same_stand_against_it_where_they_must_differ(home: Hestia):
    unique = check("unique", "v")
    bring(home, "a;1,0\nb;1,00\n", spec(unique, type="text"))

    with pytest.raises(RetypeError, match=r"unique__v \(reject, rows: 1\)"):
        bring(home, "d;7\n", spec(unique, type="decimal", scale=2, decimal_sign=","))

    assert dtype(home) == pl.String


def test_rows_that_failed_a_younger_check_before_do_not_stand_in_the_way(home: Hestia):
    bring(home, "a;5\nb;\n", spec(type="text"))

    bring(home, "d;7\n", spec(check("not_null", "v"), type="integer"))

    assert dtype(home) == pl.Int64


def test_the_file_that_is_read_again_does_not_stand_in_its_own_way(home: Hestia):
    first = bring(home, "a;5\nb;500\n", spec(type="text"))
    home.catalog.save(spec(check("in_range", "v", max=100), type="integer"), author="ada")

    again = home.ingest.reimport(first.id, author="ada")

    assert (again.rows_loaded, again.rows_quarantined) == (1, 1)


@pytest.mark.parametrize("tenant", ["default", "acme"])
def test_values_that_another_dataset_of_the_tenant_lacks_stand_against_it(home: Hestia, tenant):
    codes = spec(type="integer").model_copy(update={"name": "codes", "tenant": tenant})
    bring(home, "a;5\n", codes)
    bring(home, "a;5\nb;7\n", spec(type="text").model_copy(update={"tenant": tenant}))
    known = spec(check("foreign_key", "v", dataset="codes"), type="integer").model_copy(update={"tenant": tenant})

    with pytest.raises(RetypeError, match=r"foreign_key__v \(reject, rows: 1\)"):
        bring(home, "d;5\n", known)
