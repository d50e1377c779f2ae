"""The tables that the kit keeps in every service's database, for its migrations. Never edit a version: add one."""

KIT_V1 = """
CREATE TABLE outbox (
    id uuid PRIMARY KEY,
    topic text NOT NULL,
    key text,
    value bytea NOT NULL,
    headers text NOT NULL,
    answer_key text,
    sends int8 NOT NULL,
    claimed_until timestamptz NOT NULL
) WITH (autovacuum_vacuum_scale_factor = 0.05, autovacuum_vacuum_threshold = 2000);
ALTER TABLE outbox ALTER COLUMN value SET STORAGE EXTERNAL;
CREATE INDEX outbox_claimed_until ON outbox (claimed_until);
CREATE INDEX outbox_answer_key ON outbox (answer_key) WHERE answer_key IS NOT NULL;

CREATE TABLE consumer_positions (
    topic text NOT NULL,
    partition int8 NOT NULL,
    next_offset int8 NOT NULL,
    topic_id text,
    PRIMARY KEY (topic, partition)
);
"""
