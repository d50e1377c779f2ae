"""A worker: the real claims, executor and handlers; a heartbeat without a thread."""

import asyncio
from collections.abc import Callable, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

from sluicegate import Decision, JobContext
from sluicegate.registry import load_handlers
from sluicegate.retry import RetryPolicy
from sluicegate_kit.access.public_keys import PublicKeys
from sluicegate_kit.kafka.ingest import Subscription
from sluicegate_kit.kafka.positions import POSITIONS
from sluicegate_kit.metrics import Metrics
from sluicegate_schemas import envelope
from sluicegate_schemas.fleet_control import FLEET_KEY, Desired
from sluicegate_schemas.ids import new_id
from sluicegate_schemas.signature import KeySet
from sluicegate_schemas.topics import (
    CHECKPOINT_DECIDED,
    CHECKPOINT_RECORDED,
    FLEET_CONTROL,
    JOB_CONTROL,
    JOB_REQUESTED,
    Party,
)
from sluicegate_schemas.worker_status import WorkerStatus
from sluicegate_worker.consumers.checkpoints import Decisions, checkpoint_recorded
from sluicegate_worker.consumers.controls import fleet_control, job_control
from sluicegate_worker.consumers.requests import Requests
from sluicegate_worker.executing.claims import Claims
from sluicegate_worker.executing.execution import Bench
from sluicegate_worker.executing.executor import Executor
from sluicegate_worker.executing.heartbeat import Beat, Owned
from sluicegate_worker.executing.observing import Observers
from sluicegate_worker.executing.replica import Replica
from sluicegate_worker.executing.replica_lease import ReplicaLease
from sluicegate_worker.lifecycle import SOURCE
from sluicegate_worker.loops.reporter import Reporter
from sluicegate_worker.loops.stager import Stager
from sluicegate_worker.reads import Reads
from sluicegate_worker.tables import FLEET, RUNS, TABLES
from tests.simulation.keys import GENUINE, MAC_KEYS
from tests.simulation.process import Process, current
from tests.simulation.sink import Sink
from tests.simulation.tables import Member, Tables

SLOTS = 3
LEASE_SECONDS = 15.0
HEARTBEAT_SECONDS = 3.0
MARGIN_SECONDS = 1.0
UNHANDLED_TYPE_SECONDS = 60
MODULES = ("tests.simulation.handlers",)
TOPICS = (JOB_REQUESTED, JOB_CONTROL, FLEET_CONTROL, CHECKPOINT_DECIDED, CHECKPOINT_RECORDED)


class MemoryReads(Reads):
    """What `sort_out` asks."""

    def __init__(self, tables: Tables, now: Callable[[], Any], job_types: Sequence[str]) -> None:
        self._tables = tables
        self._now = now
        self._job_types = frozenset(job_types)

    async def handled_types(self) -> frozenset[str]:
        """See `Reads`."""
        live = any(member.lease_until > self._now() for member in self._tables.replicas.values())
        return self._job_types if live else frozenset()

    async def ready_types(self) -> frozenset[str]:
        """See `Reads`."""
        return frozenset(run.job_type for run in self._tables.rows(RUNS) if run.rank is not None)

    async def blocked_types(self) -> frozenset[str]:
        """See `Reads`."""
        return frozenset(run.job_type for run in self._tables.rows(RUNS) if run.blocked_reason is not None)

    async def any_forgotten(self) -> bool:
        """See `Reads`."""
        return any(run.rank is not None and not run.announced for run in self._tables.rows(RUNS))


class HouseKeys(PublicKeys):
    """The one public key that the workers trust."""

    def __init__(self) -> None:
        self._keys = {GENUINE.key_id: GENUINE.key.public_key()}

    def now(self) -> KeySet:
        """See `PublicKeys`."""
        return self._keys


