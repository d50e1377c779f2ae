"""Puts the service together: what it is made of, on which ports, in which order it starts."""

import asyncio
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

from sqlalchemy.ext.asyncio import AsyncEngine

from sluicegate_checkpoint_svc.bulk import Bulk
from sluicegate_checkpoint_svc.consumers import subscriptions
from sluicegate_checkpoint_svc.expiry import Expiry
from sluicegate_checkpoint_svc.forgetting import Forgetting
from sluicegate_checkpoint_svc.http import bulk, deciding, discussing, login_links, looking
from sluicegate_checkpoint_svc.http.errors import PROBLEMS
from sluicegate_checkpoint_svc.live.feed import Feed
from sluicegate_checkpoint_svc.live.follower import CHANNEL, LOOK_SECONDS, THROTTLE_SECONDS, Follower
from sluicegate_checkpoint_svc.live.reads import NewsReads
from sluicegate_checkpoint_svc.live.reporter import Reporter
from sluicegate_checkpoint_svc.observing import Durations, Pending
from sluicegate_checkpoint_svc.operations.settlement import Settlement
from sluicegate_checkpoint_svc.pages import events, paths, signing_in
from sluicegate_checkpoint_svc.pages import routes as page_routes
from sluicegate_checkpoint_svc.pages.functions import FUNCTIONS
from sluicegate_checkpoint_svc.reads import Reads
from sluicegate_checkpoint_svc.settings import CheckpointSettings
from sluicegate_checkpoint_svc.sign_ins import SignIns
from sluicegate_checkpoint_svc.signing import DecisionKey
from sluicegate_checkpoint_svc.tables import TABLES
from sluicegate_kit.access.identities import Identities
from sluicegate_kit.access.public_keys import PublicKeys
from sluicegate_kit.access.session_tokens import SessionKey
from sluicegate_kit.clock import SystemClock
from sluicegate_kit.db.listening import Listener, Notifier
from sluicegate_kit.db.reading import ping, read_engine
from sluicegate_kit.db.write_loop import WriteLoop
from sluicegate_kit.kafka.confluent import ConfluentConsumer, ConfluentProducer
from sluicegate_kit.kafka.ingest import Ingest
from sluicegate_kit.kafka.options import KafkaOptions
from sluicegate_kit.kafka.ports import Consumer, Producer
from sluicegate_kit.kafka.positions import POSITIONS
from sluicegate_kit.lifecycle import Component, Loop, Resource
from sluicegate_kit.metrics import GROUP_COMMIT_OPERATIONS, Metrics
from sluicegate_kit.outbox.depth import OutboxDepth
from sluicegate_kit.outbox.relay import Relay
from sluicegate_kit.outbox.row import Patience
from sluicegate_kit.outbox.sweeper import Sweeper
from sluicegate_kit.pages.pages import Pages
from sluicegate_kit.repeating import Repeating
from sluicegate_kit.settings import SettingsError
from sluicegate_kit.tracing import Tracing, configured
from sluicegate_kit.web.app import build_app
from sluicegate_kit.web.asgi import Wrapper
from sluicegate_kit.web.internal import Probe, internal_app
from sluicegate_kit.web.people import People
from sluicegate_kit.web.server import HttpServer
from sluicegate_kit.web.session_cookie import session_cookie
from sluicegate_schemas.ids import new_id
from sluicegate_schemas.rights import group_of
from sluicegate_schemas.topics import CHECKPOINT_CREATED, JOB_LIFECYCLE, Party, written_by

NAME = "checkpoint-svc"
GROUP = group_of(Party.CHECKPOINT_SVC)
TOPICS = (CHECKPOINT_CREATED.name, JOB_LIFECYCLE.name)
READ_CONNECTIONS = 4
FORGET_SECONDS = 60.0
COUNT_SECONDS = 10.0
FIRST_LOOK_SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class Service:
    """One replica, put together and not started."""

    writes: WriteLoop
    relay: Relay
    sweeper: Sweeper
    expiry: Expiry
    forgetting: Forgetting
    feed: Feed
    following: Repeating
    listener: Listener
    notifier: Notifier
    ingest: Ingest
    producer: Producer
    engine: AsyncEngine
    app: Wrapper
    metrics: Metrics

    def loops(self) -> list[Component]:
        """What runs beside the servers. What others need starts first, and so stops last."""
        return [
            Resource("reads", closed=self.engine.dispose),
            Loop("producer", self.producer.run, self.producer.stop),
            Loop("writes", self.writes.run, self.writes.stop),
            Loop("relay", lambda: self.relay.run(self.writes)),
            Loop("sweeper", self.sweeper.run),
            Loop("outbox depth", OutboxDepth(self.engine, self.metrics, written_by(Party.CHECKPOINT_SVC)).run),
            Loop("pending", Repeating("pending", Pending(self.engine, self.metrics).look, seconds=COUNT_SECONDS).run),
            Loop("expiry", self.expiry.run),
            Loop("forgetting", Repeating("forgetting", self.forgetting.forget, seconds=FORGET_SECONDS).run),
            Loop("notifier", self.notifier.run),
            Loop("listener", self.listener.run),
            Resource("latest news", opened=self._look),
            Loop("news", self.following.run),
            Loop("ingest", self.ingest.run, self.ingest.stop),
        ]

    async def _look(self) -> None:
        """Who watches from the first moment goes on from there; without a database, they read all again later."""
        with suppress(TimeoutError):
            async with asyncio.timeout(FIRST_LOOK_SECONDS):
                await self.following.pass_once()


