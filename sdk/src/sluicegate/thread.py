"""Runs a plain `def` handler in a thread of its own, and lets it wait for the event loop."""

import asyncio
import concurrent.futures
import threading
from collections.abc import Callable, Coroutine
from contextlib import suppress
from contextvars import copy_context
from typing import Any, TypeVar

from sluicegate.errors import ContextClosed

T = TypeVar("T")


def run_in_thread(work: Callable[[], T], name: str) -> "asyncio.Future[T]":
    """What `work` gives, once its thread is done; `work` must not raise. Cancelling the future stops nothing."""
    loop = asyncio.get_running_loop()
    done = _Uncancellable(loop=loop)

    def run() -> None:
        result = work()
        with suppress(RuntimeError):  # the loop was closed meanwhile: nobody waits any more
            loop.call_soon_threadsafe(done.set_result, result)

    # A daemon, since a thread that never ends must not keep the process from ending.
    threading.Thread(target=copy_context().run, args=(run,), name=name, daemon=True).start()
    return done


def wait_from_thread(loop: asyncio.AbstractEventLoop, work: Coroutine[Any, Any, T]) -> T:
    """Block this thread until the loop has done `work`.

    Raises:
        ContextClosed: the loop has ended, or has cut off the work.
    """
    if loop.is_closed():
        work.close()
        raise ContextClosed("the process is ending")
    try:
        return asyncio.run_coroutine_threadsafe(work, loop).result()
    except concurrent.futures.CancelledError:
        raise ContextClosed("the attempt is over") from None


class _Uncancellable(asyncio.Future[Any]):
    def cancel(self, msg: Any | None = None) -> bool:
        return False