class WorkerReplica(Process):
    """One worker process. `freeze` makes it a zombie: its clock and heartbeat stand still, its handlers go on."""

    def __init__(self, sink: Sink, **of_process: Any) -> None:
        super().__init__(
            party=Party.WORKER,
            tables=(*TABLES, POSITIONS),
            group="sluicegate-worker",
            topics=[topic.name for topic in TOPICS],
            **of_process,
        )
        self.sink = sink
        self.stopped_at: float | None = None
        self.was_faulty = False
        self.paused: list[asyncio.Future[None]] = []
        handlers = load_handlers(MODULES)
        self.claims = Claims(
            self.writes,
            self.name,
            {handler.job_type: handler.version for handler in handlers.values()},
            SLOTS,
            on_claimed=lambda lease, claims: self.executor.begin(lease, claims),
            on_left=lambda: self.database.tables.notify("NOTIFY ready"),
        )
        retry = RetryPolicy(base_seconds=1, max_seconds=10)
        self.executor = Executor(
            Bench(self.writes, self.claims, Path("unused"), retry, Observers(Metrics(), handlers)),
            handlers,
        )
        self.replica = Replica(self.claims, self.executor, on_change=self.tell_status)
        self.writes.ride(self.claims)
        reads = MemoryReads(self.database.tables, lambda: self.database.now, list(handlers))
        self.stager = Stager(self.writes, reads, unhandled_type_seconds=UNHANDLED_TYPE_SECONDS)
        self.reporter = Reporter(self.writes)
        self.lease = self._new_lease()
        requests = Requests(lambda: MAC_KEYS, max_input_bytes=10_000)
        decisions = Decisions(HouseKeys(), on_forged=lambda: None)
        self.begin(
            (
                Subscription(JOB_REQUESTED, requests.interpret),
                Subscription(JOB_CONTROL, job_control),
                Subscription(FLEET_CONTROL, fleet_control),
                Subscription(CHECKPOINT_DECIDED, decisions.interpret),
                Subscription(CHECKPOINT_RECORDED, checkpoint_recorded),
            )
        )
        self.do(self._beat_on())

    # Faults

    @property
    def faulty(self) -> bool:
        """See `Actor`."""
        return self.was_faulty or not self.alive

    def freeze(self) -> None:
        """A zombie from now on."""
        self.was_faulty = True
        self.stopped_at = self._seconds()

    def thaw(self) -> None:
        """It finds out."""
        self.stopped_at = None

    async def drain(self) -> None:
        """As after SIGTERM; then the process is gone."""
        self.was_faulty = True
        await self.replica.drain(3.0)
        if self.alive:
            self.database.tables.replicas.pop(self.lease.owner, None)
            self.kill()

    # What handlers call

    @staticmethod
    async def pause() -> None:
        """Until the simulation lets this handler go on."""
        replica = _here()
        await replica.live()
        gate = asyncio.get_running_loop().create_future()
        replica.paused.append(gate)
        await gate
        await replica.live()

    @staticmethod
    async def act(ctx: JobContext, name: str, decision: Decision) -> int:
        """The gated effect: exactly the approved bytes. The process may die before, or between it and its record."""
        replica = _here()
        if replica.dies(0.05):
            await replica.live()
        number = replica.sink.keep(
            replica,
            job=ctx.job_id,
            run=ctx.run,
            attempt=ctx.attempt,
            key=ctx.idempotency_key(name),
            decision=str(decision.decision_id),
            content=decision.payload_bytes,
        )
        if replica.dies(0.05):
            await replica.live()
        if replica.chance.bad(0.4):
            await WorkerReplica.pause()
        return number

    @staticmethod
    def recorded(number: int) -> None:
        """The effect of that number is in the journal."""
        _here().sink.done[number].recorded = True

    def go_on(self) -> None:
        """Let one of the paused handlers go on."""
        self.paused = [gate for gate in self.paused if not gate.done()]
        if self.paused:
            gate = self.chance.one(self.paused)
            gate.set_result(None)

    # What the heartbeat's thread and the status loop do

    def beat(self) -> None:
        """Renew, and look. A lease that has run out is never renewed."""
        if not self.alive or self.stopped_at is not None:
            return
        tables, now, sent_at = self.database.tables, self.database.now, self._seconds()
        member = tables.replicas.get(self.lease.owner)
        if member is not None and member.lease_until <= now:
            self.was_faulty = True
            lost, self.lease = self.lease, self._new_lease()
            lost.give_up()
            self.replica.lost(lost)
        tables.replicas[self.lease.owner] = Member(self.lease.owner, self.name, now + timedelta(seconds=LEASE_SECONDS))
        self.lease.confirm(sent_at + LEASE_SECONDS - MARGIN_SECONDS)
        fleet = tables.of(FLEET).get(FLEET_KEY)
        live = [owner for owner, member in tables.replicas.items() if member.lease_until > now]
        self.replica.beaten(
            Beat(
                self.lease,
                fleet.version if fleet else 0,
                fleet.desired if fleet else Desired.STOPPED,
                min(live, key=str) == self.lease.owner,
                tuple(
                    Owned(run.job_id, run.lease_no, run.cancel_control is not None)
                    for run in tables.rows(RUNS)
                    if run.owner == self.lease.owner
                ),
            )
        )

    def tell_status(self) -> None:
        """`worker-status`, past the outbox."""
        now = self.database.now
        status = WorkerStatus(
            worker_id=self.name,
            version="0",
            state=self.replica.state,
            slots=SLOTS,
            active_jobs=len(self.claims.held),
            handlers=[],
            fleet_version=self.replica.fleet_version,
            at=now,
        )
        self.send([envelope.write(status, ce_id=new_id(), source=SOURCE, at=now)], lambda message, error: None)

    async def look_around(self) -> None:
        """What its loops do from time to time, all of it once."""
        self.claims.wake()
        await self.stager.stage_due()
        await self.stager.reap_lost()
        if self.replica.leads:
            await self.stager.sort_out()
        await self.reporter.report()
        self.tell_status()

    async def _beat_on(self) -> None:
        while self.alive:
            self.beat()
            await asyncio.sleep(HEARTBEAT_SECONDS)

    def _new_lease(self) -> ReplicaLease:
        return ReplicaLease(new_id(), monotonic=self._clock)

    def _clock(self) -> float:
        return self._seconds() if self.stopped_at is None else self.stopped_at

    @staticmethod
    def _seconds() -> float:
        return asyncio.get_running_loop().time() + 1.0


def _here() -> WorkerReplica:
    process = current.get()
    assert isinstance(process, WorkerReplica)
    return process
