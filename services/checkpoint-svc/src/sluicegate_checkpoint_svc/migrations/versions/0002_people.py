"""People: how they sign in, what they say, and what they are told while they watch."""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

TABLES = """
CREATE TABLE login_links (
    sha256 text PRIMARY KEY,
    person text NOT NULL,
    made_by text NOT NULL,
    expires_at timestamptz NOT NULL,
    used_by uuid
);
CREATE INDEX login_links_expires_at ON login_links (expires_at);

CREATE TABLE sessions (
    session_id uuid PRIMARY KEY,
    person text NOT NULL,
    key_id text,
    began_at timestamptz NOT NULL,
    ends_at timestamptz NOT NULL
);
CREATE INDEX sessions_ends_at ON sessions (ends_at);

CREATE TABLE comments (
    comment_id uuid PRIMARY KEY,
    checkpoint_id uuid NOT NULL,
    by text NOT NULL,
    text text NOT NULL,
    at timestamptz NOT NULL
);
CREATE INDEX comments_checkpoint ON comments (checkpoint_id, at, comment_id);

CREATE TABLE news (
    news_id uuid PRIMARY KEY,
    at timestamptz NOT NULL,
    changes text NOT NULL
);
CREATE INDEX news_at ON news (at);
"""


def upgrade() -> None:
    """Create everything."""
    op.execute(TABLES)
