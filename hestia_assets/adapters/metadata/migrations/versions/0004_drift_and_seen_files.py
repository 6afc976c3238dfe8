"""How a file differed from those before it; what was taken from each source, until now kept in files of the home.

The files are read once, for sources that this database knows, and stay where they are: should this transaction not
end, nothing is lost, and afterwards nobody reads them.
"""

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path

import sqlalchemy as sa
from alembic import context, op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.add_column("hestia_batches", sa.Column("drift", sa.Text(), nullable=True))
    seen = op.create_table(
        "hestia_seen_files",
        sa.Column("tenant", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["tenant"], ["hestia_tenants.name"], name="fk_hestia_seen_files_tenant"),
        sa.PrimaryKeyConstraint("tenant", "source", "digest", name="pk_hestia_seen_files"),
    )
    rows = [row for tenant, name in _sources() for row in _taken(tenant, name)]
    if rows:
        op.bulk_insert(seen, rows)


def _sources() -> list[tuple[str, str]]:
    query = "SELECT DISTINCT tenant, name FROM hestia_specs WHERE kind = 'source'"
    return [(row[0], row[1]) for row in op.get_bind().execute(sa.text(query))]


def _taken(tenant: str, name: str) -> list[dict[str, str]]:
    """One row per address: the last line counts."""
    home: Path = context.config.attributes["home"]
    path = home / "landing" / tenant / "sources" / f"{name}.jsonl"
    if not path.is_file():
        return []
    last = dict(_pairs(path))
    return [
        {
            "tenant": tenant,
            "source": name,
            "digest": hashlib.sha256(address.encode()).hexdigest(),
            "address": address,
            "version": version,
        }
        for address, version in last.items()
    ]


def _pairs(path: Path) -> Iterator[tuple[str, str]]:
    for line in path.read_bytes().split(b"\n"):
        try:
            address, version = json.loads(line)
        except ValueError:  # cut off by a crash: as if it was never written
            continue
        if isinstance(address, str) and isinstance(version, str):
            yield _storable(address), _storable(version)


def _storable(value: str) -> str:
    return value.encode("utf-8", "replace").decode().replace("\0", "\ufffd")
