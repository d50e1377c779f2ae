"""Puts the service together: what it is made of, and in which order it starts."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import structlog
from sqlalchemy.ext.asyncio import AsyncEngine

from sluicegate.registry import Handler
from sluicegate.retry import RetryPolicy
from sluicegate_kit.access.mac_keys import MacKeys
from sluicegate_kit.access.public_keys import PublicKeys
from sluicegate_kit.db.listening import Listener, Notifier
from sluicegate_kit.db.reading import ping, read_engine
from sluicegate_kit.db.write_loop import WriteLoop
from sluicegate_kit.kafka.confluent import ConfluentConsumer, ConfluentProducer
from sluicegate_kit.kafka.ingest import Ingest, Subscription
from sluicegate_kit.kafka.options import KafkaOptions
from sluicegate_kit.kafka.ports import Consumer, Producer
from sluicegate_kit.kafka.positions import POSITIONS
from sluicegate_kit.lifecycle import Component, Loop, Resource
from sluicegate_kit.metrics import FORGED_DECISIONS, GROUP_COMMIT_OPERATIONS, SLOTS, SLOTS_BUSY, Metrics
from sluicegate_kit.outbox.depth import OutboxDepth
from sluicegate_kit.outbox.relay import Relay
from sluicegate_kit.outbox.row import Patience
from sluicegate_kit.outbox.sweeper import Sweeper
from sluicegate_kit.settings import SettingsError
from sluicegate_kit.tracing import Tracing, configured
from sluicegate_kit.web.internal import Probe, internal_app
from sluicegate_kit.web.server import HttpServer
from sluicegate_schemas.rights import group_of
from sluicegate_schemas.topics import (
    CHECKPOINT_DECIDED,
    CHECKPOINT_RECORDED,
    FLEET_CONTROL,
    JOB_CONTROL,
    JOB_REQUESTED,
    Party,
    written_by,
)
from sluicegate_worker.consumers.checkpoints import Decisions, checkpoint_recorded
from sluicegate_worker.consumers.controls import fleet_control, job_control
from sluicegate_worker.consumers.requests import Requests
from sluicegate_worker.executing.claims import Claims
from sluicegate_worker.executing.execution import Bench
from sluicegate_worker.executing.executor import Executor
from sluicegate_worker.executing.heartbeat import Heartbeat
from sluicegate_worker.executing.observing import Observers, Watcher
from sluicegate_worker.executing.own_handlers import handlers_of
from sluicegate_worker.executing.replica import Replica
from sluicegate_worker.executing.traces import Traces
from sluicegate_worker.executing.watchdog import Watchdog
from sluicegate_worker.loops import wake
from sluicegate_worker.loops.again import again
from sluicegate_worker.loops.gauges import Gauges
from sluicegate_worker.loops.reporter import Reporter
from sluicegate_worker.loops.stager import Stager
from sluicegate_worker.loops.status import VERSION, Status
from sluicegate_worker.reads import Reads
from sluicegate_worker.settings import WorkerSettings
from sluicegate_worker.tables import TABLES

if TYPE_CHECKING:
    from sluicegate_worker.executing.error_reports import ErrorReports

log = structlog.get_logger(__name__)

NAME = "worker"
GROUP = group_of(Party.WORKER)
TOPICS = (JOB_REQUESTED, JOB_CONTROL, FLEET_CONTROL, CHECKPOINT_DECIDED, CHECKPOINT_RECORDED)
READ_CONNECTIONS = 2
STAGE_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class Service:
    """One replica, put together and not started."""

    settings: WorkerSettings
    producer: Producer
    writes: WriteLoop
    relay: Relay
    sweeper: Sweeper
    ingest: Ingest
    engine: AsyncEngine
    reads: Reads
    claims: Claims
    replica: Replica
    heartbeat: Heartbeat
    watchdog: Watchdog
    listener: Listener
    notifier: Notifier
    stager: Stager
    reporter: Reporter
    status: Status
    metrics: Metrics

    def components(self) -> list[Component]:
        """What others need starts first, and so stops last: ingest ends first, then the attempts, then the lease."""
        seconds = self.settings
        return [
            Resource("reads", closed=self.engine.dispose),
            Loop("producer", self.producer.run, self.producer.stop),
            Loop("writes", self.writes.run, self.writes.stop),
            Loop("relay", lambda: self.relay.run(self.writes)),
            Loop("sweeper", self.sweeper.run),
            Loop("outbox depth", OutboxDepth(self.engine, self.metrics, written_by(Party.WORKER)).run),
            Loop("notifier", self.notifier.run),
            self.watchdog,
            Resource("goodbye", closed=self._say_goodbye),
            Loop("status", lambda: self.status.run(self.replica)),
            self.heartbeat,
            Resource("attempts", closed=self._drain),
            Loop("listener", self.listener.run),
            self._every("poll", self._poll, seconds.poll_interval_seconds),
            self._every("stage", self.stager.stage_due, STAGE_SECONDS),
            self._every("reap", self.stager.reap_lost, seconds.lease_seconds / 5),
            self._every("report", self.reporter.report, 1.0),
            Loop("ingest", self.ingest.run, self.ingest.stop),
        ]

    async def _poll(self) -> None:
        self.claims.wake()
        if self.replica.leads:
            await self.stager.sort_out()

    async def _drain(self) -> None:
        await self.replica.drain(self.settings.grace_seconds * 0.8)

    async def _say_goodbye(self) -> None:
        self.status.say_goodbye(self.replica)

    def _every(self, name: str, pass_: Callable[[], Awaitable[object]], seconds: float) -> Loop:
        return Loop(name, lambda: again(name, pass_, every_seconds=seconds))


def assemble(
    settings: WorkerSettings,
    producer: Producer,
    consumer: Consumer,
    handlers: Mapping[str, Handler],
    metrics: Metrics,
    *,
    tracing: Tracing | None = None,
    watchers: Sequence[Watcher] = (),
) -> Service:
    """A replica on this broker."""
    url = settings.database_url.get_secret_value()
    patience = Patience(settings.outbox_claim_seconds, settings.answer_first_seconds, settings.answer_max_seconds)
    relay = Relay(producer)
    writes = WriteLoop(
        url,
        (*TABLES, POSITIONS),
        publisher=relay,
        patience=patience,
        name=NAME,
        lock_timeout_seconds=settings.lock_timeout_seconds,
        pooled=settings.database_pooled,
        observe_group=metrics.histogram(GROUP_COMMIT_OPERATIONS).observe,
    )
    engine = read_engine(settings, connections=READ_CONNECTIONS)
    reads, notifier = Reads(engine), wake.notifier(url)
    claims = Claims(
        writes,
        settings.worker_id,
        {handler.job_type: handler.version for handler in handlers.values()},
        settings.max_concurrent_jobs,
        on_claimed=lambda lease, claimed: executor.begin(lease, claimed),
        on_left=notifier.notify,
    )
    observers = Observers(metrics, handlers, watchers, tracing.traceparent if tracing is not None else None)
    retry = RetryPolicy(base_seconds=settings.retry_base_seconds, max_seconds=settings.retry_max_seconds)
    executor = Executor(Bench(writes, claims, settings.workspace, retry, observers), handlers)
    status = Status(
        producer,
        claims,
        reads,
        Gauges(metrics, handlers),
        handlers,
        worker_id=settings.worker_id,
        slots=settings.max_concurrent_jobs,
        interval_seconds=settings.status_interval_seconds,
    )
    replica = Replica(claims, executor, on_change=status.change)
    heartbeat = Heartbeat(
        url,
        settings.worker_id,
        sorted(handlers),
        lease_seconds=settings.lease_seconds,
        interval_seconds=settings.heartbeat_seconds,
        on_beat=replica.beaten,
        on_lost=replica.lost,
        pooled=settings.database_pooled,
    )
    writes.ride(relay)
    writes.ride(claims)
    metrics.gauge(SLOTS).set(settings.max_concurrent_jobs)
    metrics.gauge(SLOTS_BUSY).set_function(lambda: len(claims.held))
    forged = metrics.counter(FORGED_DECISIONS)
    requests = Requests(MacKeys(settings.mac_key_file).now, max_input_bytes=settings.max_input_bytes)
    decisions = Decisions(PublicKeys(settings.decision_keys_file), on_forged=forged.inc)
    return Service(
        settings=settings,
        producer=producer,
        writes=writes,
        relay=relay,
        sweeper=Sweeper(writes, relay, patience, interval_seconds=settings.sweep_interval_seconds),
        ingest=Ingest(
            consumer,
            writes,
            (
                Subscription(JOB_REQUESTED, requests.interpret),
                Subscription(JOB_CONTROL, job_control),
                Subscription(FLEET_CONTROL, fleet_control),
                Subscription(CHECKPOINT_DECIDED, decisions.interpret),
                Subscription(CHECKPOINT_RECORDED, checkpoint_recorded),
            ),
            party=Party.WORKER,
            on_log_lost=_nothing_more,
            metrics=metrics,
            message_max_bytes=settings.kafka_message_max_bytes,
        ),
        engine=engine,
        reads=reads,
        claims=claims,
        replica=replica,
        heartbeat=heartbeat,
        watchdog=Watchdog(handlers.values()),
        listener=wake.listener(settings.listen_url, on_ready=claims.wake, on_look=heartbeat.hurry),
        notifier=notifier,
        stager=Stager(writes, reads, unhandled_type_seconds=settings.unhandled_type_seconds),
        reporter=Reporter(writes),
        status=status,
        metrics=metrics,
    )


async def serve(settings: WorkerSettings) -> Sequence[Component]:
    """The components of the process."""
    options = KafkaOptions.of(settings, NAME)
    metrics, tracing, reports = Metrics.of_process(), configured(NAME, settings), _error_reports(settings)
    watchers: list[Watcher] = [] if tracing is None else [Traces(tracing)]
    service = assemble(
        settings,
        ConfluentProducer(options),
        ConfluentConsumer(options, GROUP, [topic.name for topic in TOPICS]),
        handlers_of(settings.handlers),
        metrics,
        tracing=tracing,
        watchers=watchers if reports is None else [*watchers, reports],
    )

    alive, ready = Probe("consumer", service.ingest.alive), Probe("database", partial(ping, service.engine))
    internal = internal_app(metrics, alive=[alive], ready=[ready])
    return [
        *([] if tracing is None else [Resource("tracing", closed=tracing.close)]),
        *([] if reports is None else [Resource("error reports", closed=partial(asyncio.to_thread, reports.close))]),
        *service.components(),
        HttpServer("internal", internal, settings.internal_host, settings.internal_port),
    ]


def _error_reports(settings: WorkerSettings) -> "ErrorReports | None":
    if settings.sentry_dsn is None:
        return None
    try:
        from sluicegate_worker.executing.error_reports import ErrorReports
    except ImportError as error:
        raise SettingsError(
            f"SLUICEGATE_SENTRY_DSN needs {error.name}: pip install 'sluicegate-worker[sentry]'"
        ) from None
    try:
        return ErrorReports(
            settings.sentry_dsn.get_secret_value(),
            traces_sample_rate=settings.sentry_traces_sample_rate,
            release=f"sluicegate-worker@{VERSION}",
            server_name=settings.worker_id,
        )
    except ValueError:
        raise SettingsError("SLUICEGATE_SENTRY_DSN is no DSN of a Sentry project") from None


async def _nothing_more() -> None:
    """Ingest makes every wait due by itself; this service has nothing else to ask for again."""
