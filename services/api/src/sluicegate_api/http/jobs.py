"""GET of jobs and of their checkpoints; PATCH: cancel and retry."""

from datetime import datetime
from typing import Annotated, Literal

import orjson
from fastapi import APIRouter
from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response

from sluicegate_api.domain.controls import Command
from sluicegate_api.domain.errors import UnknownJob
from sluicegate_api.http.checkpoint_resource import checkpoint_resource
from sluicegate_api.http.job_resource import JOBS, control_resource, job_body, job_resource
from sluicegate_api.http.long_poll import LongPoll
from sluicegate_api.http.models import JobCheckpoints, JobModel, JobPage
from sluicegate_api.operations.control_job import ControlJob
from sluicegate_api.reads.checkpoints import CheckpointReads
from sluicegate_api.reads.jobs import JobReads
from sluicegate_api.reads.listing import JobFilter, Place
from sluicegate_kit.db.write_loop import WriteLoop
from sluicegate_kit.web.body import Body, read_body
from sluicegate_kit.web.cursor import NEXT, after, page
from sluicegate_kit.web.documented import Answer, Refusal, documented
from sluicegate_kit.web.exchange import caller, stopping
from sluicegate_kit.web.hot import Hot
from sluicegate_kit.web.query import ListQuery, Query, read_query
from sluicegate_schemas.ids import JobId, new_id
from sluicegate_schemas.job_control import Action
from sluicegate_schemas.job_lifecycle import Status
from sluicegate_schemas.model import LongText, Timestamp

MAX_WAIT_SECONDS = 60

_ONE = f"{JOBS}/{{jobId}}"
_ID = {"jobId": JobId}

_Text = Annotated[str, Field(min_length=1, max_length=200)]


class JobsQuery(ListQuery):
    """Which jobs. `status` may be repeated."""

    status: list[Status] = Field(default_factory=list)
    job_type: _Text | None = None
    requested_by: _Text | None = None
    tag: _Text | None = None
    created_after: Timestamp | None = None
    created_before: Timestamp | None = None
    q: _Text | None = None


class OneQuery(Query):
    """How long to wait, in seconds, for the job to end or to wait for a person."""

    wait: Annotated[float, Field(ge=0, le=MAX_WAIT_SECONDS)] = 0


class ChangeJob(Body):
    """What to do with a job."""

    action: Literal["cancel", "retry"]
    reason: LongText | None = None


class JobEndpoints:
    """What the routes do."""

    def __init__(self, jobs: JobReads, checkpoints: CheckpointReads, writes: WriteLoop, waits: LongPoll) -> None:
        self._jobs = jobs
        self._checkpoints = checkpoints
        self._writes = writes
        self._waits = waits

    async def one(self, request: Request) -> Response:
        """One job; with `?wait=30` once it has ended or waits for a person, at the latest after that many seconds."""
        job_id = request.path_params["jobId"]
        query = read_query(request, OneQuery)
        known = await self._waits.settled(job_id, query.wait, stopping(request))
        if known is None:
            raise UnknownJob(job_id)
        return Response(job_body(known), media_type="application/json")

    async def many(self, request: Request) -> Response:
        """Jobs, newest first, without their input and result."""
        query = read_query(request, JobsQuery)
        wanted = job_filter(query)
        found = await self._jobs.page(wanted, place(query), query.limit)
        return page(request, query, [job_resource(job, brief=True) for job in found.jobs], found.further)

    async def change(self, request: Request) -> Response:
        """Cancel a job, or retry one that has ended: 202 with the control that now waits for the workers' answer."""
        job_id = request.path_params["jobId"]
        body = await read_body(request, ChangeJob)
        command = Command(new_id(), job_id, Action(body.action), caller(request).name, body.reason)
        control = await self._writes.submit(ControlJob(command))
        known = await self._jobs.one(job_id)
        if known is None:
            raise UnknownJob(job_id)
        answer = {**job_resource(known), "pendingControl": control_resource(control)}
        return Response(orjson.dumps(answer), 202, media_type="application/json")

    async def checkpoints(self, request: Request) -> Response:
        """The checkpoints of a job, the oldest first."""
        job_id = request.path_params["jobId"]
        if await self._jobs.one(job_id) is None:
            raise UnknownJob(job_id)
        found = await self._checkpoints.of_job(job_id)
        items = [checkpoint_resource(checkpoint) for checkpoint in found]
        return Response(orjson.dumps({"items": items, "nextCursor": None}), media_type="application/json")


_FILTERS = tuple(JobFilter.__dataclass_fields__)


def hot_route(endpoints: JobEndpoints) -> Hot:
    """The one that is asked again and again."""
    operation = documented(path=_ID, query=OneQuery, answer=Answer(JobModel))
    return Hot("GET", _ONE, endpoints.one, operation, summary="One job", tags=("jobs",))


def router(endpoints: JobEndpoints) -> APIRouter:
    """The routes that are not hot."""
    routes = APIRouter(tags=["jobs"])
    listed = documented(query=JobsQuery, answer=Answer(JobPage, headers=(NEXT,)))
    routes.get(JOBS, summary="List jobs", openapi_extra=listed)(endpoints.many)
    changed = documented(path=_ID, body=ChangeJob, answer=Answer(JobModel, 202), refusals=[Refusal(409)])
    routes.patch(_ONE, summary="Cancel or retry", openapi_extra=changed)(endpoints.change)
    its_checkpoints = documented(path=_ID, answer=Answer(JobCheckpoints))
    routes.get(f"{_ONE}/checkpoints", summary="A job's checkpoints", openapi_extra=its_checkpoints)(
        endpoints.checkpoints
    )
    return routes


def job_filter(query: JobsQuery) -> JobFilter:
    """What was asked for, as the tables are asked."""
    return JobFilter(**{name: getattr(query, name) for name in _FILTERS})


def place(query: JobsQuery) -> Place | None:
    """Where the page begins."""
    match after(query, (datetime, str)):
        case (datetime() as created_at, str() as job_id):
            return created_at, job_id
        case _:
            return None
