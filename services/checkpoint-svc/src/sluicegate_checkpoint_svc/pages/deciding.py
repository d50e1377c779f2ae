"""The forms that decide. Each says what was shown; whoever was faster, and what changed meanwhile, is told."""

from typing import Annotated

from pydantic import StringConstraints
from starlette.requests import Request
from starlette.responses import Response

from sluicegate_checkpoint_svc.domain.deciding import Choice, Shown, Vote
from sluicegate_checkpoint_svc.domain.errors import AlreadyDecided, Refused
from sluicegate_checkpoint_svc.domain.requester import Decider
from sluicegate_checkpoint_svc.domain.ruling import Edit
from sluicegate_checkpoint_svc.http.conditions import shown_tag
from sluicegate_checkpoint_svc.http.errors import PROBLEMS
from sluicegate_checkpoint_svc.http.identifier import checkpoint_id
from sluicegate_checkpoint_svc.operations.acknowledge import Acknowledge
from sluicegate_checkpoint_svc.operations.decide import Decide
from sluicegate_checkpoint_svc.operations.settlement import Settlement
from sluicegate_checkpoint_svc.pages import paths
from sluicegate_checkpoint_svc.pages.refusals import refusal_of
from sluicegate_checkpoint_svc.pages.review import Review, Typed
from sluicegate_kit.kafka.writes import Writes
from sluicegate_kit.pages.form import Form, read_form
from sluicegate_kit.pages.pages import is_fragment, see
from sluicegate_kit.web.exchange import caller
from sluicegate_kit.web.problem import FieldError, Problem
from sluicegate_schemas.ids import new_id

Words = Annotated[str, StringConstraints(strip_whitespace=True, max_length=20_000)]


class Decision(Form):
    """Approves or rejects."""

    shown: str
    """The tag of what was looked at."""
    reason: Words = ""

    def looked_at(self) -> Shown:
        """What the form stood beside.

        Raises:
            Problem: 422 `invalid-form`
        """
        found = shown_tag(self.shown)
        if found is None:
            raise Problem(
                422, "invalid-form", "The form does not say what was shown.", errors=[FieldError("", parameter="shown")]
            )
        return found


class Deciding:
    """Takes votes to the write loop, and shows what came of them."""

    def __init__(self, writes: Writes, settlement: Settlement, review: Review) -> None:
        self._writes = writes
        self._settlement = settlement
        self._review = review

    async def approve(self, request: Request) -> Response:
        """Lets the payload through that was shown."""
        form = await read_form(request, Decision)
        return await self._take(request, self._vote(request, Choice.APPROVE, form))

    async def reject(self, request: Request) -> Response:
        """Says no, and why."""
        form = await read_form(request, Decision)
        if not form.reason:
            typed = Typed("reject", error="Say why: whoever requested the job reads it.")
            return await self._review.answer(request, typed=typed, status=422)
        return await self._take(request, self._vote(request, Choice.REJECT, form))

    async def acknowledge(self, request: Request) -> Response:
        """Takes note that an information was seen."""
        await self._writes.submit(Acknowledge(checkpoint_id(request), caller(request).name))
        return await self._done(request)

    async def edit(self, request: Request, form: Decision, edit: Edit) -> Response:
        """Lets another payload through, in place of the one that was shown."""
        return await self._take(request, self._vote(request, Choice.EDIT, form, edit))

    def _vote(self, request: Request, choice: Choice, form: Decision, edit: Edit | None = None) -> Vote:
        who = caller(request)
        return Vote(
            decision_id=new_id(),
            choice=choice,
            by=Decider(who.name, who.person),
            reason=form.reason or None,
            edit=edit,
            shown=(form.looked_at(),),
        )

    async def _take(self, request: Request, vote: Vote) -> Response:
        typed = Typed(vote.choice.value, vote.reason or "")
        try:
            decided = await self._writes.submit(Decide(checkpoint_id(request), vote, self._settlement))
        except Refused as refused:
            problem = PROBLEMS[type(refused)](refused)
            return await self._review.answer(request, refusal=refusal_of(refused), typed=typed, status=problem.status)
        if decided.state.value != vote.outcome.value:
            refusal = refusal_of(AlreadyDecided(decided))
            return await self._review.answer(request, refusal=refusal, typed=typed, status=409)
        return await self._done(request)

    async def _done(self, request: Request) -> Response:
        if is_fragment(request):
            return await self._review.answer(request)
        return see(paths.of(paths.REVIEW, checkpoint_id(request)))
