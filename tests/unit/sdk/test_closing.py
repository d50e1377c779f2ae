"""The end of an attempt: what closes its context, and that nothing of it goes on."""

import asyncio
import sys
import threading
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import pytest
from tests.unit.sdk.runs import FACTS, attempt

from sluicegate import JobCancelled, JobContext, LeaseLost, RunSuspended, SyncJobContext, job_handler
from sluicegate.attempt import Attempt
from sluicegate.ends import Cancelled, Failed, Lost, Succeeded, Suspended
from sluicegate.errors import ContextClosed
from sluicegate.journal import Ask, StepSummary
from sluicegate.memory_journal import MemoryJournal, RunRecord

pytestmark = pytest.mark.anyio

Anything = dict[str, Any]
DEADLINE_SECONDS = 30


async def test_after_a_suspension_every_call_raises_again_and_the_result_is_ignored() -> None:
    seen: list[str] = []

    @job_handler("stubborn")
    async def stubborn(ctx: JobContext, data: Anything) -> str:
        for call in (
            lambda: ctx.checkpoint("ok", title="?", payload=1),
            lambda: ctx.step("after", lambda: seen.append("effect")),
            lambda: ctx.info("after-info", title="!", payload=1),
            lambda: ctx.progress(1),
            lambda: ctx.checkpoint("another", title="?", payload=1),
        ):
            try:
                await call()
            except RunSuspended:
                seen.append("raised")
        return "went on"

    record = RunRecord()
    assert await attempt(stubborn, record).execute() == Suspended()
    assert seen == ["raised"] * 5
    assert list(record.entries) == ["ok"]


async def test_a_suspension_inside_a_task_group_suspends_the_run_and_cancels_its_siblings() -> None:
    cancelled = asyncio.Event()

    async def sibling() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            cancelled.set()

    @job_handler("grouped")
    async def grouped(ctx: JobContext, data: Anything) -> None:
        async with asyncio.TaskGroup() as group:
            group.create_task(sibling())
            group.create_task(ctx.checkpoint("ok", title="?", payload=1))

    assert await attempt(grouped, RunRecord()).execute() == Suspended()
    assert cancelled.is_set()


async def test_of_two_checkpoints_at_once_one_is_asked_and_the_other_after_it() -> None:
    @job_handler("both")
    async def both(ctx: JobContext, data: Anything) -> None:
        await asyncio.gather(*(ctx.checkpoint(key, title="?", payload=1) for key in "ab"))

    record = RunRecord()
    assert await attempt(both, record).execute() == Suspended()
    assert (list(record.entries), record.waiting_for) == (["a"], "a")


@pytest.mark.parametrize("how", ["background", "nested", "shielded"])
async def test_no_task_outlives_its_attempt(how: str) -> None:
    effects: list[str] = []
    started = asyncio.Event()

    async def work() -> None:
        started.set()
        try:
            await asyncio.Event().wait()
        finally:
            effects.append("stopped")

    async def nest() -> None:
        await asyncio.gather(asyncio.create_task(work()))

    @job_handler("leaky")
    async def leaky(ctx: JobContext, data: Anything) -> str:
        match how:
            case "background":
                task: Any = asyncio.create_task(work())
            case "nested":
                task = asyncio.create_task(nest())
            case _:
                task = asyncio.shield(asyncio.ensure_future(work()))
        await started.wait()
        return "done" if task else ""

    one = attempt(leaky, RunRecord())
    assert await one.execute() == Succeeded(b'"done"')
    assert one.stopped.is_set()
    assert effects == ["stopped"]


async def test_cleanup_that_waits_is_given_time_when_the_run_suspends() -> None:
    closed: list[str] = []

    @asynccontextmanager
    async def connection() -> AsyncIterator[None]:
        try:
            yield
        finally:
            await asyncio.sleep(0.01)
            closed.append("cleanly")

    @job_handler("tidy")
    async def tidy(ctx: JobContext, data: Anything) -> None:
        async with connection():
            await ctx.checkpoint("ok", title="?", payload=1)

    assert await attempt(tidy, RunRecord()).execute() == Suspended()
    assert closed == ["cleanly"]


