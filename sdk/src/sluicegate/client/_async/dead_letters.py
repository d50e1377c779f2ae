"""The dead-letter routes."""

from collections.abc import AsyncIterator
from uuid import UUID

from sluicegate.client._async.paging import every, read_page
from sluicegate.client._async.transport import AsyncTransport
from sluicegate.client.call import Call, path
from sluicegate.client.models.dead_letter import DeadLetter, ShownDeadLetter
from sluicegate.client.models.page import Page

_DEAD_LETTERS = "/api/admin/dead-letters"


class AsyncDeadLetters:
    """Shows records that could not be handled, and sends them again."""

    def __init__(self, transport: AsyncTransport) -> None:
        self._transport = transport

    async def page(
        self,
        *,
        topic: str | None = None,
        code: str | None = None,
        limit: int | None = None,
        cursor: str | None = None,
    ) -> Page[DeadLetter]:
        """One page, newest first.

        Raises:
            BadCursor
        """
        params = {"topic": topic, "code": code, "limit": limit, "cursor": cursor}
        return await read_page(self._transport, _DEAD_LETTERS, params, Page[DeadLetter])

    def iterate(
        self, *, topic: str | None = None, code: str | None = None, page_size: int | None = None
    ) -> AsyncIterator[DeadLetter]:
        """All that match, newest first, fetched page by page."""
        return every(
            self._transport, _DEAD_LETTERS, {"topic": topic, "code": code, "limit": page_size}, Page[DeadLetter]
        )

    async def get(self, dead_letter_id: UUID | str) -> ShownDeadLetter:
        """One, with its raw bytes.

        Raises:
            NotFound
        """
        return await self._transport.read(Call("GET", _path(dead_letter_id), repeatable=True), ShownDeadLetter)

    async def redrive(self, dead_letter_id: UUID | str) -> DeadLetter:
        """Sends the record again. Never repeated by itself.

        Raises:
            NotFound
            ResentByOwner: the service that owns the topic sends it again by itself.
            RecordNotWhole: it is not kept whole.
        """
        return await self._transport.read(
            Call("POST", f"{_path(dead_letter_id)}/redrive", repeatable=False), DeadLetter
        )


def _path(dead_letter_id: UUID | str) -> str:
    return path("api", "admin", "dead-letters", dead_letter_id)
