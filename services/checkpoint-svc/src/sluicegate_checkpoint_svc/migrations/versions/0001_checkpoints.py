"""Checkpoints, what their reviewers look at, and the runs that have ended."""

from alembic import op

from sluicegate_kit.db.ddl import KIT_V1

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

TABLES = """
CREATE TABLE checkpoints (
    checkpoint_id uuid PRIMARY KEY,
    job_id text NOT NULL,
    run int8 NOT NULL,
    job_type text NOT NULL,
    key text NOT NULL,
    ask int8 NOT NULL,
    supersedes uuid,
    kind text NOT NULL,
    title text NOT NULL,
    risk text NOT NULL,
    payload_digest text NOT NULL,
    allowed_decisions text NOT NULL,
    requested_by text NOT NULL,
    handler_version text NOT NULL,
    recorded_at timestamptz NOT NULL,
    expires_at timestamptz,
    state text NOT NULL,
    version int8 NOT NULL,
    acknowledged_by text,
    acknowledged_at timestamptz,
    decision_id uuid,
    decided_by text,
    decided_at timestamptz,
    reason text,
    edited_payload bytea,
    edited_digest text,
    signed text,
    signature text,
    key_id text,
    applied text,
    applied_reason text,
    applied_at timestamptz,
    CONSTRAINT decided_once_and_whole CHECK (
        (state IN ('pending', 'recorded')) = (decision_id IS NULL)
        AND (decision_id IS NULL) = (decided_at IS NULL)
        AND (decision_id IS NULL) = (signed IS NULL)
        AND (edited_payload IS NULL) = (edited_digest IS NULL)
    )
) WITH (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.05);
ALTER TABLE checkpoints ALTER COLUMN edited_payload SET STORAGE EXTERNAL;
CREATE INDEX checkpoints_pending ON checkpoints (expires_at, recorded_at, checkpoint_id) WHERE state = 'pending';
CREATE INDEX checkpoints_newest ON checkpoints (recorded_at DESC, checkpoint_id DESC);
CREATE INDEX checkpoints_job ON checkpoints (job_id);

CREATE TABLE exhibits (
    checkpoint_id uuid PRIMARY KEY,
    payload bytea NOT NULL,
    description text,
    payload_schema text,
    view text,
    policy text,
    on_expiry text NOT NULL,
    asked_at timestamptz NOT NULL
);
ALTER TABLE exhibits ALTER COLUMN payload SET STORAGE EXTERNAL;

CREATE TABLE closed_runs (
    job_id text PRIMARY KEY,
    run int8 NOT NULL
) WITH (fillfactor = 90);
"""


def upgrade() -> None:
    """Create everything."""
    op.execute(KIT_V1)
    op.execute(TABLES)
