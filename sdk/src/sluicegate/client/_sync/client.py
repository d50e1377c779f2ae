# Generated from _async/client.py by sdk/scripts/generate_sync_client.py; change that one.
"""Everything that the HTTP API does, in one object."""

import os
from pathlib import Path
from types import TracebackType
from typing import Self

import httpx

from sluicegate.client._sync.checkpoints import Checkpoints
from sluicegate.client._sync.dead_letters import DeadLetters
from sluicegate.client._sync.jobs import Jobs
from sluicegate.client._sync.sign_in import SignIn
from sluicegate.client._sync.transport import Transport
from sluicegate.client._sync.worker import Worker
from sluicegate.client.call import Call
from sluicegate.client.connection import Connection, find_connection
from sluicegate.client.retries import Retries


class Client:
    """Calls Sluicegate as one identity.

    with Client() as client:
        job = client.jobs.submit("simple-task", "Test task", {"test": "data"})
    """

    def __init__(
        self,
        connection: Connection | None = None,
        *,
        identity: str | None = None,
        retries: Retries | None = None,
        wire: httpx.BaseTransport | None = None,
    ) -> None:
        """Without `connection` it is found, as `find_connection` says, from the working directory.

        `identity` picks one of dev.json's; `wire` replaces the network in tests.

        Raises:
            NotConfigured, BadConfiguration
        """
        found = connection or find_connection(identity, start=Path.cwd(), environ=os.environ)
        self._transport = Transport(found, retries=retries or Retries(), wire=wire)
        self.jobs = Jobs(self._transport)
        self.checkpoints = Checkpoints(self._transport)
        self.worker = Worker(self._transport)
        self.dead_letters = DeadLetters(self._transport)
        self.sign_in = SignIn(self._transport)

    def metrics(self) -> str:
        """The five series of `/api/metrics`, in Prometheus's text format."""
        return (self._transport.send(Call("GET", "/api/metrics", repeatable=True))).text

    def close(self) -> None:
        """Closes the connections."""
        self._transport.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
