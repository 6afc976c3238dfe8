"""What people said about anomalies: "that is normal"."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "hestia_normal_verdicts",
        sa.Column("id", number, nullable=False),
        sa.Column("tenant", sa.Text(), nullable=False),
        sa.Column("dataset", sa.Text(), nullable=False),
        sa.Column("metric", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("value", sa.Float(53), nullable=False),
        sa.Column("batch", sa.Text(), nullable=False),
        sa.Column("level", sa.Boolean(), nullable=False),
        sa.Column("author", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["tenant"], ["hestia_tenants.name"], name="fk_hestia_normal_verdicts_tenant"),
        sa.PrimaryKeyConstraint("id", name="pk_hestia_normal_verdicts"),
    )
    op.create_index(
        "uq_hestia_normal_verdicts_point",
        "hestia_normal_verdicts",
        ["tenant", "dataset", "metric", "at"],
        unique=True,
    )
