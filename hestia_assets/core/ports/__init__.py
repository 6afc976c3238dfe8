"""Ports: what the domains need from the machine. Adapters make them real."""

from hestia_assets.core.ports.files import ExportFolder, FileStore, Incoming
from hestia_assets.core.ports.metadata import (
    AuditLog,
    BatchStore,
    Clock,
    Hold,
    Holding,
    JobStore,
    LeaseStore,
    SpecStore,
)
from hestia_assets.core.ports.rows import Claim, Format, RowGate, SqlEngine, Validator, WritableFormat
from hestia_assets.core.ports.tables import TableStore

__all__ = [
    "AuditLog",
    "BatchStore",
    "Claim",
    "Clock",
    "ExportFolder",
    "FileStore",
    "Format",
    "Hold",
    "Holding",
    "Incoming",
    "JobStore",
    "LeaseStore",
    "RowGate",
    "SpecStore",
    "SqlEngine",
    "TableStore",
    "Validator",
    "WritableFormat",
]
