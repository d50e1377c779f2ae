"""Names a handler that blocks the event loop: everything else of the replica stands still meanwhile."""

import asyncio
import sys
import threading
import time
from collections.abc import Iterable
from types import CodeType, FrameType

import structlog

from sluicegate.registry import Handler

log = structlog.get_logger(__name__)


class Watchdog:
    """A thread that asks the event loop for a sign of life, and looks at its stack when none comes."""

    name = "watchdog"

    def __init__(self, handlers: Iterable[Handler], *, patience_seconds: float = 2.0) -> None:
        self._names: dict[CodeType, str] = {
            code: handler.job_type
            for handler in handlers
            if (code := getattr(handler.fn, "__code__", None)) is not None
        }
        self._patience_seconds = patience_seconds
        self._stopped = threading.Event()
        self._alive = threading.Event()
        self._done = asyncio.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._loop_thread = 0

    async def start(self) -> None:
        """Watch the running loop."""
        self._loop = asyncio.get_running_loop()
        self._loop_thread = threading.get_ident()
        threading.Thread(target=self._run, name="watchdog", daemon=True).start()

    async def wait(self) -> None:
        """Lasts until `stop`."""
        await self._done.wait()

    async def stop(self) -> None:
        """Stop watching."""
        self._stopped.set()
        self._done.set()

    def _run(self) -> None:
        assert self._loop is not None
        while not self._stopped.is_set():
            self._alive.clear()
            asked_at = time.monotonic()
            try:
                self._loop.call_soon_threadsafe(self._alive.set)
            except RuntimeError:  # the loop is closed
                return
            if not self._alive.wait(self._patience_seconds):
                self._report(asked_at)
            self._stopped.wait(self._patience_seconds / 2)

    def _report(self, since: float) -> None:
        frame = sys._current_frames().get(self._loop_thread)
        where = f"{frame.f_code.co_filename}:{frame.f_lineno}" if frame is not None else "unknown"
        job_type, job_id = self._culprit(frame)
        log.error("event loop blocked", job_type=job_type, job_id=job_id, at=where)
        while not self._stopped.is_set() and not self._alive.wait(self._patience_seconds):
            pass
        log.error("event loop free again", job_type=job_type, job_id=job_id, seconds=round(time.monotonic() - since, 1))

    def _culprit(self, frame: FrameType | None) -> tuple[str | None, str | None]:
        while frame is not None:
            job_type = self._names.get(frame.f_code)
            if job_type is not None:
                ids = (getattr(value, "job_id", None) for value in frame.f_locals.values())
                return job_type, next((one for one in ids if isinstance(one, str)), None)
            frame = frame.f_back
        return None, None