async def test_a_handler_that_ignores_everything_is_cut_off_and_counted_until_it_ends() -> None:
    started, let_go = asyncio.Event(), asyncio.Event()

    @job_handler("deaf")
    async def deaf(ctx: JobContext, data: Anything) -> None:
        started.set()
        while not let_go.is_set():
            try:
                await let_go.wait()
            except asyncio.CancelledError:
                continue

    one = attempt(deaf, RunRecord(), leave_seconds=0.02)
    running = asyncio.create_task(one.execute())
    await started.wait()
    one.interrupt(LeaseLost())
    async with asyncio.timeout(DEADLINE_SECONDS):
        assert await running == Lost()
        assert not one.stopped.is_set()
        let_go.set()
        await one.stopped.wait()


async def test_a_cancel_reaches_a_handler_that_waits_inside_a_step_under_its_own_name() -> None:
    tidied: list[str] = []
    waiting = asyncio.Event()

    async def wait_for_ever() -> None:
        waiting.set()
        await asyncio.Event().wait()

    @job_handler("waiting")
    async def handler(ctx: JobContext, data: Anything) -> str:
        try:
            await ctx.step("long", wait_for_ever)
        except JobCancelled:
            tidied.append("up")
        return "ignored"

    one = attempt(handler, RunRecord())
    running = asyncio.create_task(one.execute())
    await waiting.wait()
    one.interrupt(JobCancelled())
    assert await running == Cancelled()
    assert tidied == ["up"]


async def test_a_cancel_is_raised_by_the_next_call() -> None:
    record = RunRecord()

    @job_handler("cancelled")
    async def handler(ctx: JobContext, data: Anything) -> None:
        await ctx.step("a", lambda: 1)
        record.cancelled = True
        await ctx.step("b", lambda: 1)

    assert await attempt(handler, record).execute() == Cancelled()
    assert list(record.entries) == ["a"]


async def test_a_handler_that_returned_before_it_was_cancelled_wins() -> None:
    @job_handler("quick")
    async def handler(ctx: JobContext, data: Anything) -> str:
        return "done"

    one = attempt(handler, RunRecord())
    assert await one.execute() == Succeeded(b'"done"')
    one.interrupt(JobCancelled())
    assert one.stopped.is_set()


@pytest.mark.parametrize("turns", [0, 1, 2])
async def test_an_attempt_interrupted_before_it_began_calls_nothing_and_is_over(turns: int) -> None:
    called: list[int] = []

    @job_handler("early")
    async def handler(ctx: JobContext, data: Anything) -> None:
        called.append(1)
        await asyncio.Event().wait()

    one = attempt(handler, RunRecord())
    if turns == 0:
        one.interrupt(LeaseLost())
    running = asyncio.create_task(one.execute())
    for _ in range(turns):
        await asyncio.sleep(0)
    one.interrupt(LeaseLost())
    assert await running == Lost()
    assert one.stopped.is_set()
    assert len(called) <= turns


async def test_a_step_done_without_the_lease_is_not_recorded() -> None:
    record = RunRecord()

    @job_handler("zombie")
    async def handler(ctx: JobContext, data: Anything) -> str:
        await ctx.step("a", record.lose_lease)
        return "ignored"

    assert await attempt(handler, record).execute() == Lost()
    assert record.entries == {}


async def test_running_out_of_time_fails_the_attempt_and_may_be_retried() -> None:
    @job_handler("slow")
    async def slow(ctx: JobContext, data: Anything) -> None:
        await asyncio.Event().wait()

    end = await attempt(slow, RunRecord(), facts=replace(FACTS, timeout_seconds=0.01)).execute()
    assert isinstance(end, Failed)
    assert (end.error.type, end.error.retryable) == ("AttemptTimedOut", True)


async def test_time_that_an_attempt_took_before_it_was_suspended_counts() -> None:
    @job_handler("slow")
    async def slow(ctx: JobContext, data: Anything) -> None:
        await asyncio.Event().wait()

    used_up = replace(FACTS, timeout_seconds=3600, ran_seconds=3600)
    async with asyncio.timeout(DEADLINE_SECONDS):
        assert isinstance(await attempt(slow, RunRecord(), facts=used_up).execute(), Failed)


