"""`sluicegate checkpoints`."""

from itertools import islice
from typing import Annotated

import typer
from pydantic import TypeAdapter, ValidationError

from sluicegate.cli import checkpoint_view
from sluicegate.cli.exit_codes import Exit
from sluicegate.cli.files import read_text
from sluicegate.cli.options import PAGE, As, Limit, Output
from sluicegate.cli.output import Form
from sluicegate.cli.session import Identity, connect
from sluicegate.client import BulkDecision, Client, Edit, ShownCheckpoint, State
from sluicegate_schemas.checkpoint_created import Kind, Risk

app = typer.Typer(no_args_is_help=True, help="See what waits for a person, and decide on it.")

CheckpointId = Annotated[str, typer.Argument(metavar="CHECKPOINT_ID", help="The checkpoint.")]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Decide without asking.")]
Etag = Annotated[
    str | None,
    typer.Option(metavar="ETAG", help="Decide only on the version with this `etag` (from `show -o json`)."),
]


@app.command("list")
def list_(
    context: typer.Context,
    state: Annotated[State | None, typer.Option(help="Pending ones, unless another state is named.")] = None,
    all_states: Annotated[bool, typer.Option("--all", help="In every state.")] = False,
    kind: Annotated[Kind | None, typer.Option(help="Only these.")] = None,
    job_type: Annotated[str | None, typer.Option("--type", help="Only of this job type.")] = None,
    risk: Annotated[Risk | None, typer.Option(help="Only with this risk.")] = None,
    job_id: Annotated[str | None, typer.Option("--job", help="Only of this job.")] = None,
    search: Annotated[str | None, typer.Option("--search", "-q", help="Words in the title.")] = None,
    limit: Limit = 50,
    form: Output = Form.TABLE,
    identity: As = None,
) -> None:
    """List checkpoints: what is pending, the nearest deadline first."""
    with connect(context, identity, Identity.APPROVER) as client:
        matching = client.checkpoints.iterate(
            state="all" if all_states else state,
            kind=kind,
            job_type=job_type,
            risk=risk,
            job_id=job_id,
            q=search,
            page_size=min(limit, PAGE),
        )
        checkpoint_view.several(list(islice(matching, limit)), form)


@app.command()
def show(context: typer.Context, checkpoint_id: CheckpointId, form: Output = Form.TABLE, identity: As = None) -> None:
    """Show one checkpoint with its payload."""
    with connect(context, identity, Identity.APPROVER) as client:
        checkpoint_view.one(client.checkpoints.get(checkpoint_id), form)


@app.command()
def approve(
    context: typer.Context,
    checkpoint_id: CheckpointId,
    reason: Annotated[str | None, typer.Option(help="Kept with the decision.")] = None,
    edit: Annotated[
        str | None, typer.Option(metavar="FILE", help="Approve this payload (JSON) instead; - reads stdin.")
    ] = None,
    etag: Etag = None,
    yes: Yes = False,
    form: Output = Form.TABLE,
    identity: As = None,
) -> None:
    """Let a payload through: shows it, asks, and decides on exactly what it showed."""
    edited = None if edit is None else Edit(read_text(edit))
    with connect(context, identity, Identity.APPROVER) as client:
        shown = _look(client, checkpoint_id, edited, form, quiet=yes)
        _confirm("Approve this payload?" if edited is None else "Approve this edited payload?", yes)
        decided = client.checkpoints.approve(checkpoint_id, reason=reason, edit=edited, etag=etag or shown.etag)
        checkpoint_view.decided(decided, form)


@app.command()
def reject(
    context: typer.Context,
    checkpoint_id: CheckpointId,
    reason: Annotated[str, typer.Option(help="Why; the job and its requester get to see it.")],
    etag: Etag = None,
    yes: Yes = False,
    form: Output = Form.TABLE,
    identity: As = None,
) -> None:
    """Say no: shows the payload, asks, and decides on exactly what it showed."""
    with connect(context, identity, Identity.APPROVER) as client:
        shown = _look(client, checkpoint_id, None, form, quiet=yes)
        _confirm("Reject this payload?", yes)
        checkpoint_view.decided(client.checkpoints.reject(checkpoint_id, reason, etag=etag or shown.etag), form)


@app.command()
def acknowledge(
    context: typer.Context, checkpoint_id: CheckpointId, form: Output = Form.TABLE, identity: As = None
) -> None:
    """Say that you have seen an info checkpoint."""
    with connect(context, identity, Identity.APPROVER) as client:
        checkpoint_view.decided(client.checkpoints.acknowledge(checkpoint_id), form)


@app.command()
def comment(
    context: typer.Context,
    checkpoint_id: CheckpointId,
    text: Annotated[str, typer.Argument(metavar="TEXT", help="What you have to say; - reads it from stdin.")],
    form: Output = Form.TABLE,
    identity: As = None,
) -> None:
    """Say something about a checkpoint; everybody who looks at it reads it."""
    said = read_text(text) if text == "-" else text
    with connect(context, identity, Identity.APPROVER) as client:
        checkpoint_view.said(client.checkpoints.comment(checkpoint_id, said), form)


@app.command()
def bulk(
    context: typer.Context,
    file: Annotated[
        str,
        typer.Argument(
            metavar="FILE",
            help='A JSON array of {"checkpointId", "payloadDigest", "decision", "reason"}; - reads stdin.',
        ),
    ],
    form: Output = Form.TABLE,
    identity: As = None,
) -> None:
    """Decide many at once, as a file says: reject up to 100, approve up to 20 of low risk and one job type."""
    decisions = _decisions(read_text(file))
    with connect(context, identity, Identity.APPROVER) as client:
        results = client.checkpoints.bulk(decisions)
    checkpoint_view.results(results, form)
    if any(result.problem is not None for result in results):
        raise typer.Exit(Exit.CONFLICT)


def _decisions(text: str) -> list[BulkDecision]:
    try:
        return TypeAdapter(list[BulkDecision]).validate_json(text)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False, include_context=False)[0]
        place = "/".join(map(str, first["loc"]))
        raise typer.BadParameter(f"at /{place}: {first['msg']}", param_hint="FILE") from error


def _look(client: Client, checkpoint_id: str, edited: Edit | None, form: Form, *, quiet: bool) -> ShownCheckpoint:
    """What is decided on, shown on the error stream: the answer alone goes to standard output."""
    shown = client.checkpoints.get(checkpoint_id)
    if not (quiet and form is Form.JSON):
        checkpoint_view.review(shown, edited)
    return shown


def _confirm(question: str, yes: bool) -> None:
    if yes:
        return
    try:
        agreed = typer.confirm(question, err=True)
    except typer.Abort:
        typer.echo("", err=True)  # the end of standard input leaves the question's line open
        agreed = False
    if not agreed:
        typer.echo("nothing was decided", err=True)
        raise typer.Exit(Exit.DECLINED)
