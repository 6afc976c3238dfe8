"""Exports: one table becomes one file that was re-read, counted and hashed before it got its name."""

import hashlib
import json
import time
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, BinaryIO

import polars as pl

from hestia_assets.core.access import Principal, Purpose
from hestia_assets.core.errors import ExportError, SpecError
from hestia_assets.core.layers import Layer, TableRef
from hestia_assets.core.ports import AuditLog, ExportFolder, Format, RowGate, TableStore, WritableFormat
from hestia_assets.core.registry import Registry
from hestia_assets.core.results import SYSTEM_COLUMNS, ExportResult
from hestia_assets.core.specs import ExportSpec

CHUNK_ROWS = 100_000


@dataclass(frozen=True)
class ExportService:
    """Writes tables to files and proves that nothing is missing."""

    gate: RowGate
    tables: TableStore
    folder: ExportFolder
    formats: Registry[Format]
    audit: AuditLog

    def run(self, principal: Principal, spec: ExportSpec, *, author: str) -> ExportResult:
        """Write the table as it is now; the old file stays until the new one is proved complete.

        Raises:
            NotFoundError: the table does not exist for this principal.
            ExportError: the file does not hold as many rows as the table, or could not be written.
        """
        started = time.monotonic()
        ref = TableRef.parse(spec.table, tenant=spec.tenant)
        self.gate.read(principal, ref, purpose=Purpose.EXPORT)
        version = self.tables.version(ref)
        rows = self.gate.read(principal, ref, purpose=Purpose.EXPORT, version=version)
        name = self._file_name(spec)
        try:
            with self.folder.writing(spec.tenant, name) as (target, path):
                facts = self._proved(rows, ref, target, path, spec)
        except OSError as error:
            reason = error.strerror or type(error).__name__
            raise ExportError(
                f"{name} could not be written: {reason}.",
                hint="Make room on the disk and run the export again.",
            ) from error
        result = ExportResult(
            path=f"{spec.tenant}/{name}",
            table=str(ref),
            table_version=version,
            seconds=time.monotonic() - started,
            **facts,
        )
        self._keep_receipt(spec, result)
        self.audit.record(author, "export.written", f"export/{spec.key}", **asdict(result))
        return result

    def path(self, export: ExportResult | ExportSpec) -> Path:
        """Where the published file is."""
        if isinstance(export, ExportSpec):
            return self.folder.path(export.tenant, self._file_name(export))
        tenant, _, name = export.path.partition("/")
        return self.folder.path(tenant, name)

    def latest(self, spec: ExportSpec) -> ExportResult | None:
        """The result that belongs to the published file; None where there is no file or another one."""
        receipt = self._receipt_path(spec)
        file = self.path(spec)
        if not receipt.is_file() or not file.is_file():
            return None
        kept: dict[str, Any] = json.loads(receipt.read_text(encoding="utf-8"))
        modified_ns = kept.pop("modified_ns")
        result = ExportResult(**kept)
        if file.stat().st_mtime_ns == modified_ns:
            return result
        return result if _sha256(file) == result.sha256 else None

    def _proved(
        self, rows: pl.LazyFrame, ref: TableRef, target: BinaryIO, path: Path, spec: ExportSpec
    ) -> dict[str, Any]:
        """Write, then trust nothing: read the file again, count, compare with the table, hash."""
        fmt = writable(self.formats, spec.format)
        written = fmt.write(_frames(rows, ref), target)
        target.flush()
        with path.open("rb") as again:
            found = fmt.count(again)
        expected = _height(rows)
        if not written == found == expected:
            raise ExportError(
                f"The file of '{spec.name}' holds {found} rows, the table {expected}; it was not published.",
                hint="Run the export again; if that fails too, report it with the table and its version.",
            )
        return {"rows": found, "size_bytes": path.stat().st_size, "sha256": _sha256(path)}

    def _keep_receipt(self, spec: ExportSpec, result: ExportResult) -> None:
        modified_ns = self.path(spec).stat().st_mtime_ns
        text = json.dumps({**asdict(result), "modified_ns": modified_ns}, indent=2)
        with self.folder.writing(spec.tenant, self._receipt_path(spec).name) as (target, _):
            target.write(text.encode())

    def _file_name(self, spec: ExportSpec) -> str:
        return f"{spec.name}{self.formats.get(spec.format).suffixes[0]}"

    def _receipt_path(self, spec: ExportSpec) -> Path:
        return self.folder.path(spec.tenant, f"{self._file_name(spec)}.receipt.json")


def _frames(rows: pl.LazyFrame, ref: TableRef) -> Iterator[pl.DataFrame]:
    """The rows in chunks, at least one so that an empty table gets its header, without Hestia's own columns.

    Quarantined rows keep them: there the line number is what a person looks for.
    """
    own = () if ref.layer is Layer.QUARANTINE else SYSTEM_COLUMNS
    visible = rows.drop(own, strict=False)
    yield visible.head(0).collect()
    chunks: Iterable[pl.DataFrame] = visible.collect_batches(chunk_size=CHUNK_ROWS, maintain_order=True)
    yield from chunks


def _height(rows: pl.LazyFrame) -> int:
    return int(rows.select(pl.len()).collect().item())


def _sha256(path: Path) -> str:
    with path.open("rb") as source:
        return hashlib.file_digest(source, "sha256").hexdigest()


def writable(formats: Registry[Format], name: str) -> WritableFormat:
    """The format, if tables can be written in it.

    Raises:
        UnknownPluginError: there is no such format.
        SpecError: it can only be read.
    """
    fmt = formats.get(name)
    if not isinstance(fmt, WritableFormat):
        raise SpecError(f"The format {name} can be read, but not yet be written.", hint="Export as csv.")
    return fmt
