"""The routes that only look: the inbox, and one checkpoint with its payload."""

from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter
from pydantic import StringConstraints
from starlette.requests import Request
from starlette.responses import Response

from sluicegate_checkpoint_svc.domain.errors import UnknownCheckpoint
from sluicegate_checkpoint_svc.domain.state import State
from sluicegate_checkpoint_svc.http import documents, paths
from sluicegate_checkpoint_svc.http.conditions import ETAG, etag
from sluicegate_checkpoint_svc.http.identifier import checkpoint_id
from sluicegate_checkpoint_svc.http.models import CheckpointPage, ShownCheckpoint
from sluicegate_checkpoint_svc.reads import COUNTED, Filters, Reads, position
from sluicegate_kit.web.cursor import NEXT, after, page
from sluicegate_kit.web.documented import Answer, documented
from sluicegate_kit.web.query import ListQuery, read_query
from sluicegate_schemas.checkpoint_created import Kind, Risk
from sluicegate_schemas.ids import JobId
from sluicegate_schemas.job_requested import JobType

Search = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]


class InboxQuery(ListQuery):
    """Without `state`: what is pending, or, with `kind=info`, what was recorded."""

    state: State | Literal["all"] | None = None
    kind: Kind | None = None
    job_type: JobType | None = None
    risk: Risk | None = None
    job_id: JobId | None = None
    q: Search | None = None

    def sought(self) -> Filters:
        """What to look for."""
        default = State.RECORDED if self.kind is Kind.INFO else State.PENDING
        state = None if self.state == "all" else self.state or default
        return Filters(state, self.kind, self.job_type, self.risk, self.job_id, self.q)


class Looking:
    """Shows checkpoints."""

    def __init__(self, reads: Reads) -> None:
        self._reads = reads

    async def inbox(self, request: Request) -> Response:
        """A page: pending ones by deadline, others newest first."""
        query = read_query(request, InboxQuery)
        sought = query.sought()
        found, total = await self._reads.page(sought, after(query, sought.order), query.limit + 1)
        shown = found[: query.limit]
        return page(
            request,
            query,
            [documents.summary(checkpoint) for checkpoint in shown],
            position(sought, shown[-1]) if len(found) > query.limit else None,
            total=total if total <= COUNTED else f"{COUNTED:,}+",
        )

    async def one(self, request: Request) -> Response:
        """One checkpoint with its payload and timeline."""
        which = checkpoint_id(request)
        found = await self._reads.one(which)
        if found is None:
            raise UnknownCheckpoint(which)
        checkpoint, exhibit = found
        body = documents.whole(checkpoint, exhibit, await self._reads.discussion(which))
        return Response(body, 200, {"etag": etag(checkpoint)}, "application/json")


def router(looking: Looking) -> APIRouter:
    """Both routes."""
    routes = APIRouter(tags=["checkpoints"])
    listed = documented(query=InboxQuery, answer=Answer(CheckpointPage, headers=(NEXT,)))
    routes.get(
        paths.CHECKPOINTS, summary="List checkpoints: by default what is pending, by deadline", openapi_extra=listed
    )(looking.inbox)
    shown = documented(path={"id": UUID}, answer=Answer(ShownCheckpoint, headers=(ETAG,)))
    routes.get(paths.CHECKPOINT, summary="One checkpoint, with payload and timeline", openapi_extra=shown)(looking.one)
    return routes
