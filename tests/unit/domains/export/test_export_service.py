"""Exports: nothing is published that was not read again and found complete."""

import csv
import hashlib
import os
import sys
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from textwrap import dedent

import polars as pl
import pytest

from hestia_assets.adapters.delta import DeltaTableStore
from hestia_assets.adapters.duckdb_engine import DuckDBEngine
from hestia_assets.adapters.files import LocalExportFolder
from hestia_assets.adapters.metadata import Metadata, open_metadata
from hestia_assets.core.access import LOCAL, Principal
from hestia_assets.core.errors import ExportError, NotFoundError
from hestia_assets.core.layers import TableRef
from hestia_assets.core.registry import Registry
from hestia_assets.core.specs import ExportSpec
from hestia_assets.domains.export.service import ExportService
from hestia_assets.domains.governance.gate import Gate
from hestia_assets.formats import FORMATS

TABLE = TableRef.parse("validated.orders")
SPEC = ExportSpec(name="orders_out", table="validated.orders")
ROWS = pl.DataFrame(
    {
        "id": ["007", 'a "b", c', "line\nbreak", ""],
        "price": [Decimal("1.50"), None, Decimal("-2.00"), Decimal("0.00")],
        "day": [date(2024, 2, 29), None, None, date(1999, 1, 1)],
        "_batch": ["b"] * 4,
        "_row": [1, 2, 3, 4],
        "_line": [2, 3, 4, 6],
    },
    schema_overrides={"price": pl.Decimal(18, 2)},
)


@pytest.fixture
def metadata(tmp_path: Path) -> Metadata:
    return open_metadata(f"sqlite:///{tmp_path / 'hestia.db'}", home=tmp_path, clock=lambda: datetime.now(UTC))


@pytest.fixture
def tables(tmp_path: Path, metadata: Metadata) -> DeltaTableStore:
    store = DeltaTableStore(tmp_path / "lake", leases=metadata.leases, owner="test", lease_seconds=30)
    store.overwrite(TABLE, [ROWS], schema=ROWS.schema)
    return store


def _service(tables: DeltaTableStore, metadata: Metadata, home: Path, formats=FORMATS) -> ExportService:
    gate = Gate(tables, DuckDBEngine(memory_limit="100MB", timeout_seconds=120))
    return ExportService(gate, tables, LocalExportFolder(home / "exports"), formats, metadata.audit)


@pytest.fixture
def service(tables: DeltaTableStore, metadata: Metadata, tmp_path: Path) -> ExportService:
    return _service(tables, metadata, tmp_path)


def _rows(path: Path) -> list[list[str]]:
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.reader(file))


def test_the_file_holds_every_row_and_the_result_proves_it(service: ExportService):
    result = service.run(LOCAL, SPEC, author="ada")

    path = service.path(result)
    assert path.name == "orders_out.csv"
    assert [row[0] for row in _rows(path)] == ["id", "007", 'a "b", c', "line\nbreak", ""]
    assert (result.rows, result.table, result.table_version) == (4, "default.validated.orders", 0)
    assert result.size_bytes == path.stat().st_size
    assert result.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()


def test_hestias_own_columns_stay_at_home(service: ExportService):
    result = service.run(LOCAL, SPEC, author="ada")

    assert _rows(service.path(result))[0] == ["id", "price", "day"]


def test_quarantined_rows_keep_their_line_numbers(service: ExportService, tables: DeltaTableStore):
    tables.overwrite(TableRef.parse("quarantine.orders"), [ROWS], schema=ROWS.schema)
    spec = ExportSpec(name="bad_rows", table="quarantine.orders")

    result = service.run(LOCAL, spec, author="ada")

    assert _rows(service.path(result))[0] == ["id", "price", "day", "_batch", "_row", "_line"]


def test_an_empty_table_becomes_a_file_with_a_header(service: ExportService, tables: DeltaTableStore):
    tables.overwrite(TABLE, [], schema=ROWS.schema)

    result = service.run(LOCAL, SPEC, author="ada")

    assert result.rows == 0
    assert _rows(service.path(result)) == [["id", "price", "day"]]


