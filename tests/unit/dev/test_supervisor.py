"""What dies is started again."""

import asyncio
import contextlib
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from sluicegate_dev.processes import Child
from sluicegate_dev.supervisor import Supervisor, how_it_ended, last_words

pytestmark = pytest.mark.anyio


class Part:
    """A process that waits for a signal."""

    name = "part"

    def __init__(self, folder: Path) -> None:
        self.started = 0
        self.child: Child | None = None
        self._folder = folder

    def start(self) -> None:
        self.started += 1
        program = "import signal; signal.pause()"
        self.child = Child(self.name, [sys.executable, "-c", program], log=self._folder / "log")

    def stop(self) -> None:
        assert self.child is not None
        self.child.stop()


@dataclass
class Watched:
    """A part under supervision, and what came of it."""

    part: Part
    supervisor: Supervisor
    said: list[str]
    changed: asyncio.Event


@contextlib.asynccontextmanager
async def _watched(folder: Path) -> AsyncIterator[Watched]:
    said: list[str] = []
    changed = asyncio.Event()
    supervisor = Supervisor(lambda name, text: said.append(f"{name} {text}"), changed.set)
    part = Part(folder)
    part.start()
    watching = asyncio.create_task(supervisor.watch(part))
    yield Watched(part, supervisor, said, changed)
    watching.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await watching
    part.stop()


async def test_a_part_that_dies_is_started_again_and_said_so(tmp_path: Path) -> None:
    async with _watched(tmp_path) as it:
        assert it.part.child is not None
        it.part.child.kill()
        async with asyncio.timeout(20):
            await it.changed.wait()
        assert it.part.started == 2
        assert it.said[0].startswith("part was killed by SIGKILL; starts again in 0.5 s")
        assert it.said[1:] == [f"part runs again (pid {it.part.child.pid})"]


async def test_a_restart_on_request_lets_it_drain_and_is_not_taken_for_a_death(tmp_path: Path) -> None:
    async with _watched(tmp_path) as it:
        await it.supervisor.restart(it.part, "my_jobs.py changed")
        assert it.part.started == 2
        assert it.part.child is not None
        assert it.part.child.exit_code is None
        assert it.said == [
            "part my_jobs.py changed; drains and starts again",
            f"part runs again (pid {it.part.child.pid})",
        ]


def test_the_end_is_said_in_words() -> None:
    assert how_it_ended(-9) == "was killed by SIGKILL"
    assert how_it_ended(3) == "ended with exit code 3"


@pytest.mark.parametrize(
    ("program", "words"),
    [
        ("raise ValueError('no such module')", ": ValueError: no such module"),
        ("raise SystemExit(1)", ""),
        ("print('{}'); raise SystemExit(1)", ""),
        ("print('fine')", ""),
    ],
)
async def test_the_error_that_ended_a_part_is_said(tmp_path: Path, program: str, words: str) -> None:
    child = Child("part", [sys.executable, "-c", program], log=tmp_path / "log")
    await asyncio.to_thread(child.wait, 20)
    assert last_words(child) == words
