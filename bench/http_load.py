"""A load client as lean as Python allows: keep-alive connections that send prepared bytes and read status and body."""

import asyncio
import json
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
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


class Connection:
    """One connection; one request at a time."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    @classmethod
    async def open(cls, port: int) -> "Connection":
        """To a service on this machine."""
        return cls(*await asyncio.open_connection("127.0.0.1", port))

    async def send(self, request: bytes) -> Answer:
        """Send one prepared request."""
        sent = time.monotonic_ns()
        self._writer.write(request)
        head = await self._reader.readuntil(b"\r\n\r\n")
        first = time.monotonic_ns()
        status = int(head[9:12])
        length = 0
        for line in head.split(b"\r\n"):
            if line[:15].lower() == b"content-length:":
                length = int(line[15:])
        body = await self._reader.readexactly(length) if length else b""
        return Answer(status, body, sent, first, time.monotonic_ns())

    def close(self) -> None:
        """Hang up."""
        self._writer.close()


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
