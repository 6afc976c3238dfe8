"""The first tables."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    _tenants()
    _specs()
    _batches()
    _batch_parts()
    _jobs()
    _leases()
    _audit_events()


def _tenants() -> None:
    op.create_table(
        "hestia_tenants",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_hestia_tenants"),
    )


def _specs() -> None:
    op.create_table(
        "hestia_specs",
        sa.Column("id", BIG, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("tenant", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("version", BIG, nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("author", sa.Text(), nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.ForeignKeyConstraint(["tenant"], ["hestia_tenants.name"], name="fk_hestia_specs_tenant"),
        sa.PrimaryKeyConstraint("id", name="pk_hestia_specs"),
    )
    op.create_index("uq_hestia_specs_version", "hestia_specs", ["kind", "tenant", "name", "version"], unique=True)


def _batches() -> None:
    op.create_table(
        "hestia_batches",
        sa.Column("number", BIG, nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("tenant", sa.Text(), nullable=False),
        sa.Column("dataset", sa.Text(), nullable=False),
        sa.Column("file_name", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("size_bytes", BIG, nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("spec_version", BIG, nullable=False),
        sa.Column("author", sa.Text(), nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("updated_at", TIME, nullable=False),
        sa.Column("finished_at", TIME, nullable=True),
        sa.Column("rows_done", BIG, nullable=False),
        sa.Column("bytes_done", BIG, nullable=False),
        sa.Column("rows_loaded", BIG, nullable=False),
        sa.Column("rows_quarantined", BIG, nullable=False),
        sa.Column("seconds", sa.Float(53), nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("checks", sa.Text(), nullable=False),
        sa.Column("problem", sa.Text(), nullable=True),
        sa.Column("released_by", sa.Text(), nullable=True),
        sa.Column("run_id", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["tenant"], ["hestia_tenants.name"], name="fk_hestia_batches_tenant"),
        sa.PrimaryKeyConstraint("number", name="pk_hestia_batches"),
        sa.UniqueConstraint("id", name="uq_hestia_batches_id"),
    )
    op.create_index("ix_hestia_batches_recent", "hestia_batches", ["tenant", "dataset", "number"], unique=False)
    op.create_index(
        "uq_hestia_batches_bytes",
        "hestia_batches",
        ["tenant", "dataset", "sha256"],
        unique=True,
        sqlite_where=sa.text("state <> 'undone'"),
        postgresql_where=sa.text("state <> 'undone'"),
    )


def _batch_parts() -> None:
    op.create_table(
        "hestia_batch_parts",
        sa.Column("batch", sa.Text(), nullable=False),
        sa.Column("number", BIG, autoincrement=False, nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["batch"], ["hestia_batches.id"], name="fk_hestia_batch_parts_batch", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("batch", "number", name="pk_hestia_batch_parts"),
    )


def _jobs() -> None:
    op.create_table(
        "hestia_jobs",
        sa.Column("id", BIG, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("tenant", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("started_at", TIME, nullable=False),
        sa.Column("updated_at", TIME, nullable=False),
        sa.Column("finished_at", TIME, nullable=True),
        sa.Column("batch", sa.Text(), nullable=True),
        sa.Column("run_id", sa.Text(), nullable=True),
        sa.Column("rows_done", BIG, nullable=False),
        sa.Column("bytes_done", BIG, nullable=False),
        sa.Column("bytes_total", BIG, nullable=False),
        sa.Column("problem", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["tenant"], ["hestia_tenants.name"], name="fk_hestia_jobs_tenant"),
        sa.PrimaryKeyConstraint("id", name="pk_hestia_jobs"),
    )
    op.create_index("ix_hestia_jobs_recent", "hestia_jobs", ["tenant", "id"], unique=False)
    op.create_index("ix_hestia_jobs_state", "hestia_jobs", ["state"], unique=False)


def _leases() -> None:
    op.create_table(
        "hestia_leases",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("token", BIG, nullable=False),
        sa.Column("expires_at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_hestia_leases"),
    )


def _audit_events() -> None:
    op.create_table(
        "hestia_audit_events",
        sa.Column("id", BIG, nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("details", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_hestia_audit_events"),
    )
    op.create_index("ix_hestia_audit_events_subject", "hestia_audit_events", ["subject", "id"], unique=False)
