"""The routes that change a checkpoint: approve, reject, acknowledge. No GET ever decides."""

from uuid import UUID

import orjson
from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from sluicegate_checkpoint_svc.domain.checkpoint import Checkpoint
from sluicegate_checkpoint_svc.domain.deciding import Choice, Vote
from sluicegate_checkpoint_svc.domain.errors import AlreadyDecided
from sluicegate_checkpoint_svc.domain.requester import Decider
from sluicegate_checkpoint_svc.http import documents, paths
from sluicegate_checkpoint_svc.http.bodies import (
    Approval,
    Rejection,
    RejectionQuery,
    read_approval,
    read_rejection,
)
from sluicegate_checkpoint_svc.http.conditions import ETAG, IF_MATCH, etag, shown
from sluicegate_checkpoint_svc.http.identifier import checkpoint_id
from sluicegate_checkpoint_svc.http.models import CheckpointModel, DecisionProblem
from sluicegate_checkpoint_svc.operations.acknowledge import Acknowledge
from sluicegate_checkpoint_svc.operations.decide import Decide
from sluicegate_checkpoint_svc.operations.settlement import Settlement
from sluicegate_kit.kafka.writes import Writes
from sluicegate_kit.web.documented import Answer, Refusal, documented
from sluicegate_kit.web.exchange import caller
from sluicegate_kit.web.hot import Hot
from sluicegate_schemas.ids import new_id

_ID = {"id": UUID}
_DECIDED = Answer(CheckpointModel, headers=(ETAG,))
_CONFLICTS = (Refusal(409, DecisionProblem), Refusal(412, headers=(ETAG,)))


class Deciding:
    """Takes votes to the write loop. A 200 says that the checkpoint is decided as voted, and by whom."""

    def __init__(self, writes: Writes, settlement: Settlement) -> None:
        self._writes = writes
        self._settlement = settlement

    async def approve(self, request: Request) -> Response:
        """Lets the payload through, or the edited one."""
        reason, edit = await read_approval(request)
        choice = Choice.APPROVE if edit is None else Choice.EDIT
        vote = Vote(
            decision_id=new_id(),
            choice=choice,
            by=_decider(request),
            reason=reason,
            edit=edit,
            shown=shown(request, required=edit is not None),
        )
        return await self._take(checkpoint_id(request), vote)

    async def reject(self, request: Request) -> Response:
        """Says no."""
        reason = await read_rejection(request)
        vote = Vote(
            decision_id=new_id(), choice=Choice.REJECT, by=_decider(request), reason=reason, shown=shown(request)
        )
        return await self._take(checkpoint_id(request), vote)

    async def acknowledge(self, request: Request) -> Response:
        """Takes note that the caller has seen an info checkpoint."""
        operation = Acknowledge(checkpoint_id(request), caller(request).name)
        return _answer(await self._writes.submit(operation))

    async def _take(self, which: UUID, vote: Vote) -> Response:
        operation = Decide(which, vote, self._settlement)
        decided = await self._writes.submit(operation)
        if not operation.won(decided):
            raise AlreadyDecided(decided)
        return _answer(decided)


def hot_routes(deciding: Deciding) -> list[Hot]:
    """The one that every gated job takes."""
    operation = documented(
        path=_ID,
        body=Approval,
        body_required=False,
        headers=[IF_MATCH],
        answer=_DECIDED,
        refusals=[*_CONFLICTS, Refusal(428)],
    )
    summary = "Approve, with or without an edit"
    return [Hot("POST", paths.CHECKPOINT, deciding.approve, operation, summary, tags=("checkpoints",))]


def router(deciding: Deciding) -> APIRouter:
    """The others."""
    routes = APIRouter(tags=["checkpoints"])
    rejected = documented(
        path=_ID,
        body=Rejection,
        body_required=False,
        query=RejectionQuery,
        headers=[IF_MATCH],
        answer=_DECIDED,
        refusals=_CONFLICTS,
    )
    routes.delete(paths.CHECKPOINT, summary="Reject; the reason in the body, or as ?reason=", openapi_extra=rejected)(
        deciding.reject
    )
    seen = documented(path=_ID, answer=_DECIDED, refusals=[Refusal(409)])
    routes.post(paths.ACKNOWLEDGE, summary="Acknowledge an info checkpoint", openapi_extra=seen)(deciding.acknowledge)
    return routes


def _decider(request: Request) -> Decider:
    known = caller(request)
    return Decider(known.name, known.person)


def _answer(checkpoint: Checkpoint) -> Response:
    body = orjson.dumps(documents.summary(checkpoint))
    return Response(body, 200, {"etag": etag(checkpoint)}, "application/json")
