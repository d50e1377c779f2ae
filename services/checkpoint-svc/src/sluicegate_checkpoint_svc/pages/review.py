"""The page of one checkpoint: what would run, what was said, and the forms to decide with."""

from dataclasses import dataclass, field
from functools import partial
from typing import Any, Literal
from uuid import UUID

import orjson
from starlette.requests import Request
from starlette.responses import Response

from sluicegate_checkpoint_svc.domain.checkpoint import Checkpoint, Exhibit
from sluicegate_checkpoint_svc.domain.deciding import Choice
from sluicegate_checkpoint_svc.domain.errors import UnknownCheckpoint
from sluicegate_checkpoint_svc.domain.requester import Decider, is_requester
from sluicegate_checkpoint_svc.domain.state import State
from sluicegate_checkpoint_svc.http import documents
from sluicegate_checkpoint_svc.http.conditions import tag
from sluicegate_checkpoint_svc.http.identifier import checkpoint_id
from sluicegate_checkpoint_svc.pages import paths
from sluicegate_checkpoint_svc.pages.commands import commands
from sluicegate_checkpoint_svc.pages.events import Events
from sluicegate_checkpoint_svc.pages.large import drawn
from sluicegate_checkpoint_svc.pages.looks import RANKS, look
from sluicegate_checkpoint_svc.pages.moments import moments
from sluicegate_checkpoint_svc.reads import Reads
from sluicegate_checkpoint_svc.showing import files
from sluicegate_checkpoint_svc.showing.files import Drawing, FileChange
from sluicegate_checkpoint_svc.showing.reading import Reading, read
from sluicegate_kit.access.identities import Caller
from sluicegate_kit.access.table import AccessTable
from sluicegate_kit.pages.pages import Pages, is_fragment, see
from sluicegate_kit.web.exchange import caller
from sluicegate_kit.web.problem import not_found
from sluicegate_schemas.checkpoint_created import Kind
from sluicegate_schemas.ids import new_id

SERVICE = "checkpoint-svc"


@dataclass(frozen=True, slots=True)
class Typed:
    """What somebody wrote into a form that could not be taken: they get it back."""

    choice: str | None = None
    reason: str = ""
    error: str | None = None


@dataclass(frozen=True, slots=True)
class Unsaid:
    """A remark that could not be taken, back in its form."""

    text: str = ""
    error: str | None = None
    once: UUID = field(default_factory=new_id)
    """Names this form."""


NOTHING_TYPED = Typed()


