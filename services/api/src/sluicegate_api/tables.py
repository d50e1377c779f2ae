"""The api's tables, in the order in which every replica locks them."""

from typing import Any

from sluicegate_api.domain.asked import Asked
from sluicegate_api.domain.checkpoints import Ask, Decision, DecisionAnswer
from sluicegate_api.domain.controls import Control
from sluicegate_api.domain.dead_letters import DeadLetter
from sluicegate_api.domain.fleet import Fleet
from sluicegate_api.domain.idempotency import IdempotencyKey
from sluicegate_api.domain.job import Job
from sluicegate_api.domain.replicas import Replica
from sluicegate_api.domain.timeline import Entry
from sluicegate_kit.db.table import Table
from sluicegate_kit.kafka.positions import POSITIONS

IDEMPOTENCY_KEYS = Table("idempotency_keys", IdempotencyKey, key=("caller", "key"))
JOBS = Table("jobs", Job, key="job_id")
JOB_REQUESTS = Table("job_requests", Asked, key="job_id", insert_only=True)
JOB_EVENTS = Table("job_events", Entry, key=("job_id", "seq"), insert_only=True)
CONTROLS = Table("controls", Control, key="control_id")
JOB_CHECKPOINTS = Table("job_checkpoints", Ask, key="checkpoint_id", insert_only=True)
JOB_DECISIONS = Table("job_decisions", Decision, key="decision_id", insert_only=True)
JOB_DECISION_ANSWERS = Table("job_decision_answers", DecisionAnswer, key="decision_id", insert_only=True)
FLEET = Table("fleet", Fleet, key="name")
WORKER_REPLICAS = Table("worker_replicas", Replica, key="worker_id")
DEAD_LETTERS = Table("dead_letters", DeadLetter, key="dead_letter_id")

TABLES: tuple[Table[Any], ...] = (
    IDEMPOTENCY_KEYS,
    JOBS,
    JOB_REQUESTS,
    JOB_EVENTS,
    CONTROLS,
    JOB_CHECKPOINTS,
    JOB_DECISIONS,
    JOB_DECISION_ANSWERS,
    FLEET,
    WORKER_REPLICAS,
    DEAD_LETTERS,
    POSITIONS,
)
