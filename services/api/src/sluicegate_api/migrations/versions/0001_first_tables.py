"""The first tables.

Revision ID: 0001
"""

from alembic import op

from sluicegate_kit.db.ddl import KIT_V1

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

TABLES = """
CREATE TABLE jobs (
    job_id text PRIMARY KEY,
    job_type text NOT NULL,
    status text NOT NULL,
    run int8 NOT NULL,
    seq int8 NOT NULL,
    entries int8 NOT NULL,
    control_seq int8 NOT NULL,
    running_ms float8 NOT NULL,
    created_at timestamptz NOT NULL,
    heard_at timestamptz NOT NULL,
    report_at timestamptz,
    reports int8 NOT NULL
) WITH (fillfactor = 80);
CREATE INDEX jobs_created_at ON jobs (created_at, job_id);
CREATE INDEX jobs_report_at ON jobs (report_at) WHERE report_at IS NOT NULL;

CREATE TABLE job_requests (
    job_id text PRIMARY KEY,
    task_description text NOT NULL,
    input_data text NOT NULL,
    priority int8 NOT NULL,
    max_attempts int8 NOT NULL,
    requested_by text,
    tags text NOT NULL,
    timeout_seconds float8,
    run_at timestamptz
);
ALTER TABLE job_requests ALTER COLUMN input_data SET STORAGE EXTERNAL;
CREATE INDEX job_requests_tags ON job_requests USING gin ((tags::jsonb)) WHERE tags <> '[]';

CREATE TABLE job_events (
    job_id text NOT NULL,
    seq int8 NOT NULL,
    entry int8 NOT NULL,
    snapshot text NOT NULL,
    received_at timestamptz NOT NULL,
    PRIMARY KEY (job_id, seq)
);
ALTER TABLE job_events ALTER COLUMN snapshot SET STORAGE EXTERNAL;

CREATE TABLE controls (
    control_id uuid PRIMARY KEY,
    job_id text NOT NULL,
    control_seq int8 NOT NULL,
    run int8 NOT NULL,
    action text NOT NULL,
    requested_by text NOT NULL,
    reason text,
    at timestamptz NOT NULL,
    outcome text,
    outcome_reason text,
    answered_at timestamptz,
    UNIQUE (job_id, control_seq)
);
CREATE INDEX controls_pending ON controls (job_id) WHERE outcome IS NULL;

CREATE TABLE job_checkpoints (
    checkpoint_id uuid PRIMARY KEY,
    job_id text NOT NULL,
    run int8 NOT NULL,
    job_type text NOT NULL,
    key text NOT NULL,
    ask int8 NOT NULL,
    kind text NOT NULL,
    title text NOT NULL,
    description text,
    risk text NOT NULL,
    payload_digest text NOT NULL,
    requested_by text NOT NULL,
    handler_version text NOT NULL,
    at timestamptz NOT NULL
);
CREATE INDEX job_checkpoints_job ON job_checkpoints (job_id);

CREATE TABLE job_decisions (
    decision_id uuid PRIMARY KEY,
    checkpoint_id uuid NOT NULL,
    job_id text NOT NULL,
    run int8 NOT NULL,
    outcome text NOT NULL,
    decided_by text NOT NULL,
    reason text,
    edited bool NOT NULL,
    at timestamptz NOT NULL
);
CREATE INDEX job_decisions_job ON job_decisions (job_id);

CREATE TABLE job_decision_answers (
    decision_id uuid PRIMARY KEY,
    job_id text NOT NULL,
    outcome text NOT NULL,
    reason text,
    at timestamptz NOT NULL
);

CREATE TABLE fleet (
    name text PRIMARY KEY,
    version int8 NOT NULL,
    desired text NOT NULL,
    requested_by text NOT NULL,
    at timestamptz NOT NULL,
    answered bool NOT NULL
);

CREATE TABLE worker_replicas (
    worker_id text PRIMARY KEY,
    version text NOT NULL,
    state text NOT NULL,
    slots int8 NOT NULL,
    active_jobs int8 NOT NULL,
    handlers text NOT NULL,
    fleet_version int8 NOT NULL,
    queue text,
    queue_at timestamptz,
    at timestamptz NOT NULL,
    heard_at timestamptz NOT NULL
) WITH (fillfactor = 50);

CREATE TABLE idempotency_keys (
    caller text NOT NULL,
    key text NOT NULL,
    body_digest text NOT NULL,
    job_id text NOT NULL,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (caller, key)
);
CREATE INDEX idempotency_keys_created_at ON idempotency_keys (created_at);

CREATE TABLE dead_letters (
    dead_letter_id uuid PRIMARY KEY,
    topic text NOT NULL,
    partition int8 NOT NULL,
    record_offset int8 NOT NULL,
    record_key bytea,
    value bytea NOT NULL,
    headers text NOT NULL,
    code text NOT NULL,
    reason text NOT NULL,
    at timestamptz NOT NULL,
    received_at timestamptz NOT NULL,
    redrives int8 NOT NULL,
    redriven_at timestamptz,
    redriven_by text,
    last_redrive uuid
);
ALTER TABLE dead_letters ALTER COLUMN value SET STORAGE EXTERNAL;
CREATE INDEX dead_letters_received_at ON dead_letters (received_at, dead_letter_id);
"""


def upgrade() -> None:
    """Create everything."""
    op.execute(KIT_V1)
    op.execute(TABLES)


def downgrade() -> None:
    """There is nothing before the first tables."""
    raise NotImplementedError("restore a backup instead")
