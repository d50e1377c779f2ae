"""HTTP/1.1 byte by byte: sends what no decent client would, and reads the answer."""

import json
import selectors
import socket
import time
from collections.abc import Sequence
from dataclasses import dataclass
from http.client import HTTPResponse
from typing import Any

_CHUNK = 65_536
_DEADLINE_SECONDS = 20.0


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back. `headers` by their names in small letters; the last of two with one name counts."""

    status: int
    headers: dict[str, str]
    body: bytes

    def json(self) -> Any:
        """The body, read."""
        return json.loads(self.body)


def send(
    port: int, method: str, target: str | bytes, headers: Sequence[tuple[str, str]] = (), body: bytes = b""
) -> Answer:
    """One request on a connection of its own, to loopback. Nothing is added but `Host` and `Connection: close`.

    It stops sending as soon as an answer comes, as one comes to a body that is too large long before its end.
    """
    path = target.encode("latin-1") if isinstance(target, str) else target
    lines = [b"%s %s HTTP/1.1" % (method.encode(), path), b"Host: 127.0.0.1:%d" % port, b"Connection: close"]
    lines += [name.encode("latin-1") + b": " + value.encode("latin-1") for name, value in headers]
    with socket.create_connection(("127.0.0.1", port), timeout=_DEADLINE_SECONDS) as connection:
        _send_until_answered(connection, b"\r\n".join(lines) + b"\r\n\r\n" + body)
        response = HTTPResponse(connection, method=method)
        response.begin()
        found = {name.lower(): value for name, value in response.getheaders()}
        return Answer(response.status, found, response.read())


def _send_until_answered(connection: socket.socket, data: bytes) -> None:
    until = time.monotonic() + _DEADLINE_SECONDS
    rest = memoryview(data)
    with selectors.DefaultSelector() as selector:
        selector.register(connection, selectors.EVENT_READ | selectors.EVENT_WRITE)
        while rest:
            ready = selector.select(max(0.0, until - time.monotonic()))
            assert ready, "the server neither reads nor answers"
            if any(events & selectors.EVENT_READ for _, events in ready):
                return
            try:
                rest = rest[connection.send(rest[:_CHUNK]) :]
            except (BrokenPipeError, ConnectionResetError):
                return  # it has answered and closed since we looked; the answer can still be read