def assemble(
    settings: CheckpointSettings,
    producer: Producer,
    consumer: Consumer,
    identities: Identities,
    metrics: Metrics,
    *,
    tracing: Tracing | None = None,
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
    feed, itself = Feed(), str(new_id())
    following = Repeating("news", Follower(NewsReads(engine), feed).look, seconds=LOOK_SECONDS)
    notifier = Notifier(url, CHANNEL, itself, name=f"sluicegate-{NAME}", throttle_seconds=THROTTLE_SECONDS)

    def heard(replica: str) -> None:
        if replica != itself and feed.watched:
            following.wake()

    writes.ride(relay)
    writes.ride(Reporter(feed, notify=notifier.notify))
    key = DecisionKey.read(settings.decision_key_id, settings.decision_key_file)
    settlement = Settlement(key, Durations(metrics))
    return Service(
        writes=writes,
        relay=relay,
        sweeper=Sweeper(writes, relay, patience, interval_seconds=settings.sweep_interval_seconds),
        expiry=Expiry(writes, settlement, interval_seconds=settings.expiry_interval_seconds),
        forgetting=Forgetting(writes),
        feed=feed,
        following=following,
        listener=Listener(settings.listen_url, CHANNEL, name=f"sluicegate-{NAME}", joined=following.wake, heard=heard),
        notifier=notifier,
        ingest=Ingest(
            consumer,
            writes,
            subscriptions(settlement, tracing),
            party=Party.CHECKPOINT_SVC,
            on_log_lost=_nothing_more,
            metrics=metrics,
            message_max_bytes=settings.kafka_message_max_bytes,
        ),
        producer=producer,
        engine=engine,
        app=_application(settings, writes, engine, feed, settlement, identities, metrics, tracing),
        metrics=metrics,
    )


def _application(
    settings: CheckpointSettings,
    writes: WriteLoop,
    engine: AsyncEngine,
    feed: Feed,
    settlement: Settlement,
    identities: Identities,
    metrics: Metrics,
    tracing: Tracing | None,
) -> Wrapper:
    """What it serves to programs and to people."""
    public_keys, clock = PublicKeys(settings.session_keys_file), SystemClock()
    pages = Pages("sluicegate_checkpoint_svc", paths.INBOX, functions=FUNCTIONS, sign_out=signing_in.SIGN_OUT)
    cookie = session_cookie(insecure_dev_cookie=settings.insecure_dev_cookie)
    people = People(cookie, public_keys, identities, clock, pages.problem)
    longest = timedelta(seconds=settings.session_longest_seconds)
    sign_ins = SignIns(writes, engine, _session_key(settings, public_keys), longest)
    reads = Reads(engine)
    decide = deciding.Deciding(writes, settlement)
    together = Bulk(writes, reads, settlement)
    stream = events.Events(feed, clock)
    return build_app(
        NAME,
        identities=identities,
        metrics=metrics,
        routers=[
            looking.router(looking.Looking(reads)),
            deciding.router(decide),
            discussing.router(discussing.Discussing(writes)),
            login_links.router(login_links.LoginLinks(sign_ins, identities)),
        ],
        hot=[*bulk.hot_routes(bulk.BulkEndpoint(together)), *deciding.hot_routes(decide)],
        pages=[
            *pages.routes(),
            *signing_in.routes(signing_in.SigningIn(pages, sign_ins, people)),
            *events.routes(stream),
            *page_routes.routes(pages, stream, reads, writes, settlement, together),
        ],
        problems=PROBLEMS,
        people=people,
        tracing=tracing,
    )


async def serve(settings: CheckpointSettings) -> list[Component]:
    """All components of the process, in the order in which they start."""
    options = KafkaOptions.of(settings, NAME, gathers=True)
    tracing = configured(NAME, settings)
    service = assemble(
        settings,
        ConfluentProducer(options),
        ConfluentConsumer(options, GROUP, TOPICS),
        Identities.from_file(settings.keys_file),
        Metrics.of_process(),
        tracing=tracing,
    )

    alive, ready = Probe("consumer", service.ingest.alive), Probe("database", partial(ping, service.engine))
    internal = internal_app(service.metrics, alive=[alive], ready=[ready])
    return [
        *([] if tracing is None else [Resource("tracing", closed=tracing.close)]),
        *service.loops(),
        HttpServer("http", service.app, settings.http_host, settings.http_port),
        HttpServer("internal", internal, settings.internal_host, settings.internal_port),
    ]


def _session_key(settings: CheckpointSettings, public_keys: PublicKeys) -> SessionKey:
    key = SessionKey.read(settings.session_key_id, settings.session_key_file)
    if public_keys.now().get(key.key_id) != key.key.public_key():
        raise SettingsError(
            f"{settings.session_keys_file} does not hold the public half of {settings.session_key_file} "
            f"as {key.key_id!r}: nobody could sign in"
        )
    return key


async def _nothing_more() -> None:
    """Ingest makes every wait due by itself; this service has nothing else to ask for again."""
