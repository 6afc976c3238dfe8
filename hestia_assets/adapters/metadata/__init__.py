"""The metadata database: specs, batches, jobs, leases and the audit trail, on SQLite or PostgreSQL."""

from hestia_assets.adapters.metadata.opening import Metadata, open_metadata

__all__ = ["Metadata", "open_metadata"]
