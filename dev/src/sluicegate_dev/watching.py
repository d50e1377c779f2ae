"""Notices that a file changed, however an editor saves it."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

from watchfiles import Change, DefaultFilter, awatch


def changes_of(place: Path, stop: asyncio.Event) -> AsyncIterator[str]:
    """The names of what changed in a file or below a folder, once for changes at about the same time; until `stop`."""
    if place.is_dir():
        return _names(awatch(place, stop_event=stop))
    usual = DefaultFilter()

    def is_ours(change: Change, path: str) -> bool:
        return Path(path).name == place.name and usual(change, path)

    # Most editors save by putting a new file in the old one's place, and a watch on the old one ends with it.
    return _names(awatch(place.parent, watch_filter=is_ours, recursive=False, stop_event=stop))


async def _names(batches: AsyncIterator[set[tuple[Change, str]]]) -> AsyncIterator[str]:
    async for batch in batches:
        yield ", ".join(sorted({Path(path).name for _, path in batch}))
