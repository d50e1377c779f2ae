"""The client reads what the services write: every member, none overlooked."""

import json
from datetime import timedelta
from typing import Any
from uuid import UUID

import orjson
import pytest
from pydantic import BaseModel

from sluicegate.client import Checkpoint, Job, JobCheckpoint, ShownCheckpoint, errors
from sluicegate.client.models.bulk import BulkAnswer
from sluicegate.client.models.dead_letter import DeadLetter, ShownDeadLetter
from sluicegate.client.models.fleet import Fleet
from sluicegate_api.domain import asked, checkpoints, controls, dead_letters, fleet, replicas
from sluicegate_api.domain.job import project
from sluicegate_api.domain.queue import Depth
from sluicegate_api.http import dead_letters as dead_letter_routes
from sluicegate_api.http.checkpoint_resource import checkpoint_resource
from sluicegate_api.http.job_resource import job_body, new_job_body
from sluicegate_api.http.workers import fleet_resource
from sluicegate_api.reads.jobs import KnownJob
from sluicegate_api.reads.workers import Standing, Workers
from sluicegate_checkpoint_svc.domain import acknowledging, deciding, following, recording, ruling
from sluicegate_checkpoint_svc.domain.discussing import Comment
from sluicegate_checkpoint_svc.domain.errors import SelfApproval
from sluicegate_checkpoint_svc.http import bulk as bulk_routes
from sluicegate_checkpoint_svc.http import documents
from sluicegate_checkpoint_svc.reads import Discussion
from sluicegate_schemas.fleet_control import Desired
from sluicegate_schemas.job_control import Action
from sluicegate_schemas.job_lifecycle import Answer, AnswerOutcome, JobError, Status
from sluicegate_schemas.worker_status import QueueDepth
from tests.unit.api import samples
from tests.unit.api.ledger import START
from tests.unit.checkpoint_svc import examples

NOT_FOR_CLIENTS = {"links", "payloadSchema", "policy", "onExpiry", "editedPayload", "valueText", "queueFrom"}
"""Members that the client leaves to those who read the JSON itself."""


SAID = Discussion([Comment(UUID(int=1), UUID(int=2), "ana", "why?", examples.NOON)], True)


def read_all(model: type[BaseModel], written: bytes) -> Any:
    """`written` as `model`, and proof that no member of it is unknown to the client."""
    found = model.model_validate_json(written)
    overlooked = set(_names(json.loads(written))) - set(_names(json.loads(found.model_dump_json(by_alias=True))))
    assert overlooked - NOT_FOR_CLIENTS == set()
    return found


def _names(value: object) -> list[str]:
    if isinstance(value, dict):
        # What handlers and reviewers wrote, and links, are theirs to name.
        free = {"problem", "payload", "inputData", "result", "progress", "editedPayload", "links", "payloadSchema"}
        inner = [name for key, member in value.items() if key not in free for name in _names(member)]
        return [*value, *inner]
    return [name for item in value for name in _names(item)] if isinstance(value, list) else []


def asked_for() -> asked.Asked:
    event = samples.request(timeoutSeconds=60, runAt="2026-11-22T13:00:00Z", tags=["a"], inputData={"n": 2**70})
    return asked.asked(event, b'{"n":%d}' % 2**70)


def test_a_job_that_was_just_accepted() -> None:
    job = samples.projected(samples.snapshot(1)).silence
    made = project(None, samples.snapshot(1, Status.QUEUED), START, job)
    found = read_all(Job, new_job_body(made, asked_for(), b'{"n":%d}' % 2**70))
    assert found.input_data == {"n": 2**70}
    assert found.ready_at is not None


def test_a_job_with_all_that_can_be_known_of_it() -> None:
    waited_for = samples.numbered("review")
    snapshot = samples.snapshot(1, Status.WAITING).model_copy(
        update={
            "waiting_for": [waited_for],
            "progress": 0.5,
            "blocked_reason": "why",
            "result": {"n": 2**70},
            "error": JobError(type="E", message="m", retryable=True),
            "started_at": START,
            "finished_at": START,
            "ready_at": START,
        }
    )
    job = project(None, snapshot, START, samples.SILENCE)
    _, control = controls.order(
        job, [], controls.Command(samples.numbered("c"), job.job_id, Action.CANCEL, "ana", "because"), START
    )
    latest = json.loads(snapshot.to_json())
    found = read_all(Job, job_body(KnownJob(job, asked_for(), latest, control, {waited_for: "Please review"})))
    assert found.waiting_for.title == "Please review"
    assert found.pending_control.action is Action.CANCEL
    assert found.result == {"n": 2**70}


def test_an_upstream_job_whose_request_has_not_come() -> None:
    job = project(None, samples.snapshot(1), START, samples.SILENCE)
    found = read_all(Job, job_body(KnownJob(job, None, json.loads(samples.snapshot(1).to_json()))))
    assert found.task_description is None


