"""What the inbox asks: which info checkpoints nobody has acknowledged, and where a text stands."""

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

# One text to look into, in lower case and in an order that compares bytes: a search looks at every pending row, and
# four case-insensitive comparisons of each take ten times as long.
CHANGES = """
CREATE INDEX checkpoints_unseen ON checkpoints (recorded_at DESC, checkpoint_id DESC)
    WHERE kind = 'info' AND acknowledged_at IS NULL;
ALTER TABLE checkpoints ADD COLUMN sought text COLLATE "C" GENERATED ALWAYS AS (
    lower(title || E'\\n' || key || E'\\n' || job_id || E'\\n' || requested_by)
) STORED;
"""


def upgrade() -> None:
    """Create both."""
    op.execute(CHANGES)
