"""Many checkpoints decided at once: a look at all of them first, a result for each afterwards."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response

from sluicegate_checkpoint_svc.bulk import Bulk, Item, Result
from sluicegate_checkpoint_svc.domain.bulk import MOST_APPROVALS, MOST_DECISIONS
from sluicegate_checkpoint_svc.domain.checkpoint import Checkpoint
from sluicegate_checkpoint_svc.domain.deciding import Choice, Shown
from sluicegate_checkpoint_svc.domain.errors import SeveralJobTypes, TooManyApprovals
from sluicegate_checkpoint_svc.domain.requester import Decider
from sluicegate_checkpoint_svc.domain.state import State
from sluicegate_checkpoint_svc.http.conditions import shown_tag
from sluicegate_checkpoint_svc.http.errors import PROBLEMS
from sluicegate_checkpoint_svc.pages.deciding import Words
from sluicegate_checkpoint_svc.pages.inbox import Row, row
from sluicegate_checkpoint_svc.pages.looks import Look, headline, look
from sluicegate_checkpoint_svc.pages.refusals import result_of
from sluicegate_checkpoint_svc.reads import Reads
from sluicegate_kit.pages.form import Form, read_form
from sluicegate_kit.pages.pages import Pages
from sluicegate_kit.web.exchange import caller
from sluicegate_kit.web.problem import FieldError, Problem
from sluicegate_schemas.checkpoint_created import Risk


class Selected(Form):
    """The rows that were selected, and what is to become of them."""

    choice: Literal["approve", "reject"]
    item: Annotated[list[str], Field(max_length=MOST_DECISIONS)] = Field(default_factory=list)
    """Each the id and, after a `~`, the tag of what the page showed."""
    reason: Words = ""


@dataclass(frozen=True, slots=True)
class Chosen:
    """One of them."""

    value: str
    """As in the form."""
    checkpoint_id: UUID
    shown: Shown


@dataclass(frozen=True, slots=True)
class Line:
    """One of them on the page, or what came of it."""

    row: Row
    value: str
    left_out: str | None = None
    """Why it is not among those that are decided."""


class Together:
    """Two steps: look, decide."""

    def __init__(self, pages: Pages, reads: Reads, bulk: Bulk) -> None:
        self._pages = pages
        self._reads = reads
        self._bulk = bulk

    async def look(self, request: Request) -> Response:
        """All that were selected, with a form; those that can't be decided like that are named."""
        form = await read_form(request, Selected)
        return await self._look(request, form)

    async def decide(self, request: Request) -> Response:
        """A result for each."""
        form = await read_form(request, Selected)
        if form.choice == "reject" and not form.reason:
            return await self._look(request, form, error="Say why: whoever requested the jobs reads it.", status=422)
        chosen = _chosen(form)
        who = caller(request)
        choice = Choice(form.choice)
        items = [Item(each.checkpoint_id, each.shown, choice, form.reason or None) for each in chosen]
        try:
            results = await self._bulk.decide(items, Decider(who.name, who.person)) if items else []
        except (TooManyApprovals, SeveralJobTypes) as refused:
            error = PROBLEMS[type(refused)](refused).detail
            return await self._look(request, form, error=error, status=422)
        titles = {each.checkpoint_id: each for each in await self._reads.several([i.checkpoint_id for i in items])}
        told = [(titles.get(each.checkpoint_id), *_told(result)) for each, result in zip(chosen, results, strict=True)]
        return self._pages.render(
            request,
            "together-done.html",
            choice=form.choice,
            told=told,
            done=sum(became is not None for _, became, _ in told),
        )

    async def _look(self, request: Request, form: Selected, *, error: str | None = None, status: int = 200) -> Response:
        chosen = _chosen(form)
        found = {each.checkpoint_id: each for each in await self._reads.several([c.checkpoint_id for c in chosen])}
        known = [(each, found[each.checkpoint_id]) for each in chosen if each.checkpoint_id in found]
        lines = [_line(request, form.choice, each, checkpoint) for each, checkpoint in known]
        taken = [line for line in lines if line.left_out is None]
        wrong = error or (_together(taken) if form.choice == "approve" else None)
        return self._pages.render(
            request,
            "together.html",
            status=status if taken else 422,
            choice=form.choice,
            taken=taken,
            left_out=[line for line in lines if line.left_out is not None],
            reason=form.reason,
            wrong=wrong,
            allowed=bool(taken) and (form.choice == "reject" or _together(taken) is None),
        )


def _chosen(form: Selected) -> list[Chosen]:
    found: dict[UUID, Chosen] = {}
    for value in form.item:
        text, _, tag = value.partition("~")
        shown = shown_tag(tag)
        try:
            which = UUID(text)
        except ValueError:
            shown = None
        if shown is None:
            raise Problem(422, "invalid-form", "A row is none of ours.", errors=[FieldError("", parameter="item")])
        found[which] = Chosen(value, which, shown)
    return list(found.values())


def _line(request: Request, choice: str, chosen: Chosen, checkpoint: Checkpoint) -> Line:
    drawn = row(request, checkpoint)
    if checkpoint.state is not State.PENDING:
        return Line(drawn, chosen.value, headline(checkpoint))
    if drawn.mine:
        return Line(drawn, chosen.value, "You requested it: somebody else decides")
    if not chosen.shown.still_is(checkpoint):
        return Line(drawn, chosen.value, "It is no longer what the page showed")
    if not checkpoint.offers(choice):
        return Line(drawn, chosen.value, "The handler does not allow this decision")
    if choice == "approve" and checkpoint.risk is not Risk.LOW:
        return Line(drawn, chosen.value, f"Its risk is {checkpoint.risk}: approve it by itself, after a look")
    return Line(drawn, chosen.value)


def _together(lines: Sequence[Line]) -> str | None:
    """Why these can't be approved at once."""
    types = sorted({line.row.checkpoint.job_type for line in lines})
    if len(types) > 1:
        return f"Approve one job type at a time: these are {', '.join(types[:5])}."
    if len(lines) > MOST_APPROVALS:
        return f"At most {MOST_APPROVALS} can be approved at once; these are {len(lines)}."
    return None


def _told(result: Result) -> tuple[Look | None, str]:
    """How it looks now that it is decided; else why it is not."""
    return (look(result), "") if isinstance(result, Checkpoint) else (None, result_of(result))
