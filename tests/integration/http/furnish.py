"""Puts things into the house: a job in every state, checkpoints of both kinds and in several states, dead letters."""

from sluicegate_kit.kafka.dead_letter import dead_letter
from sluicegate_kit.kafka.ports import Record
from sluicegate_schemas import envelope
from sluicegate_schemas.checkpoint_created import CheckpointCreated, Kind
from sluicegate_schemas.envelope import Message
from sluicegate_schemas.ids import new_id
from sluicegate_schemas.job_lifecycle import Answer, AnswerOutcome, JobError, JobLifecycle, Status
from sluicegate_schemas.model import Event
from sluicegate_schemas.topics import CHECKPOINT_DECIDED, JOB_LIFECYCLE, JOB_REQUESTED
from tests.integration.http.house import House
from tests.support.waiting import eventually
from tests.unit.api import samples
from tests.unit.api.ledger import START
from tests.unit.checkpoint_svc.examples import created

CHECKPOINTS = "/api/admin/agent-checkpoints"
JOBS = "/api/agent-jobs"
LETTERS = "/api/admin/dead-letters"


def furnish(house: House, *, approvals: int) -> list[str]:
    """Returns when both services know it all. Gives the ids of that many pending approvals."""
    asks = [_approval(number) for number in range(approvals)]
    infos = [created(job_id=f"info-{number}", kind=Kind.INFO, title="Done", risk="low") for number in range(5)]
    lifecycles = [_lifecycle(status, asks[0]) for status in Status]
    decided = samples.decided("look").model_copy(update={"job_id": lifecycles[-1].job_id, "reason": "fine"})
    answer = Answer(decision_id=decided.decision_id, outcome=AnswerOutcome.MOOT, reason="the run has ended")
    lifecycles.append(lifecycles[-1].model_copy(update={"seq": 2, "answers": [answer]}))
    replica = samples.status("worker-1", schema={"type": "object", "properties": {"test": {"type": "string"}}})
    house.deliver(*(_message(event) for event in (*asks, *infos, *lifecycles, decided, replica)), *_dead_letters())
    with house.checkpoint_svc.http() as http:
        everything = len(asks) + len(infos)
        eventually(
            lambda: http.get(CHECKPOINTS, params={"state": "all", "limit": 1}).json()["total"] == everything,
            "checkpoint-svc knows every checkpoint",
        )
    with house.api.http() as http:
        eventually(lambda: len(http.get(JOBS).json()["items"]) == len(Status), "the api knows every job")
        eventually(lambda: len(http.get(LETTERS).json()["items"]) == 3, "the api knows every dead letter")
        path = f"{JOBS}/{decided.job_id}/checkpoints"
        eventually(lambda: "applied" in http.get(path).text, "the api knows the decision")
        eventually(lambda: http.get("/api/admin/agent-worker").json()["replicas"], "the api knows the replica")
    return [str(event.checkpoint_id) for event in asks]


def _message(event: Event) -> Message:
    return envelope.write(event, ce_id=new_id(), source="test", at=START)


def _approval(number: int) -> CheckpointCreated:
    return created(
        job_id=f"gated-{number}",
        job_type="simple-task",
        description="Look, then say yes or no.",
        risk=("low", "medium", "high", "critical")[number % 4],
        view={"kind": "json", "at": ""},
        payload_schema={"type": "object"} if number % 2 else None,
        expires_in_seconds=86_400.0 if number % 3 else None,
        requested_by="upstream:crm/sam",
    )


def _lifecycle(status: Status, ask: CheckpointCreated) -> JobLifecycle:
    job_id = f"job-{status}"
    return samples.snapshot(
        1, status, job_id=job_id, requested=samples.request(job_id, tags=["seeded"], inputData={"n": 2**63})
    ).model_copy(
        update={
            "waiting_for": [ask.checkpoint_id] if status is Status.WAITING else None,
            "result": {"written": 1} if status is Status.SUCCEEDED else None,
            "error": JobError(type="ValueError", message="no", retryable=False) if status is Status.FAILED else None,
            "finished_at": START if status.terminal else None,
        }
    )


def _dead_letters() -> list[Message]:
    topics = (JOB_REQUESTED.name, JOB_LIFECYCLE.name, CHECKPOINT_DECIDED.name)
    records = [Record(topic, 0, 7, b"job-1", b'\xff{"a":1}', (("content-type", b"x/y"),), 0) for topic in topics]
    return [dead_letter(record, "not-json", "it isn't", new_id(), START) for record in records]