class SlowToSuspend(MemoryJournal):
    """A journal whose store takes its time to write a suspension."""

    def __init__(self, record: RunRecord, failing: BaseException | None = None) -> None:
        record.open()
        super().__init__(record, lambda name: None)
        self.asked, self.go_on, self.failing = asyncio.Event(), asyncio.Event(), failing

    async def ask(self, ask: Ask, steps: Sequence[StepSummary]) -> None:
        self.asked.set()
        await self.go_on.wait()
        if self.failing is not None:
            raise self.failing
        await super().ask(ask, steps)


async def test_a_timeout_of_the_handlers_own_does_not_leave_a_suspension_half_done() -> None:
    record = RunRecord()
    journal = SlowToSuspend(record)

    @job_handler("impatient")
    async def impatient(ctx: JobContext, data: Anything) -> str:
        asking = asyncio.create_task(ctx.checkpoint("ok", title="?", payload=1))
        await journal.asked.wait()
        asking.cancel()
        return "ignored"

    running = asyncio.create_task(Attempt(impatient, FACTS, {}, journal, leave_seconds=0.2).execute())
    await journal.asked.wait()
    journal.go_on.set()
    assert await running == Suspended()
    assert record.waiting_for == "ok"


@pytest.mark.parametrize(("error", "end"), [(LeaseLost(), "Lost"), (ValueError("refused"), "Failed")])
async def test_a_suspension_that_could_not_be_written_is_none(error: BaseException, end: str) -> None:
    record = RunRecord()
    journal = SlowToSuspend(record, error)
    journal.go_on.set()

    @job_handler("asking")
    async def asking(ctx: JobContext, data: Anything) -> None:
        await ctx.checkpoint("ok", title="?", payload=1)

    result = await Attempt(asking, FACTS, {}, journal).execute()
    assert type(result).__name__ == end
    if isinstance(result, Failed):
        assert (result.error.type, result.error.retryable) == ("ValueError", True)


async def test_cancelling_execute_stops_the_handler() -> None:
    started, stopped = asyncio.Event(), asyncio.Event()

    @job_handler("running")
    async def handler(ctx: JobContext, data: Anything) -> None:
        started.set()
        try:
            await asyncio.Event().wait()
        finally:
            stopped.set()

    one = attempt(handler, RunRecord())
    running = asyncio.create_task(one.execute())
    await started.wait()
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert stopped.is_set()
    assert one.stopped.is_set()


async def test_a_context_kept_beyond_its_attempt_is_of_no_use() -> None:
    kept: list[JobContext] = []

    @job_handler("keeping")
    async def handler(ctx: JobContext, data: Anything) -> None:
        kept.append(ctx)

    await attempt(handler, RunRecord()).execute()
    with pytest.raises(ContextClosed):
        await kept[0].step("late", lambda: 1)


@pytest.mark.parametrize("leave", [SystemExit, KeyboardInterrupt, GeneratorExit, asyncio.CancelledError, RunSuspended])
@pytest.mark.parametrize("threaded", [False, True])
async def test_whatever_a_handler_raises_ends_only_its_attempt(leave: type[BaseException], threaded: bool) -> None:
    @job_handler("leaving")
    async def handler(ctx: JobContext, data: Anything) -> None:
        raise leave

    @job_handler("leaving")
    def plain(ctx: SyncJobContext, data: Anything) -> None:
        raise leave

    end = await attempt(plain if threaded else handler, RunRecord()).execute()
    assert isinstance(end, Failed)
    assert end.error.type == leave.__name__


async def test_sys_exit_in_a_handler_does_not_end_the_worker() -> None:
    @job_handler("exiting")
    async def handler(ctx: JobContext, data: Anything) -> None:
        sys.exit(3)

    assert isinstance(await attempt(handler, RunRecord()).execute(), Failed)


