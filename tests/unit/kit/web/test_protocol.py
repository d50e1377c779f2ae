"""The limit on a request's head, in whatever pieces it comes."""

import asyncio

import pytest
import uvicorn
from starlette.types import Receive, Scope, Send
from uvicorn.server import ServerState

from sluicegate_kit.web.protocol import MAX_HEAD_BYTES, Protocol

pytestmark = pytest.mark.anyio

START = b"GET /things HTTP/1.1\r\nHost: x\r\n"
LINE = b"X: 1\r\n"
TOO_MANY = START + LINE * (MAX_HEAD_BYTES // len(LINE)) + b"\r\n"
"""More than 64 KiB, in lines that are each well within it."""


class Line(asyncio.Transport):
    """Keeps what is written."""

    def __init__(self) -> None:
        super().__init__()
        self.written = b""
        self.closed = False

    def write(self, data: bytes | bytearray | memoryview) -> None:
        self.written += bytes(data)

    def is_closing(self) -> bool:
        return self.closed

    def close(self) -> None:
        self.closed = True

    def pause_reading(self) -> None: ...

    def resume_reading(self) -> None: ...


async def _answers(scope: Scope, receive: Receive, send: Send) -> None:
    await send({"type": "http.response.start", "status": 204, "headers": []})
    await send({"type": "http.response.body"})


async def _statuses(*pieces: bytes) -> list[bytes]:
    """The status of each answer to what comes in these pieces."""
    config = uvicorn.Config(_answers, http=Protocol, lifespan="off", log_config=None)
    line, state = Line(), ServerState()
    protocol = Protocol(config, state, {})
    protocol.connection_made(line)
    for piece in pieces:
        if not line.closed:
            protocol.data_received(piece)
        while state.tasks:
            await asyncio.gather(*state.tasks)
            await asyncio.sleep(0)
    protocol.connection_lost(None)
    return [answer.split(b" ", 1)[0] for answer in line.written.split(b"HTTP/1.1 ")[1:]]


@pytest.mark.parametrize("size", [100_000, 65_536, 4_096, 7])
async def test_too_many_headers_are_refused_in_pieces_of_any_size(size: int) -> None:
    pieces = [TOO_MANY[at : at + size] for at in range(0, len(TOO_MANY), size)]
    assert await _statuses(*pieces) == [b"431"]


async def test_a_header_without_an_end_is_refused() -> None:
    assert await _statuses(START + b"X: ", *[b"x" * 40_000] * 10) == [b"431"]


async def test_a_head_of_almost_the_limit_is_taken() -> None:
    lines = (MAX_HEAD_BYTES - 1_000) // len(LINE)
    assert await _statuses(START + LINE * lines + b"\r\n") == [b"204"]


async def test_what_belongs_to_the_request_before_does_not_count() -> None:
    body = b"x" * 200_000
    first = b"POST /things HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n" % len(body)
    assert await _statuses(first, body + START, b"\r\n", START + b"\r\n") == [b"204", b"204", b"204"]
