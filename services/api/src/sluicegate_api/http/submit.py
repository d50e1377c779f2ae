"""POST /api/agent-jobs: the hot path."""

import re

from starlette.requests import Request
from starlette.responses import Response

from sluicegate_api.domain.idempotency import Once
from sluicegate_api.domain.silence import Silence
from sluicegate_api.http.job_resource import JOBS, job_body, job_url, new_job_body
from sluicegate_api.http.models import JobModel
from sluicegate_api.http.submission import Desk, SubmitJob
from sluicegate_api.operations.submit import Repeated, Submit
from sluicegate_api.reads.jobs import JobReads
from sluicegate_kit.clock import Clock
from sluicegate_kit.db.write_loop import WriteLoop
from sluicegate_kit.web.body import read_body
from sluicegate_kit.web.documented import Answer, Header, documented
from sluicegate_kit.web.exchange import caller
from sluicegate_kit.web.hot import Hot
from sluicegate_kit.web.problem import FieldError, Problem, unavailable
from sluicegate_schemas.ids import new_id

_KEY = re.compile(r"[\x21-\x7e](?:[\x20-\x7e]{0,253}[\x21-\x7e])?")


class SubmitEndpoint:
    """Validate, write, answer 202. Reads nothing, unless an Idempotency-Key names a job that is there already."""

    def __init__(self, desk: Desk, writes: WriteLoop, jobs: JobReads, *, silence: Silence, clock: Clock) -> None:
        self._desk = desk
        self._writes = writes
        self._jobs = jobs
        self._silence = silence
        self._clock = clock

    async def __call__(self, request: Request) -> Response:
        """Enqueue a job."""
        who = caller(request).name
        key = _idempotency_key(request)
        body = await read_body(request, SubmitJob)
        job_id = new_id()
        submission = self._desk.take(body, job_id, who, self._clock.now())
        once = None if key is None else Once(who, key, body.body_digest())
        operation = Submit(submission.asked, body.job_type, submission.message, once, self._silence)
        job = await self._writes.submit(operation)
        if isinstance(job, Repeated):
            return await self._again(job.job_id)
        return _accepted(job.job_id, new_job_body(job, submission.asked, submission.input_data))

    async def _again(self, job_id: str) -> Response:
        known = await self._jobs.one(job_id)
        if known is None:
            raise unavailable("The job that this key made")
        return _accepted(job_id, job_body(known))


def submission_route(submit: SubmitEndpoint) -> Hot:
    """The one that every job of a caller takes."""
    key = Header("Idempotency-Key", "the same for every try", {"type": "string", "pattern": f"^{_KEY.pattern}$"})
    where = Header("Location", "where the job is", {"type": "string", "format": "uri-reference"}, always=True)
    return Hot(
        "POST",
        JOBS,
        submit,
        documented(
            body=SubmitJob,
            headers=[key],
            answer=Answer(JobModel, 202, (where,), "It is kept; each of its runs will end in one terminal state"),
        ),
        summary="Enqueue a job",
        tags=("jobs",),
    )


def _accepted(job_id: str, body: bytes) -> Response:
    return Response(body, 202, {"location": job_url(job_id)}, "application/json")


def _idempotency_key(request: Request) -> str | None:
    values = request.headers.getlist("idempotency-key")
    if not values:
        return None
    if len(values) > 1 or not _KEY.fullmatch(values[0]):
        detail = "Send one Idempotency-Key of 1 to 255 printable ASCII characters, for example a UUID."
        raise Problem(400, "bad-idempotency-key", detail, errors=[FieldError("not usable", header="Idempotency-Key")])
    return values[0]
