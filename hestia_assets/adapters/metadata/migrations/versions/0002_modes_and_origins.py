"""What a batch does to the rows that are there, where it came from, its place in the order of commits."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.add_column("hestia_batches", sa.Column("mode", sa.Text(), nullable=True))
    op.add_column("hestia_batches", sa.Column("origin", sa.Text(), nullable=False, server_default=""))
    op.add_column("hestia_batches", sa.Column("sequence", BIG, nullable=True))
    op.add_column("hestia_batches", sa.Column("changes", sa.Text(), nullable=True))
