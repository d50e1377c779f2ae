"""Says what this replica is and does: every few seconds, and when that changes."""

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from importlib.metadata import version

import structlog
from sqlalchemy.exc import SQLAlchemyError

from sluicegate.registry import Handler
from sluicegate_kit.kafka.ports import KafkaError, Producer
from sluicegate_schemas import envelope
from sluicegate_schemas.envelope import Message
from sluicegate_schemas.ids import new_id
from sluicegate_schemas.worker_status import HandlerInfo, QueueDepth, ReplicaState, WorkerStatus
from sluicegate_worker.executing.claims import Claims
from sluicegate_worker.executing.replica import Replica
from sluicegate_worker.lifecycle import SOURCE
from sluicegate_worker.loops.gauges import Gauges
from sluicegate_worker.reads import Reads

log = structlog.get_logger(__name__)

VERSION = version("sluicegate-worker")


class Status:
    """Goes to the broker directly, not through the outbox: the next one makes up for one that was lost."""

    def __init__(
        self,
        producer: Producer,
        claims: Claims,
        reads: Reads,
        gauges: Gauges,
        handlers: Mapping[str, Handler],
        *,
        worker_id: str,
        slots: int,
        interval_seconds: float,
    ) -> None:
        self._producer = producer
        self._claims = claims
        self._reads = reads
        self._gauges = gauges
        self._worker_id = worker_id
        self._slots = slots
        self._interval_seconds = interval_seconds
        self._handlers = [
            HandlerInfo(job_type=one.job_type, version=one.version, input_schema=one.input_schema)
            for one in handlers.values()
        ]
        self._changed = asyncio.Event()

    def change(self) -> None:
        """Say it soon."""
        self._changed.set()

    async def run(self, replica: Replica) -> None:
        """Until cancelled."""
        while True:
            self._changed.clear()
            await self.tell(replica)
            # Not `wait_for`: before Python 3.12 it loses a cancellation that comes together with what it waits for.
            with suppress(TimeoutError):
                async with asyncio.timeout(self._interval_seconds):
                    await self._changed.wait()

    async def tell(self, replica: Replica) -> None:
        """Once, as things are."""
        queue = await self._queue() if replica.leads else None
        if not replica.leads:
            self._gauges.show(())
        self._send(replica, replica.state, queue)

    def say_goodbye(self, replica: Replica) -> None:
        """The process ends."""
        self._send(replica, ReplicaState.STOPPED, None)

    async def _queue(self) -> Sequence[QueueDepth] | None:
        try:
            depths = await self._reads.queue()
        except SQLAlchemyError as error:
            log.warning("queue not looked at", error=type(error).__name__)
            return None
        self._gauges.show(depths)
        return depths

    def _send(self, replica: Replica, state: ReplicaState, queue: Sequence[QueueDepth] | None) -> None:
        now = datetime.now(UTC)
        status = WorkerStatus(
            worker_id=self._worker_id,
            version=VERSION,
            state=state,
            slots=self._slots,
            active_jobs=len(self._claims.held),
            handlers=self._handlers,
            fleet_version=replica.fleet_version,
            queue=None if queue is None else list(queue),
            at=now,
        )
        self._producer.send([envelope.write(status, ce_id=new_id(), source=SOURCE, at=now)], _sent)


def _sent(message: Message, error: KafkaError | None) -> None:
    if error is not None:
        log.info("status not sent, the next one will be", error=str(error))
