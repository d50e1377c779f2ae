"""Dead letters say how long a value was that is not kept whole.

Revision ID: 0003
"""

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add it. Replicas that don't know it yet write rows without it, which says that they are whole."""
    op.execute("ALTER TABLE dead_letters ADD COLUMN value_bytes int8")


def downgrade() -> None:
    """What is not whole would look as if it were."""
    raise NotImplementedError("restore a backup instead")
