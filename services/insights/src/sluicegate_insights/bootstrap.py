"""Puts the service together: what it is made of, on which ports, in which order it starts."""

from collections.abc import Sequence
from dataclasses import dataclass

from sluicegate_insights.domain.facts import Facts
from sluicegate_insights.http.insights import InsightsEndpoint, router
from sluicegate_insights.pages.insights import FUNCTIONS, InsightsPage
from sluicegate_insights.pages.view import PAGE
from sluicegate_insights.reader import Reader
from sluicegate_insights.records import TOPICS
from sluicegate_kit.access.identities import Identities
from sluicegate_kit.access.public_keys import PublicKeys
from sluicegate_kit.clock import Clock, SystemClock
from sluicegate_kit.kafka.confluent import ConfluentConsumer
from sluicegate_kit.kafka.options import KafkaOptions
from sluicegate_kit.kafka.ports import Consumer
from sluicegate_kit.lifecycle import Component, Loop, Resource
from sluicegate_kit.metrics import Metrics
from sluicegate_kit.pages.pages import Pages
from sluicegate_kit.repeating import Repeating
from sluicegate_kit.settings import PageSettings
from sluicegate_kit.tracing import Tracing, configured
from sluicegate_kit.web.app import build_app
from sluicegate_kit.web.asgi import Wrapper
from sluicegate_kit.web.internal import Probe, internal_app
from sluicegate_kit.web.people import People
from sluicegate_kit.web.server import HttpServer
from sluicegate_kit.web.session_cookie import session_cookie
from sluicegate_schemas.ids import new_id
from sluicegate_schemas.rights import group_of
from sluicegate_schemas.topics import Party

NAME = "insights"
SIGN_OUT = "/admin/sign-out"
"""At checkpoint-svc, which keeps the sessions."""
LOOK_SECONDS = 1.0
FORGET_SECONDS = 600.0


@dataclass(frozen=True, slots=True)
class Service:
    """One replica, put together and not started."""

    reader: Reader
    app: Wrapper

    def loops(self) -> list[Component]:
        """What runs beside the servers."""
        return [
            Loop("reader", self.reader.run, self.reader.stop),
            Loop("end of log", Repeating("end of log", self.reader.look, seconds=LOOK_SECONDS).run),
            Loop("forgetting", Repeating("forgetting", self.reader.forget, seconds=FORGET_SECONDS).run),
        ]


def group_of_process() -> str:
    """A consumer group that nobody has been in before: each process reads everything, from the start."""
    return f"{group_of(Party.INSIGHTS)}-{new_id()}"


def assemble(
    settings: PageSettings,
    consumer: Consumer,
    identities: Identities,
    process: Metrics,
    *,
    clock: Clock | None = None,
    tracing: Tracing | None = None,
) -> Service:
    """A replica on this broker."""
    clock, facts = clock or SystemClock(), Facts()
    reader = Reader(consumer, facts, clock, process)
    pages = Pages("sluicegate_insights", PAGE, functions=FUNCTIONS, sign_out=SIGN_OUT, clock=clock)
    cookie = session_cookie(insecure_dev_cookie=settings.insecure_dev_cookie)
    people = People(cookie, PublicKeys(settings.session_keys_file), identities, SystemClock(), pages.problem)
    app = build_app(
        NAME,
        identities=identities,
        metrics=process,
        routers=[router(InsightsEndpoint(facts, reader, clock))],
        pages=[*pages.routes(), *InsightsPage(pages, facts, reader, clock).routes()],
        people=people,
        tracing=tracing,
    )
    return Service(reader, app)


async def serve(settings: PageSettings) -> Sequence[Component]:
    """The components of the process."""
    process, tracing = Metrics.of_process(), configured(NAME, settings)
    options = KafkaOptions.of(settings, NAME, gathers=True)
    consumer = ConfluentConsumer(options, group_of_process(), [topic.name for topic in TOPICS])
    service = assemble(settings, consumer, Identities.from_file(settings.keys_file), process, tracing=tracing)

    async def has_read() -> None:
        if not service.reader.progress.complete:
            raise TimeoutError("it still reads the log from its start")

    internal = internal_app(process, alive=[Probe("consumer", service.reader.alive)], ready=[Probe("log", has_read)])
    return [
        *([] if tracing is None else [Resource("tracing", closed=tracing.close)]),
        *service.loops(),
        HttpServer("internal", internal, settings.internal_host, settings.internal_port),
        HttpServer("http", service.app, settings.http_host, settings.http_port),
    ]
