"""Messages that left the outbox after their days: what remains is enough to count them and to tell none again."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    op.create_table(
        "hestia_told",
        sa.Column("fingerprint", sa.Text(), nullable=False),
        sa.Column("tenant", sa.Text(), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["tenant"], ["hestia_tenants.name"], name="fk_hestia_told_tenant"),
        sa.PrimaryKeyConstraint("fingerprint", name="pk_hestia_told"),
    )
    op.create_index("ix_hestia_told_sent", "hestia_told", ["tenant", "sent_at"])
    op.create_index("ix_hestia_outbox_sent", "hestia_outbox", ["state", "sent_at"])
