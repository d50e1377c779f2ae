"""The fleet routes."""

from sluicegate.client._async.transport import AsyncTransport
from sluicegate.client.call import Call
from sluicegate.client.models.fleet import Fleet

_WORKER = "/api/admin/agent-worker"


class AsyncWorker:
    """Shows all workers, starts and stops them."""

    def __init__(self, transport: AsyncTransport) -> None:
        self._transport = transport

    async def status(self) -> Fleet:
        """What the fleet should do, and what each replica does."""
        return await self._transport.read(Call("GET", _WORKER, repeatable=True), Fleet)

    async def start(self) -> Fleet:
        """Lets all replicas claim jobs."""
        return await self._transport.read(Call("POST", _WORKER, repeatable=True), Fleet)

    async def stop(self) -> Fleet:
        """Lets running jobs finish; nothing new is claimed until a start."""
        return await self._transport.read(Call("DELETE", _WORKER, repeatable=True), Fleet)
