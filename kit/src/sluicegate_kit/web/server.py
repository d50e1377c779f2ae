"""Serves an application with uvicorn, as a component: signals and logs are the process's, not uvicorn's."""

import asyncio
import contextlib
import socket
from collections.abc import Iterator

import structlog
import uvicorn
from starlette.types import ASGIApp

from sluicegate_kit.lifecycle import LifecycleError
from sluicegate_kit.web.asgi import Wrapper
from sluicegate_kit.web.protocol import Protocol

DRAIN_SECONDS = 10

log = structlog.get_logger(__name__)


class PortTaken(LifecycleError):
    """The address can't be listened on; the message says which, and why."""


class _Uvicorn(uvicorn.Server):
    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


class HttpServer:
    """One listening port."""

    def __init__(self, name: str, app: ASGIApp, host: str, port: int) -> None:
        self._name = name
        self._app = app
        self._host = host
        self._wanted_port = port
        self._socket: socket.socket | None = None
        self._server: _Uvicorn | None = None
        self._task: asyncio.Task[None] | None = None

    @property
    def name(self) -> str:
        return self._name

    @property
    def port(self) -> int:
        """The port that it listens on, once started."""
        assert self._socket is not None
        port: int = self._socket.getsockname()[1]
        return port

    async def start(self) -> None:
        """Listen.

        Raises:
            PortTaken: the address can't be had.
        """
        self._socket = listen(self._host, self._wanted_port)
        config = uvicorn.Config(
            self._app,
            http=Protocol,
            lifespan="off",
            log_config=None,
            access_log=False,
            server_header=False,
            # The front door is the only one whose word on the caller's address counts, and nothing asks for it.
            proxy_headers=False,
            ws="none",
            timeout_graceful_shutdown=DRAIN_SECONDS,
        )
        self._server = _Uvicorn(config)
        self._task = asyncio.create_task(self._server.serve(sockets=[self._socket]), name=self._name)
        log.info("listening", server=self._name, host=self._host, port=self.port)

    async def wait(self) -> None:
        assert self._task is not None
        await asyncio.wait({self._task})
        self._task.result()

    async def stop(self) -> None:
        """Take no new requests, end long polls and streams, let the others finish for 10 s."""
        assert self._server is not None
        assert self._task is not None
        if isinstance(self._app, Wrapper):
            self._app.stopping.set()
        self._server.should_exit = True
        await asyncio.wait({self._task})


def listen(host: str, port: int) -> socket.socket:
    """A listening socket.

    Raises:
        PortTaken: the address can't be had.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # asyncio turns Nagle's algorithm off only for sockets that say they are TCP. Left on, the body of a response waits
    # some 40 ms for the client's delayed acknowledgement of its head.
    listening = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((host, port))
        listening.listen(1024)
        listening.setblocking(False)
    except OSError as error:
        listening.close()
        raise PortTaken(f"can't listen on {host}:{port}: {error.strerror}") from error
    return listening
