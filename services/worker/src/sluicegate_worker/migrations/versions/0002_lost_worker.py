"""Which replica's loss made the present attempt of a run necessary.

Revision ID: 0002
"""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column; null is right for every run that is there."""
    op.execute("ALTER TABLE runs ADD COLUMN lost_worker_id text")


def downgrade() -> None:
    """Forget it."""
    op.execute("ALTER TABLE runs DROP COLUMN lost_worker_id")
