"""Runs one attempt of a run: calls the handler over its journal and says how it ended."""

import asyncio
from collections.abc import Mapping
from functools import partial
from typing import Any

from sluicegate import crew
from sluicegate.awaiting import Calls
from sluicegate.context import JobContext
from sluicegate.encoding import encode_result
from sluicegate.end_of import end_of_closed, end_of_raised, failed
from sluicegate.ends import AttemptEnd, Succeeded
from sluicegate.errors import AttemptTimedOut, ContextClosed, JobCancelled, LeaseLost, SluicegateError
from sluicegate.facts import RunFacts
from sluicegate.handler import Handler
from sluicegate.journal import Journal, StepSummary
from sluicegate.leaving import Left, leaving, leaving_async
from sluicegate.replay import Replay
from sluicegate.sync_context import SyncJobContext
from sluicegate.thread import run_in_thread, wait_from_thread

LEAVE_SECONDS = 5.0
"""How long a handler whose context is closed may take to clean up; then it is cancelled, and given as long again."""


class Attempt:
    """One try at a run, from its start or its resume to its end or its suspension.

    Used from one event loop's thread. `execute` is called once. `steps` and `stopped` may be read at any time.
    """

    def __init__(
        self,
        handler: Handler,
        facts: RunFacts,
        input_data: Mapping[str, Any],
        journal: Journal,
        *,
        leave_seconds: float = LEAVE_SECONDS,
    ) -> None:
        self.stopped = asyncio.Event()
        """Set when nothing of the attempt runs any more, threads and tasks included. It may come after
        `execute` has returned: a plain `def` handler can't be stopped, and keeps its slot until then."""
        self._handler = handler
        self._facts = facts
        self._input_data = input_data
        self._wake = asyncio.Event()
        self._replay = Replay(facts, journal, on_close=self._wake.set)
        self._crew = crew.Crew(on_empty=self.stopped.set, is_over=self._replay.is_closed)
        self._calls = Calls()
        self._leave_seconds = leave_seconds
        self._main: asyncio.Future[Left] | None = None

    @property
    def steps(self) -> tuple[StepSummary, ...]:
        """The journal entries that the attempt has used, replayed ones included, in that order."""
        return self._replay.steps

    async def execute(self) -> AttemptEnd:
        """Call the handler and wait for its end; never raises what the handler raised.

        After a suspension, cancel, lost lease or timeout it waits a short while for the handler to leave, then
        returns all the same: see `stopped`. Cancelling this coroutine closes the context as a lost lease does.
        """
        if self._replay.closed_by is not None:
            self.stopped.set()
            return end_of_closed(self._replay.closed_by)
        try:
            main = self._main = self._start(self._handler.read_input(dict(self._input_data)))
        except Exception as error:
            self.stopped.set()
            return failed(error)
        main.add_done_callback(lambda _: self._wake.set())
        timer = self._start_timer()
        try:
            await self._wake.wait()
            await self._leave(main)
        except asyncio.CancelledError:
            self.interrupt(LeaseLost("the attempt was cut off"))
            await self._crew.dismiss(within_seconds=self._leave_seconds)
            raise
        finally:
            if timer is not None:
                timer.cancel()
        return self._end(main)

    def interrupt(self, error: JobCancelled | LeaseLost) -> None:
        """Tell a running handler now, instead of at its next `ctx` call.

        An `async def` handler is cancelled where it waits. A plain `def` handler whose job was cancelled learns it
        at its next `ctx` call, which the journal's `check` tells it; if it returns before that, it wins.
        """
        if self._handler.is_async or isinstance(error, LeaseLost):
            self._stop(error)

    def _start(self, input_value: Any) -> "asyncio.Future[Left]":
        loop = asyncio.get_running_loop()
        crew.install(loop)
        with crew.working_for(self._crew):
            if self._handler.is_async:
                context = JobContext(self._facts, self._replay, self._calls)
                return loop.create_task(leaving_async(self._handler.fn, context, input_value))
            wait = partial(wait_from_thread, loop)
            sync_context = SyncJobContext(self._facts, self._replay, wait)
            work = partial(leaving, self._handler.fn, sync_context, input_value)
            thread = run_in_thread(work, f"job {self._facts.job_id}")
            self._crew.join(thread)
            return thread

    def _start_timer(self) -> asyncio.TimerHandle | None:
        limit = self._facts.timeout_seconds
        if limit is None:
            return None
        left = max(0.0, limit - self._facts.ran_seconds)
        return asyncio.get_running_loop().call_later(left, self._stop, AttemptTimedOut(limit))

    def _stop(self, by: BaseException) -> None:
        """Close the context from outside, and cancel the handler where it waits."""
        main = self._main
        if self._replay.closed_by is not None or (main is not None and main.done()):
            return
        self._replay.close(by)
        if main is not None:
            main.cancel()

    async def _leave(self, main: "asyncio.Future[Left]") -> None:
        await self._replay.settle()
        if not main.done():
            await asyncio.wait([main], timeout=self._leave_seconds)
        if main.done():
            self._replay.close(ContextClosed("the attempt is over"))
        await self._crew.dismiss(within_seconds=self._leave_seconds)
        await self._replay.settle()

    def _end(self, main: "asyncio.Future[Left]") -> AttemptEnd:
        closed_by = self._replay.closed_by
        if closed_by is not None and main.done():
            # Its frames know the context, which knows it: a circle that only the garbage collector would find.
            closed_by.with_traceback(None)
        if closed_by is not None and not isinstance(closed_by, ContextClosed):
            return end_of_closed(closed_by)
        left = main.result()
        if left.error is not None:
            return end_of_raised(left.error)
        try:
            self._calls.check_all_awaited()
            self._replay.check_all_asked()
            return Succeeded(encode_result(left.value, "the result"))
        except SluicegateError as error:
            return failed(error)
