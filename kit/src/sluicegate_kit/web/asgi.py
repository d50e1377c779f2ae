"""The one wrapper around every request: id, access, body limit, problems, metrics, log line.

One pure ASGI wrapper instead of a stack of middleware: each layer of Starlette's kind costs more than all of this.
"""

import asyncio
import re
import time
from collections.abc import Mapping

import structlog
from prometheus_client import Counter, Histogram
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sluicegate_kit.access.identities import Caller, Identities, KeyRefused
from sluicegate_kit.access.table import PAGES
from sluicegate_kit.tracing import Tracing
from sluicegate_kit.web.accepted import wants_page
from sluicegate_kit.web.errors import ProblemOf, as_problem
from sluicegate_kit.web.exchange import SCOPE_KEY, Exchange
from sluicegate_kit.web.people import SESSION_EXPIRED, People, renew_first
from sluicegate_kit.web.problem import Problem
from sluicegate_kit.web.routing import Found, RouteTable
from sluicegate_kit.web.same_origin import SAFE, require_same_origin
from sluicegate_schemas.ids import new_id

MAX_BODY_BYTES = 1024 * 1024
UNAVAILABLE = 503
CLIENT_CLOSED = 499
"""In metrics and logs only: the caller went away before the response began (nginx's number)."""
KEYS = "They come from whoever runs this installation, who lists them in the keys file (SLUICEGATE_KEYS_FILE)."
KEYS_OF_DEV = "`make dev` writes some to .sluicegate/dev.json, under apiKeys."

_GIVEN_ID = re.compile(rb"[A-Za-z0-9._-]{8,64}")

log = structlog.get_logger("sluicegate.http")


