"""POST …/{id}/comments: what people say about a checkpoint before, and after, one of them decides."""

from typing import Annotated
from uuid import UUID

import orjson
from fastapi import APIRouter
from pydantic import StringConstraints
from starlette.requests import Request
from starlette.responses import Response

from sluicegate_checkpoint_svc.http import documents, paths
from sluicegate_checkpoint_svc.http.identifier import checkpoint_id
from sluicegate_checkpoint_svc.http.models import Comment
from sluicegate_checkpoint_svc.operations.comment import AddComment
from sluicegate_kit.kafka.writes import Writes
from sluicegate_kit.web.body import Body, read_body
from sluicegate_kit.web.documented import Answer, documented
from sluicegate_kit.web.exchange import caller
from sluicegate_schemas.ids import new_id

LONGEST = 5_000
"""Characters of one remark."""
Said = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=LONGEST)]


class Remark(Body):
    """What somebody says."""

    text: Said


class Discussing:
    """Adds to the discussion."""

    def __init__(self, writes: Writes) -> None:
        self._writes = writes

    async def comment(self, request: Request) -> Response:
        """Answers with the comment, as the timeline has it."""
        which = checkpoint_id(request)
        text = (await read_body(request, Remark)).text
        comment = await self._writes.submit(AddComment(new_id(), which, caller(request).name, text))
        return Response(orjson.dumps(documents.comment(comment)), 201, media_type="application/json")


def router(discussing: Discussing) -> APIRouter:
    """The route."""
    routes = APIRouter(tags=["checkpoints"])
    said = documented(path={"id": UUID}, body=Remark, answer=Answer(Comment, 201))
    routes.post(paths.COMMENTS, summary="Say something about a checkpoint", openapi_extra=said)(discussing.comment)
    return routes
