"""`sluicegate jobs`."""

from datetime import datetime
from itertools import islice
from typing import Annotated

import typer

from sluicegate.cli import job_view, output
from sluicegate.cli.exit_codes import Exit, of_status
from sluicegate.cli.files import read_object
from sluicegate.cli.options import PAGE, As, Limit, Output
from sluicegate.cli.output import Form
from sluicegate.cli.request_file import merged
from sluicegate.cli.session import Identity, connect
from sluicegate.client import Client, Until
from sluicegate_schemas.job_lifecycle import Status

app = typer.Typer(no_args_is_help=True, help="Submit jobs, look at them, cancel and retry them.")

JobId = Annotated[str, typer.Argument(metavar="JOB_ID", help="The job.")]
Reason = Annotated[str | None, typer.Option(help="Kept with the control.")]
Timeout = Annotated[float | None, typer.Option("--timeout", min=0, help="Give up after so many seconds.")]
WaitUntil = Annotated[
    Until, typer.Option(help="settled: the job has ended or waits for a person; ended: however long a person takes.")
]


@app.command()
def submit(
    context: typer.Context,
    job_type: Annotated[str | None, typer.Argument(help="Which handler does it; --request may say it, too.")] = None,
    request_file: Annotated[
        str | None,
        typer.Option("--request", "-r", metavar="FILE", help="A whole request; - reads stdin. Other options win."),
    ] = None,
    description: Annotated[str | None, typer.Option("--description", "-d", help="What it is for, for people.")] = None,
    input_file: Annotated[
        str | None, typer.Option("--input", "-i", metavar="FILE", help="inputData, a JSON object; - reads stdin.")
    ] = None,
    priority: Annotated[int | None, typer.Option(min=1, max=10, help="10 goes first.")] = None,
    max_attempts: Annotated[int | None, typer.Option(min=1, help="Tries before it fails.")] = None,
    timeout_seconds: Annotated[float | None, typer.Option(min=0, help="Running time of one attempt.")] = None,
    run_at: Annotated[datetime | None, typer.Option(help="Not before this time (local).")] = None,
    tag: Annotated[list[str] | None, typer.Option(help="May be given several times.")] = None,
    idempotency_key: Annotated[
        str | None, typer.Option(help="Submitting again with the same key gives the same job.")
    ] = None,
    watch: Annotated[bool, typer.Option("--watch", "-w", help="Go on as `jobs watch` does.")] = False,
    form: Output = Form.TABLE,
    identity: As = None,
) -> None:
    """Enqueue a job."""
    if request_file == input_file == "-":
        raise typer.BadParameter("standard input can be read once: for --request or for --input")
    said = {
        "job_type": job_type,
        "task_description": description,
        "input_data": read_object(input_file) if input_file else None,
        "priority": priority,
        "max_attempts": max_attempts,
        "timeout_seconds": timeout_seconds,
        "run_at": run_at,
        "tags": tag,
    }
    request = merged(request_file, said)
    with connect(context, identity, Identity.SUBMITTER) as client:
        job = client.jobs.submit(**request, idempotency_key=idempotency_key)
        if watch:
            output.note(f"job {job.job_id}")
            _follow(client, job.job_id, Until.ENDED, None, form)
        else:
            job_view.one(job, form)


@app.command("list")
def list_(
    context: typer.Context,
    status: Annotated[list[Status] | None, typer.Option(help="May be given several times.")] = None,
    job_type: Annotated[str | None, typer.Option("--type", help="Only this job type.")] = None,
    requested_by: Annotated[str | None, typer.Option(help="Only what this caller submitted.")] = None,
    tag: Annotated[str | None, typer.Option(help="Only with this tag.")] = None,
    created_after: Annotated[datetime | None, typer.Option(help="Local time.")] = None,
    created_before: Annotated[datetime | None, typer.Option(help="Local time.")] = None,
    search: Annotated[str | None, typer.Option("--search", "-q", help="Words in id or description.")] = None,
    limit: Limit = 50,
    form: Output = Form.TABLE,
    identity: As = None,
) -> None:
    """List jobs, newest first."""
    with connect(context, identity, Identity.SUBMITTER) as client:
        matching = client.jobs.iterate(
            status=status,
            job_type=job_type,
            requested_by=requested_by,
            tag=tag,
            created_after=created_after,
            created_before=created_before,
            q=search,
            page_size=min(limit, PAGE),
        )
        job_view.several(list(islice(matching, limit)), form)


@app.command()
def show(context: typer.Context, job_id: JobId, form: Output = Form.TABLE, identity: As = None) -> None:
    """Show one job and its checkpoints."""
    with connect(context, identity, Identity.SUBMITTER) as client:
        job = client.jobs.get(job_id)
        job_view.one(job, form)
        if form is Form.TABLE:
            job_view.checkpoints(client.jobs.checkpoints(job_id))


@app.command()
def watch(
    context: typer.Context,
    job_id: JobId,
    until: WaitUntil = Until.ENDED,
    timeout: Timeout = None,
    form: Output = Form.TABLE,
    identity: As = None,
) -> None:
    """Print a line for each change of a job; the exit code says how it ended."""
    with connect(context, identity, Identity.SUBMITTER) as client:
        _follow(client, job_id, until, timeout, form)


@app.command()
def cancel(
    context: typer.Context,
    job_id: JobId,
    reason: Reason = None,
    form: Output = Form.TABLE,
    identity: As = None,
) -> None:
    """Ask for a cancel; `jobs watch` shows when it took effect."""
    with connect(context, identity, Identity.SUBMITTER) as client:
        job_view.control(client.jobs.cancel(job_id, reason), form)


@app.command()
def retry(
    context: typer.Context,
    job_id: JobId,
    reason: Reason = None,
    form: Output = Form.TABLE,
    identity: As = None,
) -> None:
    """Ask for the next run of an ended job."""
    with connect(context, identity, Identity.SUBMITTER) as client:
        job_view.control(client.jobs.retry(job_id, reason), form)


def _follow(client: Client, job_id: str, until: Until, timeout: float | None, form: Form) -> None:
    code = Exit.OK
    for job in client.jobs.watch(job_id, until=until, timeout_seconds=timeout):
        job_view.change(job, form)
        code = of_status(job.status)
    if code is not Exit.OK:
        raise typer.Exit(code)
