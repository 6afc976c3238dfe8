"""Facts that services return: frozen dataclasses; pages, checks and commands make sentences of them."""

from hestia_assets.core.results.batches import (
    UNFINISHED,
    Batch,
    BatchPart,
    BatchState,
    IncomingFile,
    Problem,
    Received,
    StagedFile,
    StoredFile,
)
from hestia_assets.core.results.checks import CheckResult, FailedRow, Judgement, SetFailure, merge_checks
from hestia_assets.core.results.products import ExportResult, TransformResult
from hestia_assets.core.results.reading import (
    ACCOUNT_PARTS,
    START,
    SYSTEM_COLUMNS,
    Inspection,
    LineAccount,
    Position,
    Preview,
    Reason,
    Reject,
    TextChunk,
)
from hestia_assets.core.results.records import AuditEvent, Job, JobState, Lease, SpecVersion, TableVersion

__all__ = [
    "ACCOUNT_PARTS",
    "START",
    "SYSTEM_COLUMNS",
    "UNFINISHED",
    "AuditEvent",
    "Batch",
    "BatchPart",
    "BatchState",
    "CheckResult",
    "ExportResult",
    "FailedRow",
    "IncomingFile",
    "Inspection",
    "Job",
    "JobState",
    "Judgement",
    "Lease",
    "LineAccount",
    "Position",
    "Preview",
    "Problem",
    "Reason",
    "Received",
    "Reject",
    "SetFailure",
    "SpecVersion",
    "StagedFile",
    "StoredFile",
    "TableVersion",
    "TextChunk",
    "TransformResult",
    "merge_checks",
]
