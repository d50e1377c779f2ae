"""Accepts a job: its rows, and the event that asks the workers for it."""

from collections.abc import Iterable
from dataclasses import dataclass

from sluicegate_api.domain.asked import Asked
from sluicegate_api.domain.idempotency import IdempotencyKey, Once, made_before
from sluicegate_api.domain.job import Job, submitted
from sluicegate_api.domain.silence import Silence
from sluicegate_api.tables import IDEMPOTENCY_KEYS, JOB_REQUESTS, JOBS
from sluicegate_kit.db.operation import Operation
from sluicegate_kit.db.rows import Rows
from sluicegate_kit.db.table import Need
from sluicegate_schemas.envelope import Message


@dataclass(frozen=True, slots=True)
class Repeated:
    """The key made this job before."""

    job_id: str


@dataclass(frozen=True, slots=True)
class Submit(Operation[Job | Repeated]):
    """Gives the new job, or says which job the same key and body made already. Raises KeyReused."""

    asked: Asked
    job_type: str
    message: Message
    """`job-requested`, with its `sg_mac`."""
    once: Once | None
    silence: Silence

    @property
    def size(self) -> int:
        return 2 * len(self.message.value)

    def locks(self) -> Iterable[Need]:
        job = JOBS.lock(self.asked.job_id)
        return (job,) if self.once is None else (job, IDEMPOTENCY_KEYS.lock((self.once.caller, self.once.key)))

    def decide(self, rows: Rows) -> Job | Repeated:
        job_id = self.asked.job_id
        if self.once is not None and (found := self._made_before(rows, self.once)) is not None and found != job_id:
            return Repeated(found)
        if (written := rows.get(JOBS, job_id)) is not None:
            return written
        job = submitted(job_id, self.job_type, rows.now, self.silence)
        rows.put(JOBS, job)
        rows.put(JOB_REQUESTS, self.asked)
        if self.once is not None:
            key = IdempotencyKey(self.once.caller, self.once.key, self.once.body_digest, job_id, rows.now)
            rows.put(IDEMPOTENCY_KEYS, key)
        rows.emit(self.message, answer_key=f"job-requested:{job_id}")
        return job

    def _made_before(self, rows: Rows, once: Once) -> str | None:
        return made_before(rows.get(IDEMPOTENCY_KEYS, (once.caller, once.key)), once, rows.now)
