"""Puts the service together: what it is made of, on which ports, in which order it starts."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial

from sqlalchemy.ext.asyncio import AsyncEngine

from sluicegate_api.consumers import subscriptions
from sluicegate_api.fleet_gauges import FleetGauges
from sluicegate_api.http import dead_letters, events, jobs, metrics, workers
from sluicegate_api.http.errors import PROBLEMS
from sluicegate_api.http.long_poll import LongPoll
from sluicegate_api.http.submission import Desk
from sluicegate_api.http.submit import SubmitEndpoint, submission_route
from sluicegate_api.input_schemas import InputSchemas
from sluicegate_api.notices import Notices
from sluicegate_api.operations.ask_reports import AskIfNew, AskReport
from sluicegate_api.operations.source import SOURCE
from sluicegate_api.operations.want_fleet import WantFleet
from sluicegate_api.pages import paths
from sluicegate_api.pages import routes as page_routes
from sluicegate_api.pages.functions import FUNCTIONS
from sluicegate_api.passes import Passes
from sluicegate_api.reads.checkpoints import CheckpointReads
from sluicegate_api.reads.dead_letters import DeadLetterReads
from sluicegate_api.reads.jobs import JobReads
from sluicegate_api.reads.tallies import TallyReads
from sluicegate_api.reads.timeline import TimelineReads
from sluicegate_api.reads.workers import WorkerReads
from sluicegate_api.settings import ApiSettings
from sluicegate_api.tables import TABLES
from sluicegate_kit.access.identities import Identities
from sluicegate_kit.access.mac_keys import MacKeys
from sluicegate_kit.access.public_keys import PublicKeys
from sluicegate_kit.clock import SystemClock
from sluicegate_kit.db.reading import ping, read_engine
from sluicegate_kit.db.write_loop import WriteLoop
from sluicegate_kit.kafka.confluent import ConfluentConsumer, ConfluentProducer
from sluicegate_kit.kafka.ingest import Ingest
from sluicegate_kit.kafka.options import KafkaOptions
from sluicegate_kit.kafka.ports import Consumer, Producer
from sluicegate_kit.lifecycle import Component, Loop, Resource
from sluicegate_kit.metrics import GROUP_COMMIT_OPERATIONS, Metrics
from sluicegate_kit.outbox.depth import OutboxDepth
from sluicegate_kit.outbox.relay import Relay
from sluicegate_kit.outbox.row import Patience
from sluicegate_kit.outbox.sweeper import Sweeper
from sluicegate_kit.pages.pages import Pages
from sluicegate_kit.repeating import Repeating
from sluicegate_kit.tracing import Tracing, configured
from sluicegate_kit.web.app import build_app
from sluicegate_kit.web.asgi import Wrapper
from sluicegate_kit.web.internal import Probe, internal_app
from sluicegate_kit.web.people import People
from sluicegate_kit.web.server import HttpServer
from sluicegate_kit.web.session_cookie import session_cookie
from sluicegate_schemas.fleet_control import Desired
from sluicegate_schemas.job_control import EVERY_JOB
from sluicegate_schemas.rights import group_of
from sluicegate_schemas.topics import (
    CHECKPOINT_CREATED,
    CHECKPOINT_DECIDED,
    DEAD_LETTER,
    JOB_LIFECYCLE,
    WORKER_STATUS,
    Party,
    written_by,
)

NAME = "api"
GROUP = group_of(Party.API)
TOPICS = tuple(
    topic.name for topic in (JOB_LIFECYCLE, WORKER_STATUS, CHECKPOINT_CREATED, CHECKPOINT_DECIDED, DEAD_LETTER)
)
READ_CONNECTIONS = 8
FOLLOW_SECONDS = 5.0
FORGET_SECONDS = 60.0
FOLD_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class Service:
    """One replica, put together and not started."""

    writes: WriteLoop
    relay: Relay
    sweeper: Sweeper
    ingest: Ingest
    producer: Producer
    engine: AsyncEngine
    passes: Passes
    following: Repeating
    app: Wrapper
    metrics: Metrics
    start_fleet: bool
    report_interval_seconds: float

    def loops(self) -> list[Component]:
        """What runs beside the servers. What others need starts first, and so stops last."""
        silence = Repeating("silence", self.passes.look_for_silence, seconds=self.report_interval_seconds)
        forgetting = Repeating("forgetting", self.passes.forget, seconds=FORGET_SECONDS)
        tallies = Repeating("tallies", self.passes.fold_tallies, seconds=FOLD_SECONDS)
        return [
            Resource("reads", closed=self.engine.dispose),
            Loop("producer", self.producer.run, self.producer.stop),
            Loop("writes", self.writes.run, self.writes.stop),
            Loop("relay", lambda: self.relay.run(self.writes)),
            Resource("first fleet", opened=self.say_first_wish),
            Resource("first reports", opened=self.ask_if_new),
            Loop("sweeper", self.sweeper.run),
            Loop("outbox depth", OutboxDepth(self.engine, self.metrics, written_by(Party.API)).run),
            Loop("workers", self.following.run),
            Loop("silence", silence.run),
            Loop("forgetting", forgetting.run),
            Loop("tallies", tallies.run),
            Loop("ingest", self.ingest.run, self.ingest.stop),
        ]

    async def say_first_wish(self) -> None:
        """ENABLE_AGENT_WORKER: start the fleet, unless somebody has started or stopped it before."""
        if self.start_fleet:
            await self.writes.submit(WantFleet(Desired.STARTED, SOURCE, only_first=True))

    async def ask_if_new(self) -> None:
        """A new database asks the workers about every job."""
        await self.writes.submit(AskIfNew())


def assemble(
    settings: ApiSettings,
    producer: Producer,
    consumer: Consumer,
    identities: Identities,
    process: Metrics,
    *,
    tracing: Tracing | None = None,
) -> Service:
    """A replica on this broker."""
    url, silence, clock = settings.database_url.get_secret_value(), settings.silence(), SystemClock()
    patience = Patience(settings.outbox_claim_seconds, settings.answer_first_seconds, settings.answer_max_seconds)
    relay = Relay(producer)
    writes = WriteLoop(
        url,
        TABLES,
        publisher=relay,
        patience=patience,
        name=NAME,
        lock_timeout_seconds=settings.lock_timeout_seconds,
        pooled=settings.database_pooled,
        observe_group=process.histogram(GROUP_COMMIT_OPERATIONS).observe,
    )
    engine = read_engine(settings, connections=READ_CONNECTIONS, autocommit=True)
    schemas, tallies, job_reads = InputSchemas(), TallyReads(engine), JobReads(engine)
    worker_reads = WorkerReads(engine, tallies)
    passes = Passes(writes, worker_reads, schemas, silence, FleetGauges(process))
    following = Repeating("workers", passes.follow_workers, seconds=FOLLOW_SECONDS)
    notices = Notices(on_replicas=following.wake)
    writes.ride(relay)
    writes.ride(notices)

    async def ask_about_every_job() -> None:
        await writes.submit(AskReport(EVERY_JOB))

    cookie = session_cookie(insecure_dev_cookie=settings.insecure_dev_cookie)
    pages = Pages("sluicegate_api", paths.JOBS, functions=FUNCTIONS, sign_out=paths.SIGN_OUT)
    people = People(cookie, PublicKeys(settings.session_keys_file), identities, clock, pages.problem)
    mac_keys = MacKeys(settings.mac_key_file).now
    desk = Desk(schemas, mac_keys, settings.max_input_bytes)
    if tracing is not None:
        desk = replace(desk, traceparent=tracing.traceparent)
    submit = SubmitEndpoint(desk, writes, job_reads, silence=silence, clock=clock)
    reads = page_routes.Reads(
        job_reads, TimelineReads(engine), CheckpointReads(engine), worker_reads, DeadLetterReads(engine), tallies
    )
    job_endpoints = jobs.JobEndpoints(job_reads, reads.checkpoints, writes, LongPoll(job_reads, notices, clock))
    return Service(
        writes=writes,
        relay=relay,
        sweeper=Sweeper(writes, relay, patience, interval_seconds=settings.sweep_interval_seconds),
        ingest=Ingest(
            consumer,
            writes,
            subscriptions(silence, mac_keys),
            party=Party.API,
            on_log_lost=ask_about_every_job,
            metrics=process,
            message_max_bytes=settings.kafka_message_max_bytes,
        ),
        producer=producer,
        engine=engine,
        passes=passes,
        following=following,
        app=build_app(
            NAME,
            identities=identities,
            metrics=process,
            routers=[
                jobs.router(job_endpoints),
                events.router(events.EventStream(reads.timeline, notices, clock)),
                workers.router(workers.WorkerEndpoints(worker_reads, writes)),
                dead_letters.router(dead_letters.DeadLetterEndpoints(reads.letters, writes)),
                metrics.router(metrics.MetricsEndpoint(tallies, worker_reads)),
            ],
            hot=[submission_route(submit), jobs.hot_route(job_endpoints)],
            pages=[
                *pages.routes(),
                *page_routes.routes(
                    pages,
                    reads,
                    writes,
                    desk=desk,
                    schemas=schemas,
                    notices=notices,
                    silence=silence,
                    clock=clock,
                ),
            ],
            problems=PROBLEMS,
            people=people,
            tracing=tracing,
        ),
        metrics=process,
        start_fleet=settings.enable_agent_worker,
        report_interval_seconds=settings.report_interval_seconds,
    )


async def serve(settings: ApiSettings) -> Sequence[Component]:
    """The components of the process."""
    options = KafkaOptions.of(settings, NAME, gathers=True)
    process, tracing = Metrics.of_process(), configured(NAME, settings)
    service = assemble(
        settings,
        ConfluentProducer(options),
        ConfluentConsumer(options, GROUP, TOPICS),
        Identities.from_file(settings.keys_file),
        process,
        tracing=tracing,
    )

    alive, ready = Probe("consumer", service.ingest.alive), Probe("database", partial(ping, service.engine))
    internal = internal_app(process, alive=[alive], ready=[ready])
    return [
        *([] if tracing is None else [Resource("tracing", closed=tracing.close)]),
        *service.loops(),
        HttpServer("internal", internal, settings.internal_host, settings.internal_port),
        HttpServer("http", service.app, settings.http_host, settings.http_port),
    ]
