"""A form that submits a job of any type that a worker has declared, from the schema of its input."""

from collections.abc import Callable, Collection, Mapping, Sequence
from functools import partial
from typing import Annotated, Any
from uuid import UUID

from pydantic import Field
from pydantic_core import to_json
from starlette.requests import Request
from starlette.responses import Response

from sluicegate_api.domain.errors import UnknownJob
from sluicegate_api.domain.idempotency import Once
from sluicegate_api.domain.silence import Silence
from sluicegate_api.http.submission import Desk, SubmitJob
from sluicegate_api.input_schemas import InputSchemas
from sluicegate_api.operations.submit import Submit
from sluicegate_api.pages import paths
from sluicegate_api.pages.input_nodes import nodes
from sluicegate_api.pages.input_shape import Kind
from sluicegate_api.pages.input_typed import Misfit, blank, typed, value
from sluicegate_api.pages.input_typed import sent as sent_of
from sluicegate_api.pages.lists import added, removed
from sluicegate_api.pages.request_shape import INPUT, RequestForm, blank_form, filled_form, request_shape
from sluicegate_api.reads.jobs import JobReads, KnownJob
from sluicegate_kit.clock import Clock
from sluicegate_kit.kafka.writes import Writes
from sluicegate_kit.pages.form import BLANK_IS_NONE, read_fields
from sluicegate_kit.pages.pages import Pages, see
from sluicegate_kit.web.body import parse
from sluicegate_kit.web.exchange import caller
from sluicegate_kit.web.page import PageRoute
from sluicegate_kit.web.problem import Problem
from sluicegate_kit.web.query import Query, read_query
from sluicegate_schemas import strict_json
from sluicegate_schemas.ids import new_id

AT_INPUT = f"/{INPUT}"
TEXT, FIELDS = "text", "fields"
"""How the input stands in the form."""

_Text = Annotated[Annotated[str, Field(max_length=200)] | None, BLANK_IS_NONE]


class NewQuery(Query):
    """For which type, or like which job."""

    type: _Text = None
    like: _Text = None


