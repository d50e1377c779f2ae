"""Counts that are kept instead of counted, the indexes of the lists, and dead letters that say how often they came.

Revision ID: 0002
"""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

LISTS = """
CREATE INDEX jobs_status ON jobs (status, created_at, job_id);
CREATE INDEX jobs_job_type ON jobs (job_type, created_at, job_id);
CREATE INDEX job_requests_requested_by ON job_requests (requested_by);
"""

DEAD_LETTERS = """
ALTER TABLE dead_letters
    ADD COLUMN times int8 NOT NULL DEFAULT 1,
    ADD COLUMN last_at timestamptz,
    ADD COLUMN job_id text;
UPDATE dead_letters SET last_at = at;
ALTER TABLE dead_letters ALTER COLUMN last_at SET NOT NULL;
CREATE INDEX dead_letters_job_id ON dead_letters (job_id) WHERE job_id IS NOT NULL;
"""

# `tallies` holds what has been folded in, `tally_changes` what has happened since: a few rows per statement, never
# updated, so that replicas which count at the same moment don't wait for each other. The sum of both is exact.
TALLIES = """
CREATE TABLE tallies (
    series text NOT NULL,
    job_type text NOT NULL,
    label text NOT NULL,
    amount float8 NOT NULL,
    PRIMARY KEY (series, job_type, label)
) WITH (fillfactor = 50);

CREATE TABLE tally_changes (
    series text NOT NULL,
    job_type text NOT NULL,
    label text NOT NULL,
    amount float8 NOT NULL
) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000);

CREATE TABLE tally_decisions (
    decision_id uuid NOT NULL
) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000);
"""

# The write connection plans once and joins by index alone, so nothing here joins one set of rows with the other:
# what was is subtracted from what is, and a run that had ended before is looked up in a hashed list.
#
# A decision counts once the worker has answered it (ADR 7). The two come in transactions that don't see each other, so
# each leaves its id in `tally_decisions`, and whoever folds in the later one finds both.
FUNCTIONS = """
CREATE FUNCTION has_ended(status text) RETURNS bool LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN status IN ('succeeded', 'failed', 'rejected', 'expired', 'cancelled');

-- How many bounds, in ms, are below a running time: which bucket of the histogram it falls into. `width_bucket` counts
-- bounds up to and including its operand, so it is asked from the other end.
CREATE FUNCTION run_bucket(ms float8) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN (13 - width_bucket(
    -ms, '{-14400000,-3600000,-900000,-300000,-60000,-30000,-10000,-5000,-1000,-500,-100,-50,-10}'::float8[]
))::text;

CREATE FUNCTION tally_new_jobs() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO tally_changes
    SELECT 'jobs', job_type, status, count(*) FROM is_now GROUP BY job_type, status
    UNION ALL
    SELECT 'ended', '', run_bucket(running_ms), count(*) FROM is_now WHERE has_ended(status) GROUP BY 3
    UNION ALL
    SELECT 'ended_ms', '', '', sum(running_ms) FROM is_now WHERE has_ended(status) HAVING count(*) > 0;
    RETURN NULL;
END $$;

CREATE FUNCTION tally_moved_jobs() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO tally_changes
    SELECT 'jobs', job_type, status, sum(amount)
    FROM (
        SELECT job_type, status, 1 AS amount FROM is_now UNION ALL SELECT job_type, status, -1 FROM was_then
    ) AS moved
    GROUP BY job_type, status HAVING sum(amount) <> 0
    UNION ALL
    SELECT 'ended', '', run_bucket(running_ms), count(*) FROM is_now
    WHERE has_ended(status)
        AND (job_id, run) NOT IN (SELECT job_id, run FROM was_then WHERE has_ended(status))
    GROUP BY 3
    UNION ALL
    SELECT 'ended_ms', '', '', sum(running_ms) FROM is_now
    WHERE has_ended(status)
        AND (job_id, run) NOT IN (SELECT job_id, run FROM was_then WHERE has_ended(status))
    HAVING count(*) > 0;
    RETURN NULL;
END $$;

CREATE FUNCTION tally_gone_jobs() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO tally_changes SELECT 'jobs', job_type, status, -count(*) FROM was_then GROUP BY job_type, status;
    RETURN NULL;
END $$;

CREATE FUNCTION tally_asks() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO tally_changes SELECT 'asked', '', kind, count(*) FROM is_now GROUP BY kind;
    RETURN NULL;
END $$;

CREATE FUNCTION tally_of_decisions() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO tally_decisions SELECT decision_id FROM is_now;
    RETURN NULL;
END $$;
"""

TRIGGERS = """
CREATE TRIGGER tally_new AFTER INSERT ON jobs
    REFERENCING NEW TABLE AS is_now FOR EACH STATEMENT EXECUTE FUNCTION tally_new_jobs();
CREATE TRIGGER tally_moved AFTER UPDATE ON jobs
    REFERENCING OLD TABLE AS was_then NEW TABLE AS is_now FOR EACH STATEMENT EXECUTE FUNCTION tally_moved_jobs();
CREATE TRIGGER tally_gone AFTER DELETE ON jobs
    REFERENCING OLD TABLE AS was_then FOR EACH STATEMENT EXECUTE FUNCTION tally_gone_jobs();
CREATE TRIGGER tally_asks AFTER INSERT ON job_checkpoints
    REFERENCING NEW TABLE AS is_now FOR EACH STATEMENT EXECUTE FUNCTION tally_asks();
CREATE TRIGGER tally_decisions AFTER INSERT ON job_decisions
    REFERENCING NEW TABLE AS is_now FOR EACH STATEMENT EXECUTE FUNCTION tally_of_decisions();
CREATE TRIGGER tally_answers AFTER INSERT ON job_decision_answers
    REFERENCING NEW TABLE AS is_now FOR EACH STATEMENT EXECUTE FUNCTION tally_of_decisions();
"""

# A trigger's lock lasts until the migration commits: nothing changes between this count and the first of the triggers'.
COUNT_ONCE = """
INSERT INTO tallies SELECT 'jobs', job_type, status, count(*) FROM jobs GROUP BY job_type, status;
INSERT INTO tallies SELECT 'ended', '', run_bucket(running_ms), count(*) FROM jobs WHERE has_ended(status) GROUP BY 3;
INSERT INTO tallies SELECT 'ended_ms', '', '', sum(running_ms) FROM jobs WHERE has_ended(status) HAVING count(*) > 0;
INSERT INTO tallies SELECT 'asked', '', kind, count(*) FROM job_checkpoints GROUP BY kind;
INSERT INTO tallies SELECT 'decided', '', job_decisions.outcome, count(*)
    FROM job_decisions JOIN job_decision_answers USING (decision_id) GROUP BY job_decisions.outcome;
"""


def upgrade() -> None:
    """Add all of it."""
    for part in (TALLIES, FUNCTIONS, TRIGGERS, COUNT_ONCE, LISTS, DEAD_LETTERS):
        op.execute(part)


def downgrade() -> None:
    """The repeats of dead letters would be lost."""
    raise NotImplementedError("restore a backup instead")