def test_many_rows_come_out_complete_and_in_order(service: ExportService, tables: DeltaTableStore):
    frame = pl.DataFrame({"n": range(250_001)})
    tables.overwrite(TABLE, [frame], schema=frame.schema)

    result = service.run(LOCAL, SPEC, author="ada")

    assert result.rows == 250_001
    assert pl.read_csv(service.path(result))["n"].to_list() == list(range(250_001))


def test_the_latest_result_is_remembered(service: ExportService):
    assert service.latest(SPEC) is None

    result = service.run(LOCAL, SPEC, author="ada")

    assert service.latest(SPEC) == result
    assert service.path(SPEC) == service.path(result)


def test_a_receipt_survives_a_copy_of_the_file(service: ExportService):
    result = service.run(LOCAL, SPEC, author="ada")
    os.utime(service.path(SPEC), (1, 1))

    assert service.latest(SPEC) == result


def test_a_receipt_does_not_vouch_for_another_file(service: ExportService):
    service.run(LOCAL, SPEC, author="ada")
    service.path(SPEC).write_text("id\ntampered\n")

    assert service.latest(SPEC) is None


def test_a_missing_file_has_no_result(service: ExportService):
    service.run(LOCAL, SPEC, author="ada")
    service.path(SPEC).unlink()

    assert service.latest(SPEC) is None


def test_an_export_is_on_the_audit_trail(service: ExportService, metadata: Metadata):
    result = service.run(LOCAL, SPEC, author="ada")

    event = metadata.audit.recent(subject="export/default/orders_out")[0]
    assert (event.actor, event.action, event.details["sha256"]) == ("ada", "export.written", result.sha256)


def test_a_table_that_does_not_exist_is_not_found(service: ExportService):
    with pytest.raises(NotFoundError):
        service.run(LOCAL, ExportSpec(name="x", table="validated.nothing"), author="ada")

    assert not service.path(ExportSpec(name="x", table="validated.nothing")).exists()


def test_another_tenants_table_is_not_found(service: ExportService):
    with pytest.raises(NotFoundError):
        service.run(Principal("eve", "other"), SPEC, author="eve")


LOSSY = """
from hestia_assets.formats.csv import CsvFormat


class Lossy(CsvFormat):
    def write(self, frames, target):
        frames = [frame.head(2) for frame in frames]
        return super().write(frames, target) + {claimed}


FORMAT = Lossy()
"""


@pytest.fixture(params=[0, 2], ids=["counts what it wrote", "claims all rows"])
def lossy(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Registry:
    """Formats of a stranger, of which one loses rows."""
    package = f"strange_formats_{request.param}"
    folder = tmp_path / "site" / package
    folder.mkdir(parents=True)
    (folder / "__init__.py").write_text("")
    (folder / "csv.py").write_text(dedent(LOSSY).format(claimed=request.param))
    monkeypatch.syspath_prepend(tmp_path / "site")
    yield Registry("format", package=package, constant="FORMAT")
    sys.modules.pop(package, None)


def test_a_file_that_lost_rows_is_not_published_and_the_old_one_stays(
    service: ExportService, tables: DeltaTableStore, metadata: Metadata, tmp_path: Path, lossy: Registry
):
    before = service.run(LOCAL, SPEC, author="ada")
    broken = _service(tables, metadata, tmp_path, formats=lossy)

    with pytest.raises(ExportError, match="holds 2 rows, the table 4"):
        broken.run(LOCAL, SPEC, author="ada")

    assert service.latest(SPEC) == before
    assert sorted(path.name for path in (tmp_path / "exports" / "default").iterdir()) == [
        "orders_out.csv",
        "orders_out.csv.receipt.json",
    ]


def test_a_folder_that_cannot_be_written_is_an_export_error(service: ExportService, tmp_path: Path):
    (tmp_path / "exports").write_text("in the way")

    with pytest.raises(ExportError, match="could not be written"):
        service.run(LOCAL, SPEC, author="ada")
