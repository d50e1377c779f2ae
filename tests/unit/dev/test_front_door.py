"""The one origin: what reaches the services, what comes back, and what is said while one restarts."""

import asyncio
import contextlib
from collections.abc import AsyncIterator

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route as Endpoint
from starlette.types import Message

from sluicegate_dev.front_door import FrontDoor
from sluicegate_dev.ports import LOOPBACK, free_port
from sluicegate_dev.routes import Route
from sluicegate_kit.web.server import HttpServer
from tests.support.callers import bearer
from tests.unit.kit.web.service import service as things

pytestmark = pytest.mark.anyio

left = asyncio.Event()

ASKED = {
    "type": "http",
    "method": "GET",
    "scheme": "http",
    "path": "/api/x",
    "raw_path": b"/api/x",
    "query_string": b"",
    "headers": [(b"host", b"here")],
    "client": (LOOPBACK, 1),
}


async def echo(request: Request) -> Response:
    """What the service was sent."""
    return JSONResponse(
        {
            "method": request.method,
            "target": request.scope["raw_path"].decode() + "?" + request.url.query,
            "headers": dict(request.headers),
            "body": (await request.body()).decode(),
        },
        headers={"x-answer": "yes", "connection": "x-hop", "x-hop": "1"},
    )


async def stream(_: Request) -> Response:
    """Two events, the second never ends."""

    async def events() -> AsyncIterator[bytes]:
        yield b"data: first\n\n"
        try:
            await asyncio.Event().wait()
        finally:
            left.set()

    return StreamingResponse(events(), media_type="text/event-stream")


@contextlib.asynccontextmanager
async def _house() -> AsyncIterator[tuple[httpx.AsyncClient, HttpServer]]:
    app = Starlette(
        routes=[
            Endpoint("/api/stream", stream),
            Endpoint("/api/{rest:path}", echo, methods=["GET", "POST", "DELETE"]),
        ]
    )
    service = HttpServer("service", app, LOOPBACK, 0)
    await service.start()
    door = FrontDoor((Route("/api", "api"), Route("/gone", "gone")), {"api": service.port, "gone": free_port()})
    front = HttpServer("front-door", door, LOOPBACK, 0)
    await front.start()
    async with httpx.AsyncClient(base_url=f"http://{LOOPBACK}:{front.port}", trust_env=False) as client:
        yield client, service
    await door.close()
    await front.stop()
    await service.stop()


async def test_method_target_and_body_reach_the_service_as_they_are() -> None:
    async with _house() as (client, _):
        response = await client.post("/api/a%2Fb?q=%20x&q=2", content=b'{"big": 9007199254740993}')
        seen = response.json()
    assert seen["method"] == "POST"
    assert seen["target"] == "/api/a%2Fb?q=%20x&q=2"
    assert seen["body"] == '{"big": 9007199254740993}'
    assert response.headers["x-answer"] == "yes"
    assert len(response.headers.get_list("date")) == 1


async def test_a_body_without_a_length_reaches_the_service() -> None:
    async def chunks() -> AsyncIterator[bytes]:
        yield b"one "
        yield b"two"

    async with _house() as (client, _):
        seen = (await client.post("/api/x", content=chunks())).json()
    assert seen["body"] == "one two"


async def test_a_body_that_is_too_large_is_answered_by_the_service_and_not_by_a_503() -> None:
    service = HttpServer("service", things(), LOOPBACK, 0)
    await service.start()
    door = FrontDoor((Route("/things", "things"),), {"things": service.port})
    front = HttpServer("front-door", door, LOOPBACK, 0)
    await front.start()
    body = b'{"name": "' + b"x" * 20_000_000 + b'"}'

    async def chunks() -> AsyncIterator[bytes]:
        for start in range(0, len(body), 1_000_000):
            yield body[start : start + 1_000_000]

    headers = bearer("admin") | {"content-type": "application/json"}
    async with httpx.AsyncClient(base_url=f"http://{LOOPBACK}:{front.port}", trust_env=False) as client:
        announced = await client.post("/things", content=body, headers=headers)
        not_announced = await client.post("/things", content=chunks(), headers=headers)
    assert (announced.status_code, not_announced.status_code) == (413, 413)
    await door.close()
    await front.stop()
    await service.stop()


async def test_who_called_is_said_by_the_front_door_alone() -> None:
    forged = {"x-forwarded-for": "6.6.6.6", "x-forwarded-host": "evil", "forwarded": "for=6.6.6.6"}
    async with _house() as (client, _):
        headers = (await client.get("/api/x", headers=forged)).json()["headers"]
        assert headers["x-forwarded-for"] == LOOPBACK
        assert headers["x-forwarded-host"] == headers["host"] == str(client.base_url.netloc.decode())
        assert headers["x-forwarded-proto"] == "http"
        assert "forwarded" not in headers


