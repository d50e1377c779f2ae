"""The inbox: what waits for people, by deadline; beside it, what only informs."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from pydantic import model_validator
from starlette.requests import Request
from starlette.responses import Response

from sluicegate_checkpoint_svc.domain.checkpoint import Checkpoint
from sluicegate_checkpoint_svc.domain.errors import UnknownCheckpoint
from sluicegate_checkpoint_svc.domain.requester import Decider, is_requester
from sluicegate_checkpoint_svc.domain.state import State
from sluicegate_checkpoint_svc.http.conditions import tag
from sluicegate_checkpoint_svc.http.identifier import checkpoint_id
from sluicegate_checkpoint_svc.http.looking import InboxQuery
from sluicegate_checkpoint_svc.pages import paths
from sluicegate_checkpoint_svc.pages.events import Events
from sluicegate_checkpoint_svc.pages.looks import RANKS, Look, look
from sluicegate_checkpoint_svc.reads import COUNTED, Filters, Reads, position
from sluicegate_kit.pages.pages import Pages, see
from sluicegate_kit.web.cursor import after, encode
from sluicegate_kit.web.exchange import caller
from sluicegate_kit.web.query import read_query
from sluicegate_schemas.checkpoint_created import Kind

INFORMATION = 20
"""Rows of the group for information."""


@dataclass(frozen=True, slots=True)
class Row:
    """One checkpoint in a list."""

    checkpoint: Checkpoint
    look: Look
    rank: int
    mine: bool
    """Requested by who looks, who may not decide on it."""

    @property
    def path(self) -> str:
        """Its review."""
        return paths.of(paths.REVIEW, self.checkpoint.checkpoint_id)

    @property
    def shown(self) -> str:
        """What a form has to say that was looked at."""
        return tag(self.checkpoint)


class InboxPageQuery(InboxQuery):
    """The same in the address of the page, where a form leaves what was not filled in empty."""

    @model_validator(mode="before")
    @classmethod
    def _without_blanks(cls, given: dict[str, Any]) -> dict[str, Any]:
        return {name: value for name, value in given.items() if value != ""}


class Inbox:
    """One page, and the way from one checkpoint to the next."""

    def __init__(self, pages: Pages, events: Events, reads: Reads) -> None:
        self._pages = pages
        self._events = events
        self._reads = reads

    async def show(self, request: Request) -> Response:
        """The list, by the filters in the address."""
        query = read_query(request, InboxPageQuery)
        sought = query.sought()
        live = self._events.url  # before anything is read: what changes from here on is told
        found, total = await self._reads.page(sought, after(query, sought.order), query.limit + 1)
        shown = found[: query.limit]
        plain = not query.filters() and query.cursor is None
        informing = await self._reads.unseen(INFORMATION + 1) if plain else []
        more = position(sought, shown[-1]) if len(found) > query.limit else None
        return self._pages.render(
            request,
            "inbox.html",
            block="list",
            live_url=live,
            query=query,
            sought=sought,
            rows=[row(request, checkpoint) for checkpoint in shown],
            total=total if total <= COUNTED else f"{COUNTED:,}+",
            informing=[row(request, checkpoint) for checkpoint in informing[:INFORMATION]],
            more_informing=len(informing) > INFORMATION,
            next_url=None if more is None else _address(query, encode(more, query.filters())),
            first_url=None if query.cursor is None else _address(query, None),
            filtered=bool(query.filters()),
        )

    async def one(self, request: Request) -> Response:
        """The row of one checkpoint, which takes the place of what it was.

        Raises:
            UnknownCheckpoint
        """
        which = checkpoint_id(request)
        found = await self._reads.one(which)
        if found is None:
            raise UnknownCheckpoint(which)
        return self._pages.render(request, "row.html", row=row(request, found[0]))

    async def next(self, request: Request) -> Response:
        """Leads on to the first that waits and that the caller may decide on; to the inbox if there is none."""
        after_id = request.query_params.get("after")
        found, _ = await self._reads.page(Filters(State.PENDING, Kind.APPROVAL), None, 50)
        for checkpoint in found:
            if str(checkpoint.checkpoint_id) != after_id and not row(request, checkpoint).mine:
                return see(paths.of(paths.REVIEW, checkpoint.checkpoint_id))
        return see(paths.INBOX)


def row(request: Request, checkpoint: Checkpoint) -> Row:
    """A checkpoint as this caller sees it in a list."""
    who = caller(request)
    mine = is_requester(Decider(who.name, who.person), checkpoint.requested_by)
    return Row(checkpoint, look(checkpoint), RANKS[checkpoint.risk], mine)


def _address(query: InboxQuery, cursor: str | None) -> str:
    asked: dict[str, Any] = query.filters()
    if query.limit != type(query).model_fields["limit"].default:
        asked["limit"] = query.limit
    if cursor is not None:
        asked["cursor"] = cursor
    return f"{paths.INBOX}?{urlencode(asked)}" if asked else paths.INBOX