@pytest.mark.parametrize("with_ask", [True, False])
def test_a_checkpoint_of_a_job(with_ask: bool) -> None:
    decision = checkpoints.decision(samples.decided())
    answer = Answer(decision_id=decision.decision_id, outcome=AnswerOutcome.MOOT, reason="ended")
    answers = checkpoints.decision_answers(samples.snapshot(2, answers=[answer]))
    asks = [checkpoints.ask(samples.created())] if with_ask else []
    (written,) = checkpoints.picture(asks, [decision], answers)
    found = read_all(JobCheckpoint, orjson.dumps(checkpoint_resource(written)))
    assert found.decision.applied.outcome is AnswerOutcome.MOOT


def test_a_fleet_nobody_started_and_one_that_works() -> None:
    read_all(Fleet, orjson.dumps(fleet_resource(Standing(Workers(START, None, []), [], False))))
    spoken = samples.status(active_jobs=2, queue=[QueueDepth(job_type="odd", state="ready", count=2)])
    wanted = fleet.want(None, Desired.STARTED, "ana", START)
    workers = Workers(START + timedelta(seconds=1), wanted, [replicas.hear(None, spoken, START)])
    depths = [Depth("odd", "ready", 2, START)]
    found = read_all(Fleet, orjson.dumps(fleet_resource(Standing(workers, depths, True))))
    assert found.unhandled_job_types == ["odd"]
    assert found.replicas[0].job_types == ["simple-task"]


def test_a_dead_letter_in_a_list_and_alone() -> None:
    letter = dead_letters.DeadLetter(
        UUID(int=1),
        "sluicegate.job-requested.v1",
        0,
        7,
        b"k\xff",
        b"\xff",
        '[["ce_type", "AP8="]]',
        "empty",
        "why",
        START,
        START,
        times=2,
        last_at=START,
        job_id="job-1",
    )
    letter = letter._replace(redrives=1, redriven_at=START, redriven_by="ana", value_bytes=5_000_000)
    read_all(DeadLetter, orjson.dumps(dead_letter_routes._resource(letter)))
    found = read_all(
        ShownDeadLetter, orjson.dumps(dead_letter_routes._resource(letter) | dead_letter_routes._bytes(letter))
    )
    assert (found.raw_value(), found.raw_headers()) == (b"\xff", [("ce_type", b"\x00\xff")])


def test_a_checkpoint_that_waits_as_a_reviewer_gets_it() -> None:
    event = examples.created(
        description="d", view={"kind": "files", "at": "/files"}, expires_in_seconds=60, payload_schema={}, policy="p"
    )
    checkpoint, exhibit = recording.take_up(event, event.payload.encode(), examples.NOON)
    found = read_all(ShownCheckpoint, documents.whole(checkpoint, exhibit, SAID))
    assert found.payload == {"amount": 9007199254740993, "files": ["a.txt"]}
    assert found.payload_text == examples.PAYLOAD


def test_a_checkpoint_that_was_decided_with_an_edit() -> None:
    event = examples.created()
    checkpoint, exhibit = recording.take_up(event, event.payload.encode(), examples.NOON)
    vote = examples.vote(deciding.Choice.EDIT, reason="better", edit=examples.edit(b'{"amount":1}'))
    ruled = deciding.judge(checkpoint, vote, examples.NOON)
    assert ruled is not None
    settled = ruling.settle(checkpoint, ruled, vote.decision_id, examples.NOON, examples.KEY)
    answer = Answer(decision_id=vote.decision_id, outcome=AnswerOutcome.APPLIED, reason="r")
    applied = following.answered(settled, answer, examples.NOON)
    read_all(Checkpoint, orjson.dumps(documents.summary(applied)))
    found = read_all(ShownCheckpoint, documents.whole(applied, exhibit, SAID))
    assert found.decision.edited_payload_text == '{"amount":1}'
    assert found.decision.applied.outcome is AnswerOutcome.APPLIED


def test_an_info_that_was_acknowledged() -> None:
    seen = acknowledging.acknowledge(examples.pending(kind="info"), "ana", examples.NOON)
    found = read_all(Checkpoint, orjson.dumps(documents.summary(seen)))
    assert found.acknowledged.by == "ana"


def test_what_became_of_many_decisions() -> None:
    checkpoint = examples.pending()
    decision = bulk_routes.Decision(
        checkpoint_id=checkpoint.checkpoint_id, payload_digest=checkpoint.payload_digest, decision="approve"
    )
    told = [bulk_routes.told(decision, result, "request-1") for result in (checkpoint, SelfApproval(checkpoint))]
    found = read_all(BulkAnswer, orjson.dumps({"results": told}))
    approved, refused = found.results
    assert approved.checkpoint.title == checkpoint.title
    assert isinstance(refused.error(), errors.SelfApproval)
    assert refused.error().request_id == "request-1"
