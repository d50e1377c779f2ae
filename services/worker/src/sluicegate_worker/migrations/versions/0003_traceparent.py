"""The trace that a request came with.

Revision ID: 0003
"""

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column; null is right for every request that is there."""
    op.execute("ALTER TABLE requests ADD COLUMN traceparent text")


def downgrade() -> None:
    """Forget it."""
    op.execute("ALTER TABLE requests DROP COLUMN traceparent")
