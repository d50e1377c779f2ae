"""A handler's file is seen to change, again and again."""

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path

import pytest

from sluicegate_dev.watching import changes_of

Save = Callable[[Path, str], None]


def _in_place(file: Path, text: str) -> None:
    file.write_text(text)


def _by_replacing(file: Path, text: str) -> None:
    beside = file.with_name(f"{file.name}~")
    beside.write_text(text)
    beside.replace(file)


@pytest.mark.anyio
@pytest.mark.parametrize("save", [_in_place, _by_replacing])
@pytest.mark.parametrize("watched", ["my_jobs/__init__.py", "my_jobs"])
async def test_every_save_is_noticed_however_an_editor_saves(tmp_path: Path, save: Save, watched: str) -> None:
    file = tmp_path / "my_jobs" / "__init__.py"
    file.parent.mkdir()
    file.write_text("one")
    stop = asyncio.Event()
    changes = changes_of(tmp_path / watched, stop)
    for text in ("two", "three"):
        assert await _saved_until_noticed(partial(save, file, text), anext(changes)) == "__init__.py"
    stop.set()
    async for _ in changes:
        pass


async def _saved_until_noticed(save: Callable[[], None], noticed: Awaitable[str]) -> str:
    """Saves again and again, because nobody tells when the watch has begun."""
    waiting = asyncio.ensure_future(noticed)
    async with asyncio.timeout(20):
        while not waiting.done():
            save()
            await asyncio.wait([waiting], timeout=0.1)
    return waiting.result()
