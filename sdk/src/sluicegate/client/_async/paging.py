"""Follows a list from page to page."""

from collections.abc import AsyncIterator
from typing import TypeVar

from pydantic import BaseModel

from sluicegate.client._async.transport import AsyncTransport
from sluicegate.client.call import Call, Params, query
from sluicegate.client.models.page import Page

Item = TypeVar("Item", bound=BaseModel)


async def read_page(transport: AsyncTransport, path: str, params: Params, model: type[Page[Item]]) -> Page[Item]:
    """One page of the list at `path`."""
    return await transport.read(Call("GET", path, repeatable=True, query=query(params)), model)


async def every(transport: AsyncTransport, path: str, params: Params, model: type[Page[Item]]) -> AsyncIterator[Item]:
    """Every item of the list at `path`, page by page, in its order."""
    cursor: str | None = None
    while True:
        found = await read_page(transport, path, {**params, "cursor": cursor}, model)
        for item in found.items:
            yield item
        cursor = found.next_cursor
        if cursor is None:
            return
