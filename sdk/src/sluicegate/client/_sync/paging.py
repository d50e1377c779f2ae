# Generated from _async/paging.py by sdk/scripts/generate_sync_client.py; change that one.
"""Follows a list from page to page."""

from collections.abc import Iterator
from typing import TypeVar

from pydantic import BaseModel

from sluicegate.client._sync.transport import Transport
from sluicegate.client.call import Call, Params, query
from sluicegate.client.models.page import Page

Item = TypeVar("Item", bound=BaseModel)


def read_page(transport: Transport, path: str, params: Params, model: type[Page[Item]]) -> Page[Item]:
    """One page of the list at `path`."""
    return transport.read(Call("GET", path, repeatable=True, query=query(params)), model)


def every(transport: Transport, path: str, params: Params, model: type[Page[Item]]) -> Iterator[Item]:
    """Every item of the list at `path`, page by page, in its order."""
    cursor: str | None = None
    while True:
        found = read_page(transport, path, {**params, "cursor": cursor}, model)
        yield from found.items
        cursor = found.next_cursor
        if cursor is None:
            return
