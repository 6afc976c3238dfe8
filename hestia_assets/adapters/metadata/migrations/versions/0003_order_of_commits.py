"""Batches that were committed before get their place in the order of commits; all of them were appended."""

from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.execute(
        """
        UPDATE hestia_batches SET mode = 'append', sequence = (
            SELECT COUNT(*) FROM hestia_batches AS other
            WHERE other.tenant = hestia_batches.tenant AND other.dataset = hestia_batches.dataset
            AND other.state = 'committed'
            AND (other.finished_at < hestia_batches.finished_at
                 OR (other.finished_at = hestia_batches.finished_at AND other.number <= hestia_batches.number))
        ) WHERE state = 'committed' AND sequence IS NULL
        """
    )
