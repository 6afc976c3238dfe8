"""The composition root: settings → adapters → services → one frozen façade."""

import getpass
import os
import secrets
import socket
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from hestia_assets import _importing
from hestia_assets.adapters.chat import ChatCourier
from hestia_assets.adapters.delta import DeltaTableStore
from hestia_assets.adapters.files import LocalExportFolder, LocalFileStore, LocalIncoming
from hestia_assets.adapters.held_lease import holding
from hestia_assets.adapters.home import prepare_home
from hestia_assets.adapters.mail import MailCourier
from hestia_assets.adapters.metadata import Metadata, open_metadata
from hestia_assets.adapters.s3_client import s3_client
from hestia_assets.adapters.sql_later import LaterEngine
from hestia_assets.adapters.unpack import LimitedArchives
from hestia_assets.adapters.webhook import WebhookCourier
from hestia_assets.connectors import CONNECTORS
from hestia_assets.core.ports import Announcer, AuditLog, BatchStore, Connector, Format, JobStore, Reach, TableStore
from hestia_assets.core.registry import Registry
from hestia_assets.core.rules import Rule
from hestia_assets.core.specs import ChannelKind, Occurrence
from hestia_assets.domains.alerts.service import AlertService, Look
from hestia_assets.domains.export.service import ExportService
from hestia_assets.domains.governance.catalog import Catalog
from hestia_assets.domains.governance.checking import CheckGuard
from hestia_assets.domains.governance.gate import Gate
from hestia_assets.domains.governance.guard import SpecChecker
from hestia_assets.domains.ingest.resubmitting.service import QuarantineService
from hestia_assets.domains.ingest.service import IngestService
from hestia_assets.domains.interchange.languages import LANGUAGES
from hestia_assets.domains.interchange.service import InterchangeService
from hestia_assets.domains.profiling.service import ProfileService
from hestia_assets.domains.quality.service import QualityService
from hestia_assets.domains.quality.telling import Lookout
from hestia_assets.domains.sources.service import SourceService
from hestia_assets.domains.transformation.service import TransformService
from hestia_assets.domains.validation.checks import RuleValidator
from hestia_assets.formats import FORMATS
from hestia_assets.rules import RULES
from hestia_assets.settings import Settings, alert_secret

_importing.done()


@dataclass(frozen=True)
class Hestia:
    """The product: every face (CLI, pages, assets) only translates what these services say."""

    settings: Settings
    catalog: Catalog
    ingest: IngestService
    quarantine: QuarantineService
    sources: SourceService
    gate: Gate
    transforms: TransformService
    exports: ExportService
    profiles: ProfileService
    interchange: InterchangeService
    alerts: AlertService
    quality: QualityService
    tables: TableStore
    batches: BatchStore
    jobs: JobStore
    audit: AuditLog
    formats: Registry[Format]
    rules: Registry[Rule]
    connectors: Registry[Connector]
    author: str


def open_home(path: str | Path | None = None, *, settings: Settings | None = None) -> Hestia:
    """Open a home, creating or migrating it when needed.

    Args:
        path: the home's folder; by default HESTIA_HOME, else ``./.hestia``.
        settings: all settings at once, instead of the environment's.

    Raises:
        HomeError: the folder cannot be used, or a newer Hestia made it.
    """
    settings = settings or (Settings(home=Path(path)) if path is not None else Settings())
    prepare_home(settings)
    return _joined(settings, open_metadata(settings.database_url, home=settings.home, clock=_utc_now))


