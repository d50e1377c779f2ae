"""The worker's journal on PostgreSQL keeps the contract."""

import asyncio
from collections.abc import AsyncIterator, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from uuid import UUID

import orjson
import psycopg
import pytest

from sluicegate.journal import Journal, JournaledDecision, StepEntry
from sluicegate_kit.db.operation import Operation
from sluicegate_kit.db.rows import Emitted, Rows
from sluicegate_kit.db.table import Need
from sluicegate_kit.db.write_loop import WriteLoop
from sluicegate_kit.outbox.row import Patience
from sluicegate_schemas.ids import new_id
from sluicegate_schemas.job_control import Action, JobControl
from sluicegate_schemas.topics import CHECKPOINT_CREATED
from sluicegate_worker.domain.commands import RequestReceived
from sluicegate_worker.domain.decisions import Verdict
from sluicegate_worker.domain.run import Lease
from sluicegate_worker.executing.journal import PostgresJournal
from sluicegate_worker.executing.replica_lease import ReplicaLease
from sluicegate_worker.operations.attempt import GivenBack, Held, Release
from sluicegate_worker.operations.receive_control import ReceiveControl
from sluicegate_worker.operations.receive_decision import ReceiveDecision
from sluicegate_worker.operations.request_job import RequestJob
from sluicegate_worker.operations.settle import Claimant, Settle
from sluicegate_worker.operations.stage import ReapLost
from sluicegate_worker.tables import REQUESTS, TABLES
from tests.ports.journal.suite import JournalSuite, RunUnderTest

JOB_TYPE = "demo"


@dataclass
class Published:
    """What the transactions gave out."""

    events: list[Emitted] = field(default_factory=list)

    def publish(self, events: Sequence[Emitted]) -> None:
        self.events.extend(events)


@dataclass
class PostgresRun:
    """Drives a run through the worker's operations."""

    url: str
    writes: WriteLoop
    published: Published
    job_id: str = "job-1"
    journal: PostgresJournal | None = None
    held: Held | None = None

    async def open(self) -> Journal:
        if self.held is not None:
            await self.writes.submit(Release((GivenBack(self.job_id, self.held.lease),)))
        replica = ReplicaLease(new_id())
        replica.confirm(float("inf"))
        claimant = Claimant(replica.owner, "w", {JOB_TYPE: "1"}, 1, (), frozenset())
        (claim,) = (await self.writes.submit(Settle(claimant, 1))).claims()
        lease = Lease(replica.owner, claim.run.lease_no)
        self.held = Held(self.job_id, claim.run.run, lease, claim.request.request, claim.request.requested_by)
        self.journal = PostgresJournal(self.writes, replica, self.held, claim.entries, on_leaving=lambda: None)
        return self.journal

    async def decide(self, checkpoint: UUID, decision: JournaledDecision) -> None:
        people = {"decidedBy": decision.decided_by, "reason": decision.reason}
        verdict = Verdict(
            checkpoint,
            decision.decision_id,
            decision.outcome,
            decision.payload_digest,
            decision.edited_payload,
            orjson.dumps(people).decode(),
        )
        await self.writes.submit(ReceiveDecision(self.job_id, verdict))

    async def cancel(self) -> None:
        asked = JobControl(
            control_id=new_id(),
            control_seq=1,
            job_id=self.job_id,
            action=Action.CANCEL,
            requested_by="ana",
            at=datetime.now(UTC),
        )
        run = await self.writes.submit(ReceiveControl(asked))
        assert run is not None
        assert self.journal is not None
        self.journal.cancelled = run.cancel_control is not None

    async def lose_lease(self) -> None:
        assert await self.writes.submit(ReapLost()) == 1

    async def waits(self) -> bool:
        async with await psycopg.AsyncConnection.connect(self.url) as connection:
            found = await (await connection.execute("SELECT status, waiting_for FROM runs")).fetchone()
        assert found is not None
        assert (found[0] == "waiting") == (found[1] is not None)
        return bool(found[0] == "waiting")

    async def told(self) -> list[str]:
        created = [event.message for event in self.published.events if event.message.topic == CHECKPOINT_CREATED.name]
        return [orjson.loads(message.value)["key"] for message in created]


@pytest.mark.anyio
async def test_a_claim_brings_the_journal_also_where_the_batch_has_looked_at_the_request(worker_database: str) -> None:
    class Look(Operation[None]):
        def locks(self) -> Iterable[Need]:
            return (REQUESTS.select("job_id = %b", "job-1", mode="none"),)

        def decide(self, rows: Rows) -> None:
            assert rows.every(REQUESTS)

    writes = WriteLoop(worker_database, TABLES, publisher=Published(), patience=Patience(), name="test")
    running = asyncio.create_task(writes.run())
    await writes.submit(RequestJob(RequestReceived("job-1", JOB_TYPE, 5, 100, None, "digest", False), "{}", "ana"))
    run = PostgresRun(worker_database, writes, Published())
    journal = await run.open()
    await journal.record(StepEntry("pay", b"1", 1.0))
    assert run.held is not None
    await writes.submit(Release((GivenBack("job-1", run.held.lease),)))
    claimant = Claimant(new_id(), "w", {JOB_TYPE: "1"}, 1, (), frozenset())
    _, settlement = await asyncio.gather(writes.submit(Look()), writes.submit(Settle(claimant, 1)))
    (claim,) = settlement.claims()
    assert [entry.name for entry in claim.entries] == ["pay"]
    writes.stop()
    await running


class TestPostgresJournal(JournalSuite):
    @pytest.fixture
    async def run(self, worker_database: str) -> AsyncIterator[RunUnderTest]:
        published = Published()
        writes = WriteLoop(worker_database, TABLES, publisher=published, patience=Patience(), name="test")
        running = asyncio.create_task(writes.run())
        request = RequestReceived("job-1", JOB_TYPE, 5, 100, None, "digest", False)
        await writes.submit(RequestJob(request, "{}", "ana"))
        yield PostgresRun(worker_database, writes, published)
        writes.stop()
        await running