class Wrapper:
    """The application that the server serves."""

    def __init__(
        self,
        inner: ASGIApp,
        routes: RouteTable,
        identities: Identities,
        *,
        problems: Mapping[type[Exception], ProblemOf],
        seconds: Histogram,
        failures: Counter,
        people: People | None = None,
        tracing: Tracing | None = None,
    ) -> None:
        """Without `people`, nobody is let in but with a key."""
        self._inner = inner
        self._routes = routes
        self._identities = identities
        self._problems = problems
        self._seconds = seconds
        self._unavailable, self._defects = failures.labels("unavailable"), failures.labels("defect")
        self._people = people
        self._tracing = tracing
        self._observers: dict[tuple[str, str, str], Histogram] = {}
        self.stopping = asyncio.Event()
        """Set when the server drains."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        began = time.perf_counter()
        headers = dict(scope["headers"])
        found = Exchange(_request_id(headers), self.stopping)
        scope[SCOPE_KEY] = found
        answer = _Answer(found, send)
        tokens = structlog.contextvars.bind_contextvars(request_id=found.request_id)
        try:
            if self._tracing is None:
                await self._answer(scope, headers, found, _limited(receive, found), answer)
            else:
                await self._traced(self._tracing, scope, headers, found, _limited(receive, found), answer)
        finally:
            if not answer.begun:
                found.status = CLIENT_CLOSED
            self._account(scope["method"], found, time.perf_counter() - began)
            structlog.contextvars.reset_contextvars(**tokens)

    async def _traced(
        self,
        tracing: Tracing,
        scope: Scope,
        headers: Mapping[bytes, bytes],
        found: Exchange,
        receive: Receive,
        answer: "_Answer",
    ) -> None:
        parent = headers.get(b"traceparent")
        about = {"http.request.method": scope["method"]}
        with tracing.span(
            scope["method"], "server", about, parent=None if parent is None else parent.decode("latin-1")
        ) as span:
            await self._answer(scope, headers, found, receive, answer)
            span.rename(f"{scope['method']} {found.route}")
            span.set({"http.route": found.route, "http.response.status_code": found.status})
            if found.status >= 500:
                span.fail(str(found.status))

    async def _answer(
        self, scope: Scope, headers: Mapping[bytes, bytes], found: Exchange, receive: Receive, answer: "_Answer"
    ) -> None:
        try:
            route = self._admit(scope, headers, found)
            scope["path_params"] = route.parameters
            if (endpoint := route.route.endpoint) is not None:
                response = await endpoint(Request(scope, receive, answer))
                await response(scope, receive, answer)
            else:
                await self._inner(scope, receive, answer)
        except ClientDisconnect:
            return
        except Exception as error:
            problem = as_problem(error, self._problems)
            if not answer.begun:
                refusal = self._refusal(Request(scope, receive), headers, found, problem)
                await refusal(scope, receive, answer)

    def _refusal(self, request: Request, headers: Mapping[bytes, bytes], found: Exchange, problem: Problem) -> Response:
        if self._people is not None and request.scope["path"].startswith(PAGES):
            if problem.type_slug == SESSION_EXPIRED:
                return renew_first(request, self._people.clock.now())
            if wants_page(headers):
                above = self._routes.page_above(request.scope["path"])
                return self._people.refuse(request, problem, page_above=above)
        return problem.response(found.request_id)

    def _admit(self, scope: Scope, headers: Mapping[bytes, bytes], found: Exchange) -> Found:
        if "\0" in scope["path"]:
            raise Problem(404, "no-such-route", "Nothing is served at this path.")
        route = self._routes.find(scope["method"], scope["path"])
        found.route = route.route.path
        if b"%00" in scope["query_string"] or b"\0" in scope["query_string"]:
            raise Problem(400, "invalid-query", "The query string holds U+0000, which is not allowed.")
        row, given = route.route.row, headers.get(b"authorization")
        if not row.public:
            if len(headers) < len(scope["headers"]) and _keys_in(scope) > 1:
                raise self._unauthorized("The request has two Authorization headers.", asked=True)
            found.caller = self._recognise(given) if given is not None else self._recognise_person(headers)
            if not row.roles & found.caller.roles:
                raise _forbidden(found.caller, row.roles)
        if given is None and scope["method"] not in SAFE:
            require_same_origin(headers)
        if _announced(headers) > MAX_BODY_BYTES:
            raise _too_large()
        return route

    def _recognise(self, given: bytes) -> Caller:
        try:
            return self._identities.recognise(given.decode("latin-1"))
        except KeyRefused as refused:
            raise self._unauthorized(str(refused), asked=True) from None

    def _recognise_person(self, headers: Mapping[bytes, bytes]) -> Caller:
        person = self._people.recognise(headers) if self._people is not None else None
        if person is None:
            raise self._unauthorized("The request has no key, and belongs to no session.", asked=False)
        return person

    def _unauthorized(self, what: str, *, asked: bool) -> Problem:
        in_dev = self._people is not None and not self._people.cookie.secure
        whence = KEYS_OF_DEV if in_dev else KEYS
        challenge = 'Bearer realm="sluicegate"' + (', error="invalid_token"' if asked else "")
        return Problem(
            401,
            "unauthorized",
            f"{what} Send the header `Authorization: Bearer sg_<id>_<secret>` with a key. {whence}",
            headers={"www-authenticate": challenge},
        )

    def _account(self, method: str, found: Exchange, seconds: float) -> None:
        labelled = method if found.route != Exchange.UNMATCHED else "any"
        series = (labelled, found.route, str(found.status))
        if (observer := self._observers.get(series)) is None:
            observer = self._observers[series] = self._seconds.labels(*series)
        observer.observe(seconds)
        if found.status >= 500:
            (self._unavailable if found.status == UNAVAILABLE else self._defects).inc()
        log.info(
            "request",
            method=labelled,
            route=found.route,
            status=found.status,
            duration_ms=round(seconds * 1000, 2),
            caller=found.caller.name if found.caller else None,
        )


class _Answer:
    """`send`, which adds what every response carries and notes its status."""

    __slots__ = ("_found", "_send", "begun")

    def __init__(self, found: Exchange, send: Send) -> None:
        self._found = found
        self._send = send
        self.begun = False

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.begun = True
            self._found.status = message["status"]
            headers = list(message.get("headers", ()))
            if not any(name == b"cache-control" for name, _ in headers):
                headers.append((b"cache-control", b"no-store"))
            headers.append((b"x-content-type-options", b"nosniff"))
            headers.append((b"x-request-id", self._found.request_id.encode()))
            message = {**message, "headers": headers}
        await self._send(message)


def _keys_in(scope: Scope) -> int:
    return sum(name == b"authorization" for name, _ in scope["headers"])


def _limited(receive: Receive, found: Exchange) -> Receive:
    """`receive`, which refuses a body that grows beyond the limit without having announced it."""

    async def limited() -> Message:
        message = await receive()
        if message["type"] == "http.request":
            found.body_bytes += len(message.get("body", b""))
            if found.body_bytes > MAX_BODY_BYTES:
                raise _too_large()
        return message

    return limited


def _request_id(headers: Mapping[bytes, bytes]) -> str:
    given = headers.get(b"x-request-id", b"")
    return given.decode() if _GIVEN_ID.fullmatch(given) else str(new_id())


def _announced(headers: Mapping[bytes, bytes]) -> int:
    text = headers.get(b"content-length", b"0")
    return int(text) if text.isdigit() else 0


def _too_large() -> Problem:
    # The connection stays open: the server reads the rest and drops it. Closed now, with bytes unread, it would be
    # reset, and a caller that writes all before it reads (a proxy, for one) would never see this answer.
    return Problem(413, "body-too-large", f"A body may have {MAX_BODY_BYTES} bytes.")


def _forbidden(caller: Caller, roles: frozenset[str]) -> Problem:
    return Problem(
        403,
        "forbidden",
        f"This takes one of the roles {', '.join(sorted(roles))}; {caller.name} has "
        f"{', '.join(sorted(caller.roles)) or 'none'}.",
    )
