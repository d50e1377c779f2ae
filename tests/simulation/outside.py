"""Everybody outside the house: callers, upstream systems, people who decide; and those who mean harm."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from sluicegate_api.domain.controls import Command
from sluicegate_api.domain.errors import ApiError
from sluicegate_api.http.submission import Desk, SubmitJob
from sluicegate_api.input_schemas import InputSchemas
from sluicegate_api.operations.control_job import ControlJob
from sluicegate_api.operations.submit import Submit
from sluicegate_api.operations.want_fleet import WantFleet
from sluicegate_api.tables import JOBS
from sluicegate_checkpoint_svc.domain.checkpoint import Checkpoint
from sluicegate_checkpoint_svc.domain.deciding import Choice, Shown, Vote
from sluicegate_checkpoint_svc.domain.errors import CheckpointError
from sluicegate_checkpoint_svc.domain.requester import Decider
from sluicegate_checkpoint_svc.domain.ruling import Edit
from sluicegate_checkpoint_svc.domain.state import State
from sluicegate_checkpoint_svc.operations.decide import Decide
from sluicegate_checkpoint_svc.tables import CHECKPOINTS
from sluicegate_schemas.checkpoint_created import Kind
from sluicegate_schemas.envelope import STRUCTURED, Message
from sluicegate_schemas.fleet_control import Desired
from sluicegate_schemas.ids import new_id
from sluicegate_schemas.job_control import Action
from sluicegate_schemas.payload import digest
from sluicegate_schemas.topics import JOB_REQUESTED
from tests.simulation.api_replica import SILENCE, ApiReplica
from tests.simulation.checkpoint_replica import SETTLEMENT
from tests.simulation.house import House
from tests.simulation.keys import MAC_KEYS
from tests.simulation.process import Process
from tests.witness.evidence import Told

PEOPLE = ("bea", "cleo", "dan")
ANOTHER_DIGEST = digest(b"another payload")


@dataclass
class Outside:
    """What each of them was told is kept for the checkers."""

    house: House
    accepted: set[str] = field(default_factory=set)
    told: list[Told] = field(default_factory=list)
    upstream: dict[str, bytes] = field(default_factory=dict)
    """What upstream systems have asked for."""
    desk: Desk = field(default_factory=lambda: Desk(InputSchemas(), lambda: MAC_KEYS, 10_000))

    def submit(self) -> None:
        """A caller of the api."""
        body = SubmitJob.model_validate(self._request(), by_name=True, by_alias=True)
        job_id = new_id()
        submission = self.desk.take(body, job_id, "ana", self.house.now())
        operation = Submit(submission.asked, body.job_type, submission.message, None, SILENCE)
        self._ask_api(operation, lambda job: self.accepted.add(str(job_id)))

    def request_from_upstream(self) -> None:
        """Straight into the topic: a new request, or one once more in other clothes."""
        if not self.house.broker.available:
            return
        chance = self.house.chance
        if self.upstream and chance.good(0.3):
            job_id = chance.one(list(self.upstream))
        else:
            job_id = f"upstream-{len(self.upstream) + 1}"
            request = {"jobId": job_id, **self._request(), "requestedBy": chance.one(PEOPLE)}
            self.upstream[job_id] = json.dumps(request).encode()
            self.accepted.add(job_id)
        data = self.upstream[job_id]
        value, headers = chance.one((_bare, _binary, _structured))(data)
        self.house.broker.append(Message(JOB_REQUESTED.name, job_id, value, headers))

    def control(self) -> None:
        """Cancel or retry any job that the api knows."""
        jobs = self.house.api_database.tables.rows(JOBS)
        if jobs:
            job = self.house.chance.one(jobs)
            fitting = Action.RETRY if job.status.terminal else Action.CANCEL
            action = fitting if self.house.chance.good(0.8) else self.house.chance.one((Action.CANCEL, Action.RETRY))
            self._ask_api(ControlJob(Command(new_id(), job.job_id, action, "ana")), lambda control: None)

    def want_fleet(self, desired: Desired) -> None:
        """Start or stop the fleet."""
        self._ask_api(WantFleet(desired, "ana"), lambda fleet: None)

    def decide(self) -> None:
        """Somebody votes on some checkpoint, mostly on one that waits."""
        chance = self.house.chance
        approvals = [row for row in self.checkpoints() if row.kind is Kind.APPROVAL]
        pending = [row for row in approvals if row.state is State.PENDING]
        among = pending if pending and chance.good(0.7) else approvals
        if among:
            self.vote(chance.one(among))

    def vote(self, checkpoint: Checkpoint) -> None:
        """Approve, edit or reject it; more than one may try at once, on either replica."""
        chance = self.house.chance
        for _ in range(chance.one((1, 1, 2, 3))):
            services = [one for one in self.house.checkpoint_svcs if one.alive]
            if services:
                service = chance.one(services)
                service.do(self._decide(service, checkpoint, self._vote(checkpoint)))

    def checkpoints(self) -> list[Checkpoint]:
        """All that are recorded."""
        return self.house.checkpoint_database.tables.rows(CHECKPOINTS)

    def _request(self) -> dict[str, Any]:
        chance = self.house.chance
        script: dict[str, Any] = {
            "say": f"word {chance.random.randint(1, 99)}",
            "gates": chance.one((0, 1, 1, 1, 2)),
            "inform": chance.good(0.3),
            "failing_attempts": chance.one((0, 0, 0, 1, 2, 3)),
            "expires_in_seconds": chance.one((None, None, None, 10.0, 60.0)),
        }
        request: dict[str, Any] = {
            "jobType": "simulated" if chance.good(0.95) else "nobody-does-this",
            "taskDescription": "whatever",
            "inputData": script,
            "priority": chance.random.randint(1, 10),
        }
        if chance.good(0.1):
            request["runAt"] = (self.house.now() + timedelta(seconds=20)).isoformat()
        return request

    def _vote(self, checkpoint: Checkpoint) -> Vote:
        chance = self.house.chance
        choice = chance.one((Choice.APPROVE, Choice.APPROVE, Choice.EDIT, Choice.REJECT))
        edited = json.dumps({"say": f"edited {chance.random.randint(1, 9)}"}).encode()
        seen = Shown(checkpoint.payload_digest, checkpoint.version)
        other = Shown(ANOTHER_DIGEST, checkpoint.version)
        shown = chance.one((None, (seen,), (seen,), (other,)))
        return Vote(
            new_id(),
            choice,
            Decider(chance.one(PEOPLE), person=True),
            reason="because",
            edit=Edit(edited, digest(edited)) if choice is Choice.EDIT else None,
            shown=shown,
        )

    async def _decide(self, service: Process, checkpoint: Checkpoint, vote: Vote) -> None:
        try:
            decided = await service.submit(Decide(checkpoint.checkpoint_id, vote, SETTLEMENT))
        except CheckpointError:
            return
        if decided.state.value == vote.outcome.value:
            self.told.append(Told(str(decided.checkpoint_id), str(decided.decision_id), decided.state.value))

    def _ask_api(self, operation: Any, on_success: Callable[[Any], object]) -> None:
        if self.house.api.alive:
            self.house.api.do(_ask(self.house.api, operation, on_success))


async def _ask(api: ApiReplica, operation: Any, on_success: Callable[[Any], object]) -> None:
    try:
        on_success(await api.submit(operation))
    except ApiError:
        return


def _bare(data: bytes) -> tuple[bytes, tuple[tuple[str, bytes], ...]]:
    return data, ()


def _binary(data: bytes) -> tuple[bytes, tuple[tuple[str, bytes], ...]]:
    headers = {"ce_specversion": "1.0", "ce_id": "1", "ce_type": JOB_REQUESTED.name, "ce_source": "crm"}
    return data, tuple((name, text.encode()) for name, text in headers.items())


def _structured(data: bytes) -> tuple[bytes, tuple[tuple[str, bytes], ...]]:
    event = {"specversion": "1.0", "id": "1", "type": JOB_REQUESTED.name, "source": "erp", "data": json.loads(data)}
    return json.dumps(event).encode(), (("content-type", STRUCTURED),)
