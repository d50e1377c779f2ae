"""One job: where it stands, its timeline, what went in and what came out; cancel and retry."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Annotated

from pydantic_core import to_json
from starlette.requests import Request
from starlette.responses import Response

from sluicegate_api.domain.controls import Command
from sluicegate_api.domain.errors import JobHasEnded, JobHasNotEnded, UnknownJob
from sluicegate_api.domain.hindrances import Hindrance, hindrances
from sluicegate_api.domain.story import tell
from sluicegate_api.operations.control_job import ControlJob
from sluicegate_api.pages import paths
from sluicegate_api.pages.json_text import Shown, shown
from sluicegate_api.pages.live import Live
from sluicegate_api.pages.standing import Standing, standing
from sluicegate_api.pages.timeline import Facts, RunView, runs
from sluicegate_api.reads.checkpoints import CheckpointReads
from sluicegate_api.reads.jobs import JobReads, KnownJob
from sluicegate_api.reads.timeline import TimelineReads, Told
from sluicegate_api.reads.workers import WorkerReads
from sluicegate_kit.access.roles import Role
from sluicegate_kit.clock import Clock
from sluicegate_kit.kafka.writes import Writes
from sluicegate_kit.pages.form import BLANK_IS_NONE, Form, read_form
from sluicegate_kit.pages.pages import Pages, is_fragment, see
from sluicegate_kit.web.exchange import caller
from sluicegate_kit.web.page import PageRoute
from sluicegate_kit.web.problem import not_found
from sluicegate_schemas.ids import new_id
from sluicegate_schemas.job_control import Action
from sluicegate_schemas.job_lifecycle import JobLifecycle, Status
from sluicegate_schemas.model import LongText

RAW_AT_ONCE = 50
"""Entries on the page of raw events."""


class Why(Form):
    """What somebody says when they cancel or retry."""

    reason: Annotated[LongText | None, BLANK_IS_NONE] = None


@dataclass(frozen=True, slots=True)
class JobView:
    """All that the page shows."""

    known: KnownJob
    stands: Standing
    runs: list[RunView]
    left_out: bool
    seen: str
    """The version of all this."""
    input: Shown | None
    result: Shown | None
    progress: Shown | None


class JobPage:
    """What the routes do."""

    def __init__(
        self,
        pages: Pages,
        jobs: JobReads,
        timeline: TimelineReads,
        checkpoints: CheckpointReads,
        workers: WorkerReads,
        writes: Writes,
        live: Live,
        clock: Clock,
    ) -> None:
        self._pages = pages
        self._jobs = jobs
        self._timeline = timeline
        self._checkpoints = checkpoints
        self._workers = workers
        self._writes = writes
        self._live = live
        self._clock = clock

    def routes(self) -> Sequence[PageRoute]:
        """The page, its parts, and what can be done with the job."""
        return (
            PageRoute("GET", paths.JOB, self.show),
            PageRoute("GET", paths.JOB_TIMELINE, self.timeline),
            PageRoute("GET", paths.JOB_EVENTS, self._live.one_job),
            PageRoute("GET", paths.JOB_RAW, self.raw),
            PageRoute("GET", paths.JOB_DATA, self.data),
            PageRoute("POST", paths.JOB_CANCEL, self.cancel),
            PageRoute("POST", paths.JOB_RETRY, self.retry),
        )

    async def show(self, request: Request) -> Response:
        """The page; for htmx, what changes on it."""
        view = await self._view(request)
        return self._pages.render(request, "job.html", block="standing", view=view, refused=None)

    async def timeline(self, request: Request) -> Response:
        """The timeline alone: a part for the pages of others; in a browser of its own, a page with nothing else."""
        view = await self._view(request)
        template = "timeline.html" if is_fragment(request) else "timeline-page.html"
        return self._pages.render(request, template, view=view)

    async def raw(self, request: Request) -> Response:
        """The events as they came, the latest first."""
        known = await self._known(request)
        told = await self._timeline.told(known.job.job_id)
        entries = [(entry, shown(entry.snapshot)) for entry in reversed(told.entries[-RAW_AT_ONCE:])]
        more = told.left_out or len(told.entries) > RAW_AT_ONCE
        return self._pages.render(request, "raw.html", known=known, entries=entries, more=more)

    async def data(self, request: Request) -> Response:
        """All of its input, result or progress."""
        part, known = request.path_params["part"], await self._known(request)
        text = PARTS[part](known) if part in PARTS else None
        if text is None:
            raise not_found("such part of this job")
        it = shown(text, whole=True)
        return self._pages.render(request, "data.html", block="text", known=known, part=part, it=it)

    async def cancel(self, request: Request) -> Response:
        """Ask the workers to cancel it."""
        return await self._control(request, Action.CANCEL)

    async def retry(self, request: Request) -> Response:
        """Ask the workers for its next run."""
        return await self._control(request, Action.RETRY)

    async def _control(self, request: Request, action: Action) -> Response:
        why = await read_form(request, Why)
        job_id = request.path_params["jobId"]
        try:
            await self._writes.submit(ControlJob(Command(new_id(), job_id, action, caller(request).name, why.reason)))
        except (JobHasEnded, JobHasNotEnded) as error:
            # Somebody, or the job itself, was faster: the page says so, and shows how things stand by now.
            view = await self._view(request)
            return self._pages.render(request, "job.html", status=409, view=view, refused=str(error))
        return see(paths.job(job_id))

    async def _known(self, request: Request) -> KnownJob:
        job_id = request.path_params["jobId"]
        known = await self._jobs.one(job_id)
        if known is None:
            raise UnknownJob(job_id)
        return known

    async def _view(self, request: Request) -> JobView:
        seen = await self._timeline.version(request.path_params["jobId"])  # before all else: what comes later is told
        known = await self._known(request)
        job_id, now = known.job.job_id, self._clock.now()
        told = await self._timeline.told(job_id)
        facts = Facts(
            known.job.job_type,
            known.job.created_at,
            known.asked.requested_by if known.asked else None,
            await self._checkpoints.of_job(job_id),
            await self._jobs.controls(job_id) if known.job.control_seq else [],
        )
        letters = bool(caller(request).roles & {Role.OPERATOR, Role.ADMIN})
        return JobView(
            known,
            standing(known, now, await self._hindrances(known), letters=letters),
            runs(tell(_snapshots(told)), facts, now),
            told.left_out,
            seen or "",
            *(shown(part(known)) for part in PARTS.values()),
        )

    async def _hindrances(self, known: KnownJob) -> list[Hindrance]:
        if known.job.status is not Status.QUEUED:
            return []
        at = await self._workers.standing()
        found = hindrances(at.workers.fleet, at.workers.replicas, at.queue, at.workers.now, known.job.job_type)
        return [replace(each, jobs=0) for each in found]  # of the others that wait this page says nothing


def _snapshots(told: Told) -> list[JobLifecycle]:
    return [JobLifecycle.model_validate_json(entry.snapshot) for entry in told.entries]


def _input(known: KnownJob) -> str | None:
    return None if known.asked is None else known.asked.input_data


def _told(name: str) -> Callable[[KnownJob], str | None]:
    def found(known: KnownJob) -> str | None:
        value = known.snapshot.get(name)
        return None if value is None else to_json(value).decode()  # big integers stay exact

    return found


PARTS: Mapping[str, Callable[[KnownJob], str | None]] = {
    "input": _input,
    "result": _told("result"),
    "progress": _told("progress"),
}
"""What of a job is a JSON text."""
