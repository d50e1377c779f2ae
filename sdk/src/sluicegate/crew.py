"""Knows every asyncio task that an attempt has started, so that none outlives it."""

import asyncio
from collections.abc import Callable, Coroutine, Generator, Iterator
from contextlib import contextmanager, suppress
from contextvars import Context, ContextVar
from typing import Any, TypeVar

T = TypeVar("T")

_current: ContextVar["Crew | None"] = ContextVar("sluicegate_crew", default=None)


class Crew:
    """The tasks and the thread that work on one attempt."""

    def __init__(self, *, on_empty: Callable[[], None], is_over: Callable[[], bool]) -> None:
        self._members: set[asyncio.Future[Any]] = set()
        self._on_empty = on_empty
        self._dismissed = False
        self._is_over = is_over

    def join(self, member: asyncio.Future[Any]) -> None:
        """Count `member` until it is done."""
        self._members.add(member)
        member.add_done_callback(self._leave)

    async def dismiss(self, *, within_seconds: float) -> None:
        """Cancel every task, and wait for all members to leave, for a while. Those who stay are counted on."""
        self._dismissed = True
        waiting_until = asyncio.get_running_loop().time() + within_seconds
        # A task may start others while it is being cancelled.
        while self._members and (left := waiting_until - asyncio.get_running_loop().time()) > 0:
            for member in self._members:
                member.cancel()
            await asyncio.wait(self._members, timeout=left, return_when=asyncio.ALL_COMPLETED)
        if not self._members:
            self._on_empty()

    def _leave(self, member: asyncio.Future[Any]) -> None:
        self._members.discard(member)
        if self._is_over() and not member.cancelled():
            member.exception()  # else asyncio reports it as never retrieved
        if self._dismissed and not self._members:
            self._on_empty()


@contextmanager
def working_for(crew: Crew | None) -> Iterator[None]:
    """Tasks started inside join `crew`; with None they are nobody's."""
    token = _current.set(crew)
    try:
        yield
    finally:
        # A handler that nobody finishes is closed by the garbage collector, in a context where nothing was set.
        with suppress(ValueError):
            _current.reset(token)


def install(loop: asyncio.AbstractEventLoop) -> None:
    """Have `loop` tell crews about new tasks. May be called again."""
    factory = loop.get_task_factory()
    if not isinstance(factory, _Factory):
        loop.set_task_factory(_Factory(factory))


class _Factory:
    """A task factory around the one that was there. asyncio has no other way to learn of a task's children."""

    def __init__(self, inner: Callable[..., Any] | None) -> None:
        self._inner = inner

    def __call__(
        self,
        loop: asyncio.AbstractEventLoop,
        coro: Generator[Any, None, T] | Coroutine[Any, Any, T],
        *,
        context: Context | None = None,
        **more: Any,
    ) -> "asyncio.Future[T]":
        if context is not None:
            more["context"] = context
        inner = self._inner
        task: asyncio.Future[T] = asyncio.Task(coro, loop=loop, **more) if inner is None else inner(loop, coro, **more)
        crew = _current.get() if context is None else context.get(_current)
        if crew is not None:
            crew.join(task)
        return task
