"""Runs the versions on the connection that ``upgrade`` hands in; the caller's transaction decides."""

from alembic import context

from hestia_assets.adapters.metadata.models import Table
from hestia_assets.adapters.metadata.revisions import VERSION_TABLE

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Table.metadata,
    version_table=VERSION_TABLE,
    render_as_batch=True,
)
context.run_migrations()