class SubmittingPage:
    """What the routes do."""

    def __init__(
        self,
        pages: Pages,
        schemas: InputSchemas,
        jobs: JobReads,
        desk: Desk,
        writes: Writes,
        *,
        silence: Silence,
        clock: Clock,
    ) -> None:
        self._pages = pages
        self._schemas = schemas
        self._jobs = jobs
        self._desk = desk
        self._writes = writes
        self._silence = silence
        self._clock = clock

    def routes(self) -> Sequence[PageRoute]:
        """The form, and what it sends."""
        return PageRoute("GET", paths.NEW, self.show), PageRoute("POST", paths.NEW, self.submit)

    async def show(self, request: Request) -> Response:
        """The choice of a type; with one, its form; like a job, the form filled in as that was."""
        query = read_query(request, NewQuery)
        if query.like is not None:
            known = await self._jobs.one(query.like)
            if known is None or known.asked is None:
                raise UnknownJob(query.like)
            form = filled_form(self._schema(known.job.job_type), _body(known))
            return self._form(request, known.job.job_type, form, {}, like=known.job.job_id)
        if query.type is not None:
            return self._form(request, query.type, blank_form(self._schema(query.type)), {})
        return self._pages.render(request, "new.html", declared=self._schemas.declared())

    async def submit(self, request: Request) -> Response:
        """Submit the job, or show the form again: with what is wrong, or changed as a button asked."""
        fields = await read_fields(request)
        job_type, do = fields.get("jobType", ""), fields.get("do", "submit")
        shape = request_shape(self._schema(job_type), as_text=fields.get("form") == TEXT)
        form = RequestForm(shape, sent_of(shape, fields))
        verb, _, at = do.partition(":")
        match verb:
            case "add":
                return self._form(request, job_type, RequestForm(shape, added(shape, form.typed, at)), {})
            case "remove":
                return self._form(request, job_type, RequestForm(shape, removed(shape, form.typed, at)), {})
            case "text" | "fields":
                return self._turned(request, job_type, form, as_text=verb == TEXT)
        unread: dict[str, str] = {}
        body = {"jobType": job_type, **value(shape, form.typed, unread)}
        if errors := {**self._refused(body, unread), **unread}:
            return self._form(request, job_type, form, errors, status=422)
        try:
            return see(paths.job(await self._take(request, body, fields.get("once", ""))))
        except Problem as problem:
            if problem.status not in (413, 422):
                raise
            return self._form(request, job_type, form, _errors(problem), status=problem.status)

    def _refused(self, body: Mapping[str, Any], unread: Collection[str]) -> dict[str, str]:
        """What is wrong with what could be read of a request. What a field is missing from is not blamed for that."""
        looks: list[Callable[[], object]] = [partial(parse, to_json(body), SubmitJob)]
        if isinstance(given := body.get(INPUT, {}), dict):
            looks.append(partial(self._desk.expect, body["jobType"], given))
        found: dict[str, str] = {}
        for look in looks:
            try:
                look()
            except Problem as problem:
                if problem.status != 422:
                    raise
                found |= _errors(problem)
        return {at: said for at, said in found.items() if not any(f"{one}/".startswith(f"{at}/") for one in unread)}

    async def _take(self, request: Request, body: Mapping[str, Any], once: str) -> str:
        """The id of the job; sent twice, the same form with the same content is one job."""
        job = parse(to_json(body), SubmitJob)
        who, job_id = caller(request).name, new_id()
        submission = self._desk.take(job, job_id, who, self._clock.now())
        digest = job.body_digest()
        key = Once(who, f"form {_uuid(once)} {digest}", digest)
        written = await self._writes.submit(
            Submit(submission.asked, job.job_type, submission.message, key, self._silence)
        )
        return written.job_id

    def _turned(self, request: Request, job_type: str, form: RequestForm, *, as_text: bool) -> Response:
        """The input as text instead of fields, or the other way round; as it is, where that can't be done."""
        errors: dict[str, str] = {}
        body = value(form.shape, form.typed, errors)
        if wrong := {at: said for at, said in errors.items() if at.startswith(AT_INPUT)}:
            if form.as_text or not as_text:
                return self._form(request, job_type, form, wrong, status=422)
            body[INPUT] = {}
        shape = request_shape(self._schema(job_type), as_text=as_text)
        assert isinstance(form.typed, dict)
        part = shape.members[1]
        try:
            turned = typed(part, body[INPUT]) if INPUT in body else blank(part)
        except Misfit:
            wrong = {AT_INPUT: "This does not fit into the fields that the job type has."}
            return self._form(request, job_type, form, wrong, status=422)
        return self._form(request, job_type, RequestForm(shape, {**form.typed, INPUT: turned}), {})

    def _form(
        self,
        request: Request,
        job_type: str,
        form: RequestForm,
        errors: Mapping[str, str],
        *,
        status: int = 200,
        like: str | None = None,
    ) -> Response:
        declared = self._schemas.of(job_type)
        has_fields = request_shape(self._schema(job_type), as_text=False).members[1].kind is not Kind.JSON
        return self._pages.render(
            request,
            "new-form.html",
            block="form",
            status=status,
            job_type=job_type,
            declared=declared,
            root=nodes(form.shape, form.typed, errors),
            as_text=form.as_text,
            has_fields=has_fields,
            once=str(new_id()),
            wrong=len(errors),
            like=like,
        )

    def _schema(self, job_type: str) -> Mapping[str, Any] | None:
        declared = self._schemas.of(job_type)
        return None if declared is None else declared.schema


def _body(known: KnownJob) -> dict[str, Any]:
    """The request of a job as it would be made again; when it was to start is not repeated."""
    assert known.asked is not None
    asked = known.asked
    body: dict[str, Any] = {
        "taskDescription": asked.task_description,
        INPUT: strict_json.read(asked.input_data.encode()),
        "priority": asked.priority,
        "maxAttempts": asked.max_attempts,
        "tags": asked.tag_list,
    }
    return body if asked.timeout_seconds is None else {**body, "timeoutSeconds": asked.timeout_seconds}


def _errors(problem: Problem) -> dict[str, str]:
    """What a problem says, by place; what has none is about the input, which is all that can be too large."""
    found: dict[str, str] = {}
    for error in problem.errors:
        at = error.pointer or AT_INPUT
        found[at] = f"{found[at]} {_sentence(error.detail)}" if at in found else _sentence(error.detail)
    return found or {AT_INPUT: problem.detail}


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}{'' if text.endswith('.') else '.'}"


def _uuid(text: str) -> UUID:
    """What a form brought along, if it is one of those that forms get."""
    try:
        return UUID(text)
    except ValueError:
        return new_id()
