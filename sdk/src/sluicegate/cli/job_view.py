"""How jobs and their controls are printed."""

import typer

from sluicegate.cli import output, payload_view
from sluicegate.cli.output import Form
from sluicegate.client import Job, JobCheckpoint

_BLOCKED = {"no-handler": "no worker handles this type"}


def one(job: Job, form: Form) -> None:
    """All that there is to know of a job."""
    if form is Form.JSON:
        output.as_json(job)
        return
    output.fields(
        (
            ("job", job.job_id),
            ("type", job.job_type),
            ("status", _standing(job)),
            ("description", job.task_description),
            ("run / attempt", f"{job.run} / {job.attempt} of {job.max_attempts}"),
            ("priority", job.priority),
            ("requested by", job.requested_by),
            ("tags", ", ".join(job.tags) or None),
            ("pending", job.pending_control.action if job.pending_control else None),
            ("created", job.created_at),
            ("ready", job.ready_at),
            ("started", job.started_at),
            ("finished", job.finished_at),
            ("error", f"{job.error.type}: {job.error.message}" if job.error else None),
        )
    )
    if job.result is not None:
        typer.echo("result")
        for line in payload_view.lines(job.result, "  "):
            typer.echo(line)


def several(jobs: list[Job], form: Form) -> None:
    """A list of jobs."""
    if form is Form.JSON:
        output.as_json(jobs)
    else:
        output.table(
            ("job", "type", "status", "description", "requested by", "created"),
            (
                (job.job_id, job.job_type, job.status, job.task_description, job.requested_by, job.created_at)
                for job in jobs
            ),
        )


def checkpoints(found: list[JobCheckpoint]) -> None:
    """The checkpoints of a job."""
    if found:
        output.table(
            ("checkpoint", "run", "key", "kind", "state", "title"),
            ((str(item.checkpoint_id), item.run, item.key, item.kind, item.summary, item.title) for item in found),
        )


def change(job: Job, form: Form) -> None:
    """One line for one state of a watched job."""
    if form is Form.JSON:
        output.as_json(job, compact=True)
    else:
        typer.echo(f"{output.cell(job.updated_at)}  {output.cell(_standing(job))}")


def control(job: Job, form: Form) -> None:
    """What was asked of the worker."""
    if form is Form.JSON:
        output.as_json(job)
    elif job.pending_control is not None:
        asked = job.pending_control
        typer.echo(f"asked to {asked.action} {output.cell(job.job_id)} (control {asked.control_id})")


def _standing(job: Job) -> str:
    words: list[str] = [job.status]
    if job.run > 1:
        words.append(f"run {job.run}")
    if job.attempt > 1:
        words.append(f"attempt {job.attempt} of {job.max_attempts}")
    if job.waiting_for is not None:
        words.append(f"for {job.waiting_for.checkpoint_id} {job.waiting_for.title or ''}".rstrip())
    if job.blocked_reason is not None:
        words.append(_BLOCKED.get(job.blocked_reason, job.blocked_reason))
    if job.error is not None:
        words.append(f"{job.error.type}: {job.error.message}")
    return " · ".join(words)