class TestPlainFunctions:
    """Handlers that are plain functions, in their threads."""

    async def test_suspension_is_raised_in_the_thread(self) -> None:
        seen: list[Any] = []

        @job_handler("plain")
        def plain(ctx: SyncJobContext, data: Anything) -> None:
            for _ in range(2):
                try:
                    ctx.checkpoint("ok", title="?", payload=1)
                except RunSuspended:
                    seen.append(threading.current_thread() is threading.main_thread())

        one = attempt(plain, RunRecord())
        assert await one.execute() == Suspended()
        assert seen == [False, False]
        assert one.stopped.is_set()

    async def test_a_thread_that_cannot_be_stopped_is_counted_until_it_ends(self) -> None:
        started, let_go, raised = threading.Event(), threading.Event(), threading.Event()

        @job_handler("plain")
        def plain(ctx: SyncJobContext, data: Anything) -> None:
            started.set()
            let_go.wait(DEADLINE_SECONDS)
            try:
                ctx.step("late", lambda: 1)
            except LeaseLost:
                raised.set()

        record = RunRecord()
        one = attempt(plain, record, leave_seconds=0.02)
        running = asyncio.create_task(one.execute())
        await asyncio.to_thread(started.wait, DEADLINE_SECONDS)
        one.interrupt(LeaseLost())
        async with asyncio.timeout(DEADLINE_SECONDS):
            assert await running == Lost()
            assert not one.stopped.is_set()
            let_go.set()
            await one.stopped.wait()
        assert raised.is_set()
        assert record.entries == {}

    async def test_one_that_outlives_its_time_fails_and_keeps_its_slot(self) -> None:
        let_go = threading.Event()

        @job_handler("plain")
        def plain(ctx: SyncJobContext, data: Anything) -> None:
            let_go.wait(DEADLINE_SECONDS)

        one = attempt(plain, RunRecord(), facts=replace(FACTS, timeout_seconds=0.01), leave_seconds=0.02)
        async with asyncio.timeout(DEADLINE_SECONDS):
            assert isinstance(await one.execute(), Failed)
            assert not one.stopped.is_set()
            let_go.set()
            await one.stopped.wait()

    async def test_one_that_returns_after_a_cancel_without_asking_wins(self) -> None:
        started, let_go = threading.Event(), threading.Event()

        @job_handler("plain")
        def plain(ctx: SyncJobContext, data: Anything) -> str:
            started.set()
            let_go.wait(DEADLINE_SECONDS)
            return "done"

        record = RunRecord()
        one = attempt(plain, record)
        running = asyncio.create_task(one.execute())
        await asyncio.to_thread(started.wait, DEADLINE_SECONDS)
        record.cancelled = True
        one.interrupt(JobCancelled())
        let_go.set()
        assert await running == Succeeded(b'"done"')

    async def test_one_that_calls_its_context_after_a_cancel_is_cancelled_there(self) -> None:
        record = RunRecord()

        @job_handler("plain")
        def plain(ctx: SyncJobContext, data: Anything) -> str:
            record.cancelled = True
            ctx.progress(1)
            return "ignored"

        assert await attempt(plain, record).execute() == Cancelled()

    async def test_a_wait_for_the_loop_ends_when_the_attempt_is_cut_off(self) -> None:
        waiting = threading.Event()

        async def wait_for_ever() -> None:
            waiting.set()
            await asyncio.Event().wait()

        @job_handler("plain")
        def plain(ctx: SyncJobContext, data: Anything) -> None:
            ctx.step("long", wait_for_ever)

        one = attempt(plain, RunRecord(), leave_seconds=0.02)
        running = asyncio.create_task(one.execute())
        await asyncio.to_thread(waiting.wait, DEADLINE_SECONDS)
        one.interrupt(LeaseLost())
        async with asyncio.timeout(DEADLINE_SECONDS):
            assert await running == Lost()
            await one.stopped.wait()

    async def test_steps_from_several_threads_of_the_handler_are_recorded(self) -> None:
        @job_handler("plain")
        def plain(ctx: SyncJobContext, data: Anything) -> None:
            threads = [threading.Thread(target=ctx.step, args=(str(n), lambda: 1)) for n in range(8)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()

        record = RunRecord()
        assert await attempt(plain, record).execute() == Succeeded(b"null")
        assert set(record.entries) == {str(n) for n in range(8)}
