"""Figures of each file, which the files after it are held against."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.add_column("hestia_batches", sa.Column("profile", sa.Text(), nullable=True))
