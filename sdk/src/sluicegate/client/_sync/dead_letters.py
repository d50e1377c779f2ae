# Generated from _async/dead_letters.py by sdk/scripts/generate_sync_client.py; change that one.
"""The dead-letter routes."""

from collections.abc import Iterator
from uuid import UUID

from sluicegate.client._sync.paging import every, read_page
from sluicegate.client._sync.transport import Transport
from sluicegate.client.call import Call, path
from sluicegate.client.models.dead_letter import DeadLetter, ShownDeadLetter
from sluicegate.client.models.page import Page

_DEAD_LETTERS = "/api/admin/dead-letters"


class DeadLetters:
    """Shows records that could not be handled, and sends them again."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def page(
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
        return read_page(self._transport, _DEAD_LETTERS, params, Page[DeadLetter])

    def iterate(
        self, *, topic: str | None = None, code: str | None = None, page_size: int | None = None
    ) -> Iterator[DeadLetter]:
        """All that match, newest first, fetched page by page."""
        return every(
            self._transport, _DEAD_LETTERS, {"topic": topic, "code": code, "limit": page_size}, Page[DeadLetter]
        )

    def get(self, dead_letter_id: UUID | str) -> ShownDeadLetter:
        """One, with its raw bytes.

        Raises:
            NotFound
        """
        return self._transport.read(Call("GET", _path(dead_letter_id), repeatable=True), ShownDeadLetter)

    def redrive(self, dead_letter_id: UUID | str) -> DeadLetter:
        """Sends the record again. Never repeated by itself.

        Raises:
            NotFound
            ResentByOwner: the service that owns the topic sends it again by itself.
            RecordNotWhole: it is not kept whole.
        """
        return self._transport.read(Call("POST", f"{_path(dead_letter_id)}/redrive", repeatable=False), DeadLetter)


def _path(dead_letter_id: UUID | str) -> str:
    return path("api", "admin", "dead-letters", dead_letter_id)
