"""A second file of a dataset is held against the first, through the stores."""

from io import BytesIO

import pytest
from ingest_orders import dataset

from hestia_assets.bootstrap import Hestia
from hestia_assets.core.results import DriftKind, FoundColumn, RowEdit
from hestia_assets.core.specs import DatasetSpec
from hestia_assets.domains.ingest.inspection.known import KnownSource

DAYS = [f"2024-01-{day:02d}" for day in range(1, 29)]


def orders(rows: int, *, header: str = "id,qty,day", start: int = 0) -> bytes:
    lines = [f"A{number},{number % 9},{DAYS[number % 28]}" for number in range(start, start + rows)]
    return "\n".join([header, *lines, ""]).encode()


@pytest.fixture
def known(home: Hestia) -> KnownSource:
    ingest = home.ingest
    return KnownSource(ingest.formats, ingest.validator, ingest.tables, ingest.batches, ingest.specs)


def test_a_file_is_held_against_the_batches_before_and_never_against_itself(known, load):
    first, second = load(orders(100)), load(orders(120, start=100))
    quiet = known.drift(BytesIO(orders(110, start=220)), dataset(), file_name="orders.csv")
    short = known.drift(BytesIO(orders(10)), dataset(), file_name="orders.csv", batch=second.id)

    assert (quiet.findings, quiet.batches) == ((), 2)
    assert short.of(DriftKind.ROWS)[0].sentence == "10 rows; the file before had 100."
    assert first.rows_loaded == 100


def test_edits_are_no_files_and_do_not_hide_those_before(known, home, load):
    batch = load(orders(100))
    for row in range(1, 7):
        home.ingest.edit(dataset(), [RowEdit(batch.id, row, {"qty": "77"})], author="ada")

    short = known.drift(BytesIO(orders(10)), dataset(), file_name="orders.csv")

    assert short.batches == 1
    assert short.of(DriftKind.ROWS)[0].sentence == "10 rows; the file before had 100."


def test_a_renamed_column_is_found_before_anything_is_kept(known, load):
    load(orders(100))
    found = known.drift(BytesIO(orders(100, header="id,Menge,day")), dataset(), file_name="orders.csv")

    assert [(finding.kind, finding.column) for finding in found.findings] == [(DriftKind.RENAMED, "qty")]


def test_a_header_of_an_earlier_version_is_known(known, home, load):
    load(orders(5))
    columns = tuple(
        column.model_copy(update={"source": f"Spalte {column.name}"}) for column in dataset().recipe.columns
    )
    newer: DatasetSpec = dataset(columns=columns)
    home.catalog.save(newer, author="ada")
    found = known.suggest_mapping([FoundColumn("Spalte qty"), FoundColumn("qty")], newer)

    assert [match.target for match in found.matches] == ["qty", None]
    assert found.matches[1].reason == "qty is taken by Spalte qty, which fits better"
