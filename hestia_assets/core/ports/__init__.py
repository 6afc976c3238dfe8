"""Ports: what the domains need from the machine. Adapters make them real."""

from hestia_assets.core.ports.alerts import Announcer, Courier, Outbox
from hestia_assets.core.ports.files import Archives, ExportFolder, FileStore, Incoming
from hestia_assets.core.ports.metadata import (
    AuditLog,
    BatchStore,
    Clock,
    Hold,
    Holding,
    JobStore,
    LeaseStore,
    OnWait,
    SpecStore,
)
from hestia_assets.core.ports.quality import VerdictStore
from hestia_assets.core.ports.remote import Connector, Reach, SeenStore
from hestia_assets.core.ports.rows import (
    Claim,
    EncodedFormat,
    Format,
    LayoutFormat,
    RowGate,
    SqlEngine,
    TellingFormat,
    TypedFormat,
    Validator,
    WritableFormat,
)
from hestia_assets.core.ports.tables import TableStore

__all__ = [
    "Announcer",
    "Archives",
    "AuditLog",
    "BatchStore",
    "Claim",
    "Clock",
    "Connector",
    "Courier",
    "EncodedFormat",
    "ExportFolder",
    "FileStore",
    "Format",
    "Hold",
    "Holding",
    "Incoming",
    "JobStore",
    "LayoutFormat",
    "LeaseStore",
    "OnWait",
    "Outbox",
    "Reach",
    "RowGate",
    "SeenStore",
    "SpecStore",
    "SqlEngine",
    "TableStore",
    "TellingFormat",
    "TypedFormat",
    "Validator",
    "VerdictStore",
    "WritableFormat",
]
