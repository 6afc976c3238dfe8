"""Since when a batch can be neither undone nor redone."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.add_column("hestia_batches", sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True))