async def test_headers_meant_for_one_hop_stop_here() -> None:
    sent = {"connection": "x-private", "x-private": "1", "te": "trailers", "authorization": "Bearer k"}
    async with _house() as (client, _):
        response = await client.get("/api/x", headers=sent)
    seen = response.json()["headers"]
    assert "x-private" not in seen
    assert "te" not in seen
    assert seen["authorization"] == "Bearer k"
    assert "x-hop" not in response.headers


async def test_a_stream_arrives_as_it_is_written_and_ends_when_the_caller_leaves() -> None:
    left.clear()
    async with _house() as (client, _):
        async with client.stream("GET", "/api/stream") as response:
            assert await anext(response.aiter_raw()) == b"data: first\n\n"
        async with asyncio.timeout(20):
            await left.wait()


async def test_a_stream_ends_in_order_when_the_front_door_closes(caplog: pytest.LogCaptureFixture) -> None:
    service = HttpServer("service", Starlette(routes=[Endpoint("/api/stream", stream)]), LOOPBACK, 0)
    await service.start()
    door = FrontDoor((Route("/api", "api"),), {"api": service.port})
    front = HttpServer("front-door", door, LOOPBACK, 0)
    await front.start()
    async with (
        httpx.AsyncClient(base_url=f"http://{LOOPBACK}:{front.port}", trust_env=False) as client,
        client.stream("GET", "/api/stream") as response,
    ):
        events = response.aiter_raw()
        assert await anext(events) == b"data: first\n\n"
        await door.close()
        assert [rest async for rest in events] == []
    await front.stop()
    await service.stop()
    assert [record.getMessage() for record in caplog.records if record.levelname == "ERROR"] == []


async def test_while_a_service_restarts_the_caller_is_asked_to_come_again() -> None:
    async with _house() as (client, _):
        response = await client.get("/gone/x")
    assert response.status_code == 503
    assert response.headers["retry-after"] == "1"
    assert response.headers["content-type"] == "application/problem+json"
    assert response.json()["type"].endswith("/unavailable")


async def test_a_service_that_came_back_is_found_again() -> None:
    async with _house() as (client, service):
        assert (await client.get("/api/x")).status_code == 200
        port = service.port
        await service.stop()
        assert (await client.get("/api/x")).status_code == 503
        again = HttpServer("service", Starlette(routes=[Endpoint("/api/x", echo)]), LOOPBACK, port)
        await again.start()
        assert (await client.get("/api/x")).status_code == 200
        await again.stop()


async def test_an_answer_whose_service_dies_in_its_middle_is_cut_off_without_a_traceback(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def dies(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nfirst\r\n")
        await writer.drain()
        writer.close()

    service = await asyncio.start_server(dies, LOOPBACK, 0)
    door = FrontDoor((Route("/api", "api"),), {"api": service.sockets[0].getsockname()[1]})
    front = HttpServer("front-door", door, LOOPBACK, 0)
    await front.start()
    async with httpx.AsyncClient(base_url=f"http://{LOOPBACK}:{front.port}", trust_env=False) as client:
        with pytest.raises(httpx.RemoteProtocolError):
            await client.get("/api/x")
    await door.close()
    await front.stop()
    service.close()
    assert [record.exc_info for record in caplog.records if record.exc_info] == []


async def test_a_path_of_no_service_is_a_problem() -> None:
    async with _house() as (client, _):
        response = await client.get("/nowhere")
    assert response.status_code == 404
    assert response.json()["type"].endswith("/not-found")


@pytest.mark.parametrize("moments", range(16))
async def test_what_is_under_way_when_it_closes_ends_however_far_it_has_come(moments: int) -> None:
    """Not begun, connecting, waiting for its answer, or in the middle of one that has no end."""
    lines = set[asyncio.Task[None]]()

    async def hold(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        line = asyncio.current_task()
        assert line is not None
        lines.add(line)
        writer.write(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nfirst\r\n")
        with contextlib.suppress(ConnectionError):
            await reader.read()
        writer.close()

    async def stay() -> Message:
        await asyncio.Event().wait()
        raise AssertionError

    async def hear(message: Message) -> None:
        heard.append(message)

    heard: list[Message] = []
    service = await asyncio.start_server(hold, LOOPBACK, 0)
    door = FrontDoor((Route("/api", "api"),), {"api": service.sockets[0].getsockname()[1]})
    asking = asyncio.create_task(door(dict(ASKED), stay, hear))
    for _ in range(moments):
        await asyncio.sleep(0)
    async with asyncio.timeout(20):
        await door.close()
        await asking
        await asyncio.gather(*lines)
    assert heard[0]["status"] in (200, 503)
    service.close()
