"""Messages that are to be sent, and what became of them."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "hestia_outbox",
        sa.Column("id", number, nullable=False),
        sa.Column("tenant", sa.Text(), nullable=False),
        sa.Column("alert", sa.Text(), nullable=False),
        sa.Column("event_key", sa.Text(), nullable=False),
        sa.Column("receiver", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("event", sa.Text(), nullable=False),
        sa.Column("digest", sa.Boolean(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("attempts", number, nullable=False),
        sa.Column("uncertain", number, nullable=False),
        sa.Column("created_at", moment, nullable=False),
        sa.Column("since", moment, nullable=False),
        sa.Column("next_at", moment, nullable=False),
        sa.Column("lease_until", moment, nullable=True),
        sa.Column("problem", sa.Text(), nullable=True),
        sa.Column("sent_at", moment, nullable=True),
        sa.Column("letter", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["tenant"], ["hestia_tenants.name"], name="fk_hestia_outbox_tenant"),
        sa.PrimaryKeyConstraint("id", name="pk_hestia_outbox"),
    )
    once = ["tenant", "alert", "receiver", "event_key"]
    op.create_index("uq_hestia_outbox_once", "hestia_outbox", once, unique=True)
    op.create_index("ix_hestia_outbox_due", "hestia_outbox", ["state", "next_at"])
    op.create_index("ix_hestia_outbox_letter", "hestia_outbox", ["letter"])
