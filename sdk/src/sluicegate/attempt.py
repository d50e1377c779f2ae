"""Runs one attempt of a run: calls the handler over its journal and says how it ended."""

import asyncio
from collections.abc import Mapping
from typing import Any

from sluicegate.ends import AttemptEnd
from sluicegate.errors import JobCancelled, LeaseLost
from sluicegate.facts import RunFacts
from sluicegate.handler import Handler
from sluicegate.journal import Journal, StepSummary


class Attempt:
    """One try at a run, from its start or its resume to its end or its suspension.

    Used from one event loop's thread. `execute` is called once. `steps` and `stopped` may be read at any time.
    """

    def __init__(self, handler: Handler, facts: RunFacts, input_data: Mapping[str, Any], journal: Journal) -> None:
        self.stopped = asyncio.Event()
        """Set when nothing of the attempt runs any more, threads and tasks included. It may come after
        `execute` has returned: a plain `def` handler can't be stopped, and keeps its slot until then."""

    async def execute(self) -> AttemptEnd:
        """Call the handler and wait for its end; never raises what the handler raised.

        After a suspension, cancel, lost lease or timeout it waits a short while for the handler to leave, then
        returns all the same: see `stopped`. Cancelling this coroutine is the same as `interrupt(LeaseLost())`.
        """
        raise NotImplementedError

    def interrupt(self, error: JobCancelled | LeaseLost) -> None:
        """Tell a running handler now, instead of at its next `ctx` call.

        An `async def` handler is cancelled where it waits. A plain `def` handler learns it at its next `ctx`
        call; if it returns before that from a job that was cancelled, it wins.
        """
        raise NotImplementedError

    @property
    def steps(self) -> tuple[StepSummary, ...]:
        """The journal entries that the attempt has used, replayed ones included, in that order."""
        raise NotImplementedError
