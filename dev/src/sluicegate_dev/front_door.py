"""One origin for all services: a reverse proxy that streams, and answers 503 while a service restarts."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Coroutine, Mapping
from typing import Any

import httpx
from starlette.types import Message, Receive, Scope, Send

from sluicegate_dev.ports import LOOPBACK
from sluicegate_dev.routes import Route, service_for
from sluicegate_kit.web.problem import Problem, unavailable
from sluicegate_schemas.ids import new_id

_HOP_BY_HOP = frozenset(
    {
        b"connection",
        b"keep-alive",
        b"proxy-authenticate",
        b"proxy-authorization",
        b"proxy-connection",
        b"te",
        b"trailer",
        b"transfer-encoding",
        b"upgrade",
    }
)
"""RFC 9110, section 7.6.1."""
_SET_HERE = frozenset({b"forwarded", b"x-forwarded-for", b"x-forwarded-host", b"x-forwarded-proto"})
_SAID_BY_SERVER = frozenset({b"date"})
"""What the server that this runs in adds to every response."""

_END: Message = {"type": "http.response.body", "body": b"", "more_body": False}

Headers = list[tuple[bytes, bytes]]


class FrontDoor:
    """An ASGI application. What it is asked for goes to the service that the routes name, byte for byte."""

    def __init__(self, routes: tuple[Route, ...], ports: Mapping[str, int]) -> None:
        """`ports` on the loopback interface, by service."""
        self._routes = routes
        self._ports = ports
        # A connection is never used twice: one that a restarted service has closed would fail the next request.
        self._client = httpx.AsyncClient(
            timeout=httpx.Timeout(None, connect=2),
            limits=httpx.Limits(max_connections=None, max_keepalive_connections=0),
            trust_env=False,
        )
        self._under_way: set[asyncio.Task[None]] = set()
        self._closed = False

    async def close(self) -> None:
        """Takes nothing more, and ends what is under way, however far it has come."""
        self._closed = True
        for passing in self._under_way:
            passing.cancel()
        if self._under_way:
            await asyncio.wait(self._under_way)
        await self._client.aclose()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI entry."""
        if scope["type"] != "http":
            return
        service = service_for(scope["path"], self._routes)
        if service is None:
            await _refuse(
                Problem(404, "not-found", "No service answers on this path; the API begins at /api."), scope, send
            )
            return
        answer = _Answer(send)
        try:
            if not self._closed:
                await self._until_closed(self._pass_on(service, scope, receive, answer))
        except _ClientLeft:
            return
        except httpx.TransportError:
            pass
        if not answer.begun:
            await _refuse(unavailable(f"The service {service}"), scope, send)
        elif answer.streams:
            await answer(_END)  # it may end anywhere; whoever reads it comes again
        # In the middle of another answer nothing can be said any more: it stays incomplete, and the server cuts it off.

    async def _until_closed(self, work: Coroutine[Any, Any, None]) -> None:
        passing = asyncio.create_task(work)
        self._under_way.add(passing)
        passing.add_done_callback(self._under_way.discard)
        try:
            await passing
        except asyncio.CancelledError:
            if not self._closed:
                raise

    async def _pass_on(self, service: str, scope: Scope, receive: Receive, send: Send) -> None:
        request = httpx.Request(
            scope["method"],
            httpx.URL(f"http://{LOOPBACK}:{self._ports[service]}").copy_with(raw_path=_target(scope)),
            headers=_headers_onward(scope),
            content=_body(receive) if _has_body(scope) else None,
        )
        response = await self._client.send(request, stream=True)
        try:
            headers = _without(response.headers.raw, _HOP_BY_HOP | _SAID_BY_SERVER)
            await send({"type": "http.response.start", "status": response.status_code, "headers": headers})
            await _stream(response, receive, send)
        finally:
            await response.aclose()


class _ClientLeft(Exception):
    """The caller closed the connection before its request was complete."""


class _Answer:
    """Takes an answer to the caller, and knows how far it is."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self.begun = False
        self.streams = False
        """It is an event stream that has not ended."""

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.begun = True
            self.streams = any(
                name.lower() == b"content-type" and value.startswith(b"text/event-stream")
                for name, value in message["headers"]
            )
        elif not message["more_body"]:
            self.streams = False
        await self._send(message)


async def _refuse(problem: Problem, scope: Scope, send: Send) -> None:
    await problem.response(str(new_id()))(scope, _nothing_more, send)


async def _nothing_more() -> Message:
    return {"type": "http.disconnect"}


async def _stream(response: httpx.Response, receive: Receive, send: Send) -> None:
    """Passes the body on until it ends or the caller leaves, as after reading enough of an event stream."""
    body = asyncio.create_task(_send_body(response, send))
    left = asyncio.create_task(_until_client_leaves(receive))
    try:
        await asyncio.wait({body, left}, return_when=asyncio.FIRST_COMPLETED)
        if body.done():
            body.result()
    finally:
        for task in (body, left):
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError, httpx.TransportError):
                await task


async def _send_body(response: httpx.Response, send: Send) -> None:
    async for chunk in response.aiter_raw():
        await send({"type": "http.response.body", "body": chunk, "more_body": True})
    await send(_END)


async def _until_client_leaves(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _body(receive: Receive) -> AsyncIterator[bytes]:
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise _ClientLeft
        yield message.get("body", b"")
        if not message.get("more_body", False):
            return


def _has_body(scope: Scope) -> bool:
    names = {name for name, _ in scope["headers"]}
    return b"content-length" in names or b"transfer-encoding" in names


def _target(scope: Scope) -> bytes:
    path: bytes = scope["raw_path"]
    query: bytes = scope["query_string"]
    return path + b"?" + query if query else path


def _headers_onward(scope: Scope) -> Headers:
    """What the caller sent, without what is meant for this hop; who called is said by us alone."""
    headers: Headers = _without(scope["headers"], _HOP_BY_HOP | _SET_HERE)
    host = next((value for name, value in scope["headers"] if name == b"host"), b"")
    caller = scope["client"][0].encode() if scope.get("client") else b"unknown"
    return [
        *headers,
        (b"x-forwarded-for", caller),
        (b"x-forwarded-host", host),
        (b"x-forwarded-proto", scope["scheme"].encode()),
    ]


def _without(headers: Headers, dropped: frozenset[bytes]) -> Headers:
    named = {
        word.strip().lower() for name, value in headers if name.lower() == b"connection" for word in value.split(b",")
    }
    return [(name, value) for name, value in headers if name.lower() not in dropped | named]
