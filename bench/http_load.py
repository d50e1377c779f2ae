"""A load client as lean as Python allows: keep-alive connections that send prepared bytes and read status and body."""

import asyncio
import json
import re
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

_LENGTH = re.compile(rb"(?i)\r\ncontent-length: *([0-9]+)")


@dataclass(slots=True)
class Answer:
    """What came back, and when the request left, and the answer had begun and was in (monotonic, ns)."""

    status: int
    body: bytes
    sent_ns: int
    first_ns: int
    received_ns: int

    def json(self) -> Any:
        """The body's value."""
        return json.loads(self.body)


class Connection(asyncio.Protocol):
    """One connection; one request at a time."""

    def __init__(self) -> None:
        self._transport: asyncio.Transport | None = None
        self._answer: asyncio.Future[Answer] | None = None
        self._received = bytearray()
        self._sent_ns = self._first_ns = 0

    @classmethod
    async def open(cls, port: int) -> "Connection":
        """To a service on this machine."""
        _, connection = await asyncio.get_running_loop().create_connection(cls, "127.0.0.1", port)
        return connection

    def send(self, request: bytes) -> "asyncio.Future[Answer]":
        """Send one prepared request.

        Raises, when awaited:
            ConnectionError: the other side hung up.
        """
        assert self._transport is not None
        assert self._answer is None
        self._answer = asyncio.get_running_loop().create_future()
        self._sent_ns, self._first_ns = time.monotonic_ns(), 0
        self._transport.write(request)
        return self._answer

    def close(self) -> None:
        """Hang up."""
        if self._transport is not None:
            self._transport.close()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """asyncio says that the connection stands."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        """Some bytes of the answer, mostly all of them."""
        received = self._received
        received += data
        end = received.find(b"\r\n\r\n") + 4
        if end < 4:
            return
        self._first_ns = self._first_ns or time.monotonic_ns()
        length = _LENGTH.search(received, 0, end)
        size = end + (int(length[1]) if length else 0)
        answer = self._answer
        if len(received) < size or answer is None:
            return
        self._answer = None
        body = bytes(received[end:size])
        status = int(received[9:12])
        del received[:size]
        if not answer.done():
            answer.set_result(Answer(status, body, self._sent_ns, self._first_ns, time.monotonic_ns()))

    def connection_lost(self, error: Exception | None) -> None:
        """asyncio says that it is over."""
        if self._answer is not None and not self._answer.done():
            self._answer.set_exception(ConnectionError(f"the service hung up: {error}"))


def request(method: str, path: str, key: str, body: bytes = b"") -> bytes:
    """A prepared HTTP/1.1 request."""
    return (
        f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {key}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    ).encode() + body


def page_request(path: str, key: str, *, compressed: bool = True) -> bytes:
    """A prepared request for a page, as a browser makes it."""
    encoding = "gzip" if compressed else "identity"
    return (
        f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {key}\r\n"
        f"Accept: text/html\r\nAccept-Encoding: {encoding}\r\n\r\n"
    ).encode()


async def send_all(port: int, requests: Sequence[bytes], connections: int) -> list[Answer]:
    """All requests over so many connections, as fast as the answers come.

    Raises:
        RuntimeError: an answer that is no success.
    """
    answers: list[Answer | None] = [None] * len(requests)
    remaining: Iterator[int] = iter(range(len(requests)))

    async def client() -> None:
        connection = await Connection.open(port)
        for place in remaining:
            answer = await connection.send(requests[place])
            if answer.status >= 300:
                raise RuntimeError(f"{answer.status}: {answer.body[:300]!r}")
            answers[place] = answer
        connection.close()

    async with asyncio.TaskGroup() as clients:
        for _ in range(min(connections, len(requests))):
            clients.create_task(client())
    return [answer for answer in answers if answer is not None]
