"""The inbox: what waits for people, by deadline; beside it, what only informs."""

from dataclasses import dataclass
from typing import Any, Literal, TypeAlias
from urllib.parse import urlencode
from uuid import UUID

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
from sluicegate_kit.web.query import Query, read_query
from sluicegate_schemas.checkpoint_created import Kind

NEAREST = 50
"""Those among which the next one is looked for."""
INFORMATION = 20
"""Rows of the group for information."""


Group: TypeAlias = Literal["information"]
"""A part of the inbox whose rows look otherwise."""


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


class RowQuery(Query):
    """In which group of the inbox the row stands."""

    group: Group | None = None


class NextQuery(Query):
    """Where somebody is."""

    after: UUID | None = None


class Inbox:
    """One page, and the way from one checkpoint to the next."""

    def __init__(self, pages: Pages, events: Events, reads: Reads) -> None:
        self._pages = pages
        self._events = events
        self._reads = reads

    async def lead_here(self, request: Request) -> Response:
        """From an address without a path."""
        return see(paths.INBOX)

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
        group = read_query(request, RowQuery).group
        which = checkpoint_id(request)
        found = await self._reads.one(which)
        if found is None:
            raise UnknownCheckpoint(which)
        return self.draw(request, found[0], group)

    def draw(self, request: Request, checkpoint: Checkpoint, group: Group | None) -> Response:
        """The row of a checkpoint."""
        return self._pages.render(request, "row.html", row=row(request, checkpoint), group=group)

    async def next(self, request: Request) -> Response:
        """Leads on to the next by deadline that the caller may decide on, then to the first; else to the inbox.

        It goes on from where somebody is, decided or not: what they skipped does not come again at once.
        """
        after = read_query(request, NextQuery).after
        known = None if after is None else await self._reads.one(after)
        pending = Filters(State.PENDING, Kind.APPROVAL)
        for start in (None,) if known is None else (position(pending, known[0]), None):
            for found in (await self._reads.page(pending, start, NEAREST))[0]:
                if found.checkpoint_id != after and not row(request, found).mine:
                    return see(paths.of(paths.REVIEW, found.checkpoint_id))
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