class Review:
    """Shows one checkpoint."""

    def __init__(self, pages: Pages, events: Events, reads: Reads, table: AccessTable) -> None:
        self._pages = pages
        self._events = events
        self._reads = reads
        self._table = table

    async def show(self, request: Request) -> Response:
        """The page; for htmx its panel, as it is now."""
        return await self.answer(request)

    async def answer(
        self,
        request: Request,
        *,
        block: Literal["decide", "discussion"] = "decide",
        refusal: str | None = None,
        typed: Typed = NOTHING_TYPED,
        unsaid: Unsaid | None = None,
        status: int = 200,
    ) -> Response:
        """The page after something was sent: as it is now, with why that was refused. htmx gets the block alone.

        Raises:
            UnknownCheckpoint
        """
        live = self._events.url  # before anything is read: what changes from here on is told
        checkpoint, exhibit = await self.found(request)
        part = is_fragment(request)
        said = await self._reads.discussion(checkpoint.checkpoint_id)

        def draw() -> Response:
            return self._pages.render(
                request,
                "review.html",
                block=block,
                status=status,
                live_url=live,
                said=said,
                unsaid=unsaid or Unsaid(),
                fragment=part,
                refusal=refusal,
                typed=typed,
                moments=moments(checkpoint, exhibit, said.comments),
                **self._standing(checkpoint, caller(request)),
                **({} if part else self._content(request, checkpoint, exhibit)),
            )

        return await drawn(exhibit.payload, draw)

    async def payload(self, request: Request) -> Response:
        """The exact payload, as text on a page."""
        checkpoint, exhibit = await self.found(request)
        render = partial(self._pages.render, request, "payload.html", block="payload", it=checkpoint)
        return await drawn(exhibit.payload, lambda: render(payload=exhibit.payload.decode()))

    async def file(self, request: Request) -> Response:
        """One file of the payload, drawn."""
        checkpoint, exhibit = await self.found(request)
        number = request.path_params["number"]

        def draw() -> Response:
            reading = read(exhibit.payload.decode(), exhibit.view)
            if not reading.files or not _is_place(number) or int(number) >= len(reading.files):
                raise not_found("such file in this payload")
            change = reading.files[int(number)]
            return self._pages.render(
                request, "file.html", block="file", it=checkpoint, change=change, drawing=files.draw(change)
            )

        return await drawn(exhibit.payload, draw)

    async def show_discussion(self, request: Request) -> Response:
        """What was said, as htmx asks for it when somebody says more; else the page."""
        if not is_fragment(request):
            return see(paths.of(paths.REVIEW, checkpoint_id(request)))
        said = await self._reads.discussion(checkpoint_id(request))
        return self._pages.render(request, "said.html", said=said)

    async def found(self, request: Request) -> tuple[Checkpoint, Exhibit]:
        """The checkpoint that the path names.

        Raises:
            UnknownCheckpoint
        """
        which = checkpoint_id(request)
        found = await self._reads.one(which)
        if found is None:
            raise UnknownCheckpoint(which)
        return found

    def offers(self, request: Request, checkpoint: Checkpoint, choice: Choice) -> bool:
        """Whether the caller may decide so."""
        return choice.value in self._offers(checkpoint, caller(request))[0]

    def _standing(self, checkpoint: Checkpoint, who: Caller) -> dict[str, Any]:
        """What the panel shows."""
        offers, why_not = self._offers(checkpoint, who)
        return {
            "it": checkpoint,
            "look": look(checkpoint),
            "offers": offers,
            "why_not": why_not,
            "shown": tag(checkpoint),
            "path_of": _Paths.of(checkpoint),
        }

    def _offers(self, checkpoint: Checkpoint, who: Caller) -> tuple[tuple[str, ...], str | None]:
        """What the caller may do; or in words why not, if that is not plain from the state."""
        path = paths.ACKNOWLEDGE if checkpoint.kind is Kind.INFO else paths.APPROVE
        allowed = bool(self._table.row(SERVICE, "POST", path).roles & who.roles)
        if checkpoint.kind is Kind.INFO:
            return (("acknowledge",) if allowed and checkpoint.acknowledged_at is None else ()), None
        if checkpoint.state is not State.PENDING:
            return (), None
        if not allowed:
            return (), "You look on: deciding takes the role approver."
        if is_requester(Decider(who.name, who.person), checkpoint.requested_by):
            return (), "You requested this, and nobody decides on what they requested. Somebody else has to."
        return tuple(choice.value for choice in Choice if checkpoint.offers(choice)), None

    def _content(self, request: Request, checkpoint: Checkpoint, exhibit: Exhibit) -> dict[str, Any]:
        """What the page shows beside the panel."""
        payload = exhibit.payload.decode()
        reading = read(payload, exhibit.view)
        return {
            "exhibit": exhibit,
            "rank": RANKS[checkpoint.risk],
            "reading": reading,
            "opened": opened(reading),
            "payload_bytes": len(exhibit.payload),
            "job_url": f"/admin/agent-jobs/{checkpoint.job_id}",
            "timeline_url": f"/admin/agent-jobs/{checkpoint.job_id}/timeline",
            "commands": commands(request, checkpoint),
            "raw": orjson.dumps(documents.summary(checkpoint), option=orjson.OPT_INDENT_2).decode(),
        }


@dataclass(frozen=True, slots=True)
class _Paths:
    """Where the forms of one checkpoint go."""

    review: str
    payload: str
    edit: str
    approve: str
    reject: str
    acknowledge: str
    comments: str

    @classmethod
    def of(cls, checkpoint: Checkpoint) -> "_Paths":
        templates = (
            paths.REVIEW,
            paths.PAYLOAD,
            paths.EDIT,
            paths.APPROVE,
            paths.REJECT,
            paths.ACKNOWLEDGE,
            paths.COMMENTS,
        )
        return cls(*(paths.of(template, checkpoint.checkpoint_id) for template in templates))


def _is_place(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) <= 6


def opened(reading: Reading) -> dict[int, Drawing | None]:
    """Which files are drawn at once: in order, until there is enough to read."""
    left = files.OPEN_LINES
    drawn: dict[int, Drawing | None] = {}
    for change in reading.files or ():
        drawn[change.number] = files.draw(change, files.OPEN_LINES) if _opens(change, left) else None
        left -= change.lines
    return drawn


def _opens(change: FileChange, left: int) -> bool:
    return left > 0 and (change.lines <= left or change.number == 0)
