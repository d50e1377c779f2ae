"""POST …/bulk: many decisions in one request, and a result for each."""

from typing import Annotated, Any, Literal, Self
from uuid import UUID

import orjson
from pydantic import ConfigDict, Field, field_validator, model_validator
from starlette.requests import Request
from starlette.responses import Response

from sluicegate_checkpoint_svc.bulk import Bulk, Item, Result
from sluicegate_checkpoint_svc.domain.bulk import MOST_DECISIONS
from sluicegate_checkpoint_svc.domain.checkpoint import Checkpoint
from sluicegate_checkpoint_svc.domain.deciding import Choice, Shown
from sluicegate_checkpoint_svc.domain.requester import Decider
from sluicegate_checkpoint_svc.http import documents, paths
from sluicegate_checkpoint_svc.http.bodies import Reason
from sluicegate_checkpoint_svc.http.errors import PROBLEMS
from sluicegate_checkpoint_svc.http.models import Results
from sluicegate_kit.web.body import Body, read_body
from sluicegate_kit.web.documented import Answer, documented
from sluicegate_kit.web.errors import as_problem
from sluicegate_kit.web.exchange import caller, request_id
from sluicegate_kit.web.hot import Hot
from sluicegate_schemas.model import Digest


class Decision(Body):
    """One of many."""

    model_config = ConfigDict(
        json_schema_extra={
            "if": {"properties": {"decision": {"const": "reject"}}},
            "then": {"required": ["reason"], "properties": {"reason": {"type": "string"}}},
        }
    )

    checkpoint_id: UUID
    payload_digest: Digest = Field(description="Of the payload that was looked at; 412 if it is another one.")
    decision: Literal["approve", "reject"]
    reason: Reason | None = Field(None, description="A rejection needs one.")

    @model_validator(mode="after")
    def _says_why(self) -> Self:
        if self.decision == "reject" and self.reason is None:
            raise ValueError("a rejection says why: it needs a reason")
        return self

    def item(self) -> Item:
        """As it is decided."""
        return Item(self.checkpoint_id, Shown(self.payload_digest), Choice(self.decision), self.reason)


class Decisions(Body):
    """Many decisions; each stands for itself."""

    decisions: Annotated[list[Decision], Field(min_length=1, max_length=MOST_DECISIONS)]

    @field_validator("decisions")
    @classmethod
    def _each_once(cls, decisions: list[Decision]) -> list[Decision]:
        if len({decision.checkpoint_id for decision in decisions}) < len(decisions):
            raise ValueError("a checkpoint stands there twice")
        return decisions


_TAGS = ("checkpoints",)


class BulkEndpoint:
    """What the route does."""

    def __init__(self, bulk: Bulk) -> None:
        self._bulk = bulk

    async def decide(self, request: Request) -> Response:
        """Answers 200 with what became of each, in the order of the request."""
        asked = (await read_body(request, Decisions)).decisions
        who = caller(request)
        results = await self._bulk.decide([one.item() for one in asked], Decider(who.name, who.person))
        answers = [told(one, result, request_id(request)) for one, result in zip(asked, results, strict=True)]
        return Response(orjson.dumps({"results": answers}), media_type="application/json")


def hot_routes(endpoint: BulkEndpoint) -> list[Hot]:
    """One of those that are called directly, because it comes before the one with an id in its path."""
    operation = documented(body=Decisions, answer=Answer(Results))
    return [Hot("POST", paths.BULK, endpoint.decide, operation, "Decide many, each by its id and digest", _TAGS)]


def told(asked: Decision, result: Result, request_id: str) -> dict[str, Any]:
    """What became of one of them."""
    answer: dict[str, Any] = {"checkpointId": str(asked.checkpoint_id)}
    if isinstance(result, Checkpoint):
        return answer | {"status": 200, "checkpoint": documents.summary(result)}
    problem = as_problem(result, PROBLEMS)
    return answer | {"status": problem.status, "problem": problem.document(request_id)}
