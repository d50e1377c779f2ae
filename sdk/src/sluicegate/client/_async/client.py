"""Everything that the HTTP API does, in one object."""

import os
from pathlib import Path
from types import TracebackType
from typing import Self

import httpx

from sluicegate.client._async.checkpoints import AsyncCheckpoints
from sluicegate.client._async.dead_letters import AsyncDeadLetters
from sluicegate.client._async.jobs import AsyncJobs
from sluicegate.client._async.sign_in import AsyncSignIn
from sluicegate.client._async.transport import AsyncTransport
from sluicegate.client._async.worker import AsyncWorker
from sluicegate.client.call import Call
from sluicegate.client.connection import Connection, find_connection
from sluicegate.client.retries import Retries


class AsyncClient:
    """Calls Sluicegate as one identity.

    async with AsyncClient() as client:
        job = await client.jobs.submit("simple-task", "Test task", {"test": "data"})
    """

    def __init__(
        self,
        connection: Connection | None = None,
        *,
        identity: str | None = None,
        retries: Retries | None = None,
        wire: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        """Without `connection` it is found, as `find_connection` says, from the working directory.

        `identity` picks one of dev.json's; `wire` replaces the network in tests.

        Raises:
            NotConfigured, BadConfiguration
        """
        found = connection or find_connection(identity, start=Path.cwd(), environ=os.environ)
        self._transport = AsyncTransport(found, retries=retries or Retries(), wire=wire)
        self.jobs = AsyncJobs(self._transport)
        self.checkpoints = AsyncCheckpoints(self._transport)
        self.worker = AsyncWorker(self._transport)
        self.dead_letters = AsyncDeadLetters(self._transport)
        self.sign_in = AsyncSignIn(self._transport)

    async def metrics(self) -> str:
        """The five series of `/api/metrics`, in Prometheus's text format."""
        return (await self._transport.send(Call("GET", "/api/metrics", repeatable=True))).text

    async def aclose(self) -> None:
        """Closes the connections."""
        await self._transport.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()