def _joined(settings: Settings, metadata: Metadata) -> Hestia:
    """Every service, on these adapters."""
    owner = f"{socket.gethostname()}:{os.getpid()}"
    tables = DeltaTableStore(settings.lake, leases=metadata.leases, owner=owner, lease_seconds=settings.lease_seconds)
    sql = LaterEngine(memory_limit=settings.sql_memory_limit, timeout_seconds=settings.sql_timeout_seconds)
    gate = Gate(tables, sql)
    validator = RuleValidator(RULES, sql, tables, _utc_now, settings.tenant)
    alerts = _alerts(settings, metadata)
    ingest = _ingest(settings, metadata, tables, validator, alerts.announce, owner=owner)
    catalog = _catalog(metadata, ingest, gate)
    quarantine = QuarantineService(lambda: ingest.runner, catalog.save, _batch_id, RULES)
    quality = _quality(metadata, quarantine)
    guard = CheckGuard(RULES, validator, metadata.specs, _utc_now)
    return Hestia(
        settings=settings,
        catalog=catalog,
        ingest=ingest,
        quarantine=quarantine,
        sources=_sources(settings, metadata, ingest),
        gate=gate,
        transforms=TransformService(gate, tables),
        exports=ExportService(gate, tables, LocalExportFolder(settings.exports), FORMATS, metadata.audit),
        profiles=ProfileService(gate, tables, metadata.batches, metadata.specs, validator, RULES, guard),
        interchange=InterchangeService(LANGUAGES, RULES, validator, _utc_now),
        alerts=replace(alerts, looks=_looks(quality), rules=RULES),
        quality=quality,
        tables=tables,
        batches=metadata.batches,
        jobs=metadata.jobs,
        audit=metadata.audit,
        formats=FORMATS,
        rules=RULES,
        connectors=CONNECTORS,
        author=_user(),
    )


def _ingest(
    settings: Settings,
    metadata: Metadata,
    tables: TableStore,
    validator: RuleValidator,
    announce: Announcer,
    *,
    owner: str,
) -> IngestService:
    files = LocalFileStore(settings.landing, max_bytes=settings.max_file_bytes)
    files.sweep()
    return IngestService(
        files=files,
        archives=LimitedArchives(settings.unpacked_limit_mb * 1_000_000, folder=settings.landing),
        incoming=LocalIncoming(settings.landing),
        tables=tables,
        specs=metadata.specs,
        batches=metadata.batches,
        jobs=metadata.jobs,
        holding=partial(holding, metadata.leases, owner=owner, seconds=settings.lease_seconds),
        audit=metadata.audit,
        formats=FORMATS,
        validator=validator,
        clock=_utc_now,
        new_id=_batch_id,
        lease_seconds=settings.lease_seconds,
        announce=announce,
    )


def _alerts(settings: Settings, metadata: Metadata) -> AlertService:
    seconds = settings.send_timeout_seconds
    couriers = {
        ChannelKind.EMAIL: MailCourier(settings),
        ChannelKind.CHAT: ChatCourier(alert_secret, seconds),
        ChannelKind.WEBHOOK: WebhookCourier(alert_secret, _utc_now, settings.allow_private_urls, seconds),
    }
    return AlertService(
        metadata.specs,
        metadata.outbox,
        metadata.audit,
        couriers,
        _utc_now,
        settings.ui_link,
        keep_days=settings.outbox_days,
    )


def _catalog(metadata: Metadata, ingest: IngestService, gate: Gate) -> Catalog:
    return Catalog(
        store=metadata.specs,
        seen=metadata.seen,
        holding=ingest.holding,
        audit=metadata.audit,
        guard=SpecChecker(FORMATS, RULES, gate, CONNECTORS, _utc_now, ingest.validator, metadata.specs),
        together=metadata.database.together,
    )


def _looks(quality: QualityService) -> dict[Occurrence, Look]:
    lookout = Lookout(quality)
    return {Occurrence.DATASET_LATE: lookout.late, Occurrence.ANOMALY: lookout.anomalies}


def _quality(metadata: Metadata, quarantine: QuarantineService) -> QualityService:
    return QualityService(
        batches=metadata.batches,
        specs=metadata.specs,
        verdicts=metadata.verdicts,
        audit=metadata.audit,
        entries=quarantine.entries,
        clock=_utc_now,
        rules=RULES,
    )


def _sources(settings: Settings, metadata: Metadata, ingest: IngestService) -> SourceService:
    return SourceService(
        specs=metadata.specs,
        connectors=CONNECTORS,
        receive=ingest.receive_all,
        seen=metadata.seen,
        holding=ingest.holding,
        audit=metadata.audit,
        reach=Reach(
            folder=settings.landing,
            max_bytes=settings.max_file_bytes,
            timeout_seconds=settings.fetch_timeout_seconds,
            private=settings.allow_private_urls,
            s3=partial(s3_client, settings),
        ),
    )


def _utc_now() -> datetime:
    return datetime.now(UTC)


def _batch_id(dataset: str) -> str:
    """Sorts by time, reads well in a command, and is met once: ``orders-20261120-093000-3f9a2c``."""
    return f"{dataset}-{_utc_now():%Y%m%d-%H%M%S}-{secrets.token_hex(3)}"


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a container's user may have no name
        return f"uid {os.getuid()}"
