"""Draws what takes a while beside the event loop, where others decide meanwhile."""

import asyncio
from collections.abc import Callable

from starlette.responses import Response

LARGE_BYTES = 50_000
"""Smaller payloads are drawn faster than a thread is asked."""


async def drawn(payload: bytes, draw: Callable[[], Response]) -> Response:
    """What `draw` gives for a page on this payload."""
    return await asyncio.to_thread(draw) if len(payload) >= LARGE_BYTES else draw()
