# Generated from _async/worker.py by sdk/scripts/generate_sync_client.py; change that one.
"""The fleet routes."""

from sluicegate.client._sync.transport import Transport
from sluicegate.client.call import Call
from sluicegate.client.models.fleet import Fleet

_WORKER = "/api/admin/agent-worker"


class Worker:
    """Shows all workers, starts and stops them."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def status(self) -> Fleet:
        """What the fleet should do, and what each replica does."""
        return self._transport.read(Call("GET", _WORKER, repeatable=True), Fleet)

    def start(self) -> Fleet:
        """Lets all replicas claim jobs."""
        return self._transport.read(Call("POST", _WORKER, repeatable=True), Fleet)

    def stop(self) -> Fleet:
        """Lets running jobs finish; nothing new is claimed until a start."""
        return self._transport.read(Call("DELETE", _WORKER, repeatable=True), Fleet)
