"""Keeps every effect it is asked for, with fsync; it is never killed: `python -m tests.witness.effect_sink FILE`.

It computes the digest from the bytes that it receives, so that nobody can talk it into another one. Prints its URL.
"""

import json
import os
import sys
from dataclasses import dataclass
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Lock
from typing import BinaryIO


@dataclass(frozen=True, slots=True)
class Effect:
    """One effect that took place."""

    job: str
    run: int
    attempt: int
    key: str
    """The idempotency key that came with it."""
    decision: str
    digest: str
    process: int = 0
    """Who performed it: the id of the worker's process."""


def read_effects(path: Path) -> list[Effect]:
    """Everything that the sink has kept, in order."""
    return [Effect(**json.loads(line)) for line in path.read_text().splitlines()] if path.exists() else []


class Sink(ThreadingHTTPServer):
    """One line of JSON per effect."""

    def __init__(self, file: BinaryIO) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self._file = file
        self._lock = Lock()

    def keep(self, effect: dict[str, object]) -> None:
        with self._lock:
            self._file.write(json.dumps(effect).encode() + b"\n")
            self._file.flush()
            os.fsync(self._file.fileno())


class _Handler(BaseHTTPRequestHandler):
    server: Sink

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        self.server.keep(
            {
                "job": self.headers["x-job"],
                "run": int(self.headers["x-run"]),
                "attempt": int(self.headers["x-attempt"]),
                "key": self.headers["x-key"],
                "decision": self.headers["x-decision"],
                "digest": "sha256:" + sha256(body).hexdigest(),
                "process": int(self.headers["x-process"]),
            }
        )
        self.send_response(204)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class names it so
        """Stay silent."""


if __name__ == "__main__":
    with Path(sys.argv[1]).open("ab") as kept, Sink(kept) as sink:
        sys.stdout.write(f"http://127.0.0.1:{sink.server_port}\n")
        sys.stdout.flush()
        sink.serve_forever()
