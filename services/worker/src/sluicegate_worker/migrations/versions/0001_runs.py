"""Runs, their journals, what asked for them, and who executes them."""

from alembic import op

from sluicegate_kit.db.ddl import KIT_V1

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

# Rows of `runs` are written several times in their short lives. A column of an index, also one in its predicate,
# costs the cheap in-page update (HOT) when it changes, so the three indexes name only what must be found.
WORKER_V1 = """
CREATE TABLE requests (
    job_id text PRIMARY KEY,
    request text NOT NULL,
    requested_by text NOT NULL,
    received_at timestamptz NOT NULL
);
ALTER TABLE requests ALTER COLUMN request SET STORAGE EXTERNAL;

CREATE TABLE runs (
    job_id text PRIMARY KEY,
    run int8 NOT NULL,
    job_type text NOT NULL,
    status text NOT NULL,
    priority int8 NOT NULL,
    attempt int8 NOT NULL,
    max_attempts int8 NOT NULL,
    request_digest text NOT NULL,
    upstream bool NOT NULL,
    ready_at timestamptz NOT NULL,
    seq int8 NOT NULL,
    control_seq int8 NOT NULL,
    rank timestamptz,
    due_at timestamptz,
    blocked_reason text,
    owner uuid,
    lease_no int8 NOT NULL,
    worker_id text,
    claimed_at timestamptz,
    announced bool NOT NULL,
    owes_request bool NOT NULL,
    owed_answers text,
    cancel_control uuid,
    waiting_for uuid,
    handler_version text,
    progress text,
    steps text,
    result text,
    error text,
    running_ms float8 NOT NULL,
    attempt_ms float8 NOT NULL,
    started_at timestamptz,
    finished_at timestamptz,
    written_by uuid
) WITH (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.05, autovacuum_vacuum_threshold = 2000);
CREATE INDEX runs_rank ON runs (rank) WHERE rank IS NOT NULL;
CREATE INDEX runs_due_at ON runs (due_at) WHERE due_at IS NOT NULL;
CREATE INDEX runs_owner ON runs (owner) WHERE owner IS NOT NULL;

CREATE TABLE past_runs (
    job_id text NOT NULL,
    run int8 NOT NULL,
    status text NOT NULL,
    attempt int8 NOT NULL,
    running_ms float8 NOT NULL,
    started_at timestamptz,
    finished_at timestamptz,
    result text,
    error text,
    steps text,
    PRIMARY KEY (job_id, run)
);

CREATE TABLE journal (
    job_id text NOT NULL,
    run int8 NOT NULL,
    name text NOT NULL,
    kind text NOT NULL,
    content bytea NOT NULL,
    recorded_at timestamptz NOT NULL,
    duration_ms float8 NOT NULL,
    checkpoint_id uuid,
    ask int8,
    digest text,
    asked text,
    decision_id uuid,
    outcome text,
    edited bytea,
    decided text,
    effect text,
    PRIMARY KEY (job_id, run, name)
) WITH (fillfactor = 85);
ALTER TABLE journal ALTER COLUMN content SET STORAGE EXTERNAL, ALTER COLUMN edited SET STORAGE EXTERNAL;
CREATE INDEX journal_checkpoint_id ON journal (checkpoint_id) WHERE checkpoint_id IS NOT NULL;

CREATE TABLE controls (
    control_id uuid PRIMARY KEY,
    job_id text NOT NULL,
    control_seq int8 NOT NULL,
    run int8,
    action text NOT NULL,
    requested_by text NOT NULL,
    received_at timestamptz NOT NULL,
    outcome text,
    outcome_reason text
);
CREATE INDEX controls_job_id ON controls (job_id);

CREATE TABLE report_sweeps (
    control_id uuid PRIMARY KEY,
    after_job_id text NOT NULL
);

CREATE TABLE fleet (
    key text PRIMARY KEY,
    version int8 NOT NULL,
    desired text NOT NULL
);

CREATE TABLE replicas (
    owner uuid PRIMARY KEY,
    worker_id text NOT NULL,
    job_types text[] NOT NULL,
    lease_until timestamptz NOT NULL
);
"""


def upgrade() -> None:
    op.execute(KIT_V1)
    op.execute(WORKER_V1)
