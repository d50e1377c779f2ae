"""How checkpoints are printed."""

import difflib
from collections.abc import Iterator

import typer

from sluicegate.cli import output, payload_view, terminal_safe
from sluicegate.cli.output import Cell, Form
from sluicegate.client import BulkResult, Checkpoint, Edit, Moment, ShownCheckpoint
from sluicegate_schemas import strict_json


def several(found: list[Checkpoint], form: Form) -> None:
    """A list of checkpoints."""
    if form is Form.JSON:
        output.as_json(found)
    else:
        output.table(
            ("checkpoint", "risk", "type", "title", "requested by", "state", "created", "expires"),
            (
                (
                    str(item.checkpoint_id),
                    item.risk,
                    item.job_type,
                    item.title,
                    item.requested_by,
                    item.state,
                    item.created_at,
                    item.expires_at,
                )
                for item in found
            ),
        )


def one(shown: ShownCheckpoint, form: Form) -> None:
    """All that there is to know of a checkpoint."""
    if form is Form.JSON:
        output.as_json(shown)
    else:
        output.fields(_facts(shown))
        for line in (*_payload(shown), *_comments(shown)):
            typer.echo(line)


def review(shown: ShownCheckpoint, edited: Edit | None) -> None:
    """What a person has to see before deciding, on the error stream."""
    for name, value in _facts(shown):
        if value is not None:
            typer.echo(f"{name:<13} {output.cell(value)}", err=True)
    lines = _payload(shown) if edited is None else _difference(shown, edited)
    for line in lines:
        typer.echo(line, err=True)


def decided(checkpoint: Checkpoint, form: Form) -> None:
    """Where the checkpoint stands now."""
    if form is Form.JSON:
        output.as_json(checkpoint)
    elif checkpoint.acknowledged is not None:
        typer.echo(f"{checkpoint.checkpoint_id} is acknowledged by {output.cell(checkpoint.acknowledged.by)}")
    else:
        by = checkpoint.decision.by if checkpoint.decision else []
        typer.echo(f"{checkpoint.checkpoint_id} is {checkpoint.state}{output.cell(_by(by))}")


def said(comment: Moment, form: Form) -> None:
    """A comment that was taken."""
    if form is Form.JSON:
        output.as_json(comment)
    else:
        typer.echo(f"said as {output.cell(comment.by)} at {output.cell(comment.at)}")


def results(found: list[BulkResult], form: Form) -> None:
    """What became of many decisions."""
    if form is Form.JSON:
        output.as_json(found)
    else:
        output.table(
            ("checkpoint", "status", "what"), ((str(item.checkpoint_id), item.status, _became(item)) for item in found)
        )


def _became(result: BulkResult) -> str:
    if result.checkpoint is not None:
        return str(result.checkpoint.state)
    error = result.error()
    return error.detail if error else ""


def _facts(shown: ShownCheckpoint) -> Iterator[tuple[str, Cell]]:
    yield "checkpoint", str(shown.checkpoint_id)
    yield "job", f"{shown.job_id} run {shown.run}"
    yield "type", shown.job_type
    yield "kind", shown.kind
    yield "state", shown.state
    yield "risk", shown.risk
    yield "requested by", shown.requested_by
    yield "expires", shown.expires_at
    yield "allowed", ", ".join(shown.allowed_decisions) or None
    yield "digest", shown.payload_digest
    if shown.acknowledged is not None:
        yield "acknowledged", f"by {shown.acknowledged.by}"
    if shown.decision is not None:
        yield "decision", f"{shown.decision.outcome}{_by(shown.decision.by)}"
        yield "reason", shown.decision.reason
        yield "applied", shown.decision.applied.outcome if shown.decision.applied else "not yet"
    # The agent's own words, after the facts and marked as theirs.
    yield "says: title", shown.title
    yield "says: text", shown.description


def _payload(shown: ShownCheckpoint) -> Iterator[str]:
    yield "payload"
    yield from payload_view.lines(shown.payload, "  ")


def _comments(shown: ShownCheckpoint) -> Iterator[str]:
    for moment in shown.timeline:
        if moment.text is not None:
            yield f"{output.cell(moment.by)} said at {output.cell(moment.at)}"
            yield from (f"  {line}" for line in terminal_safe.block(moment.text).splitlines())


def _difference(shown: ShownCheckpoint, edited: Edit) -> Iterator[str]:
    asked = list(payload_view.lines(shown.payload))
    wanted = list(payload_view.lines(strict_json.read(edited.text.encode())))
    difference = list(difflib.unified_diff(asked, wanted, "payload", "edited payload", lineterm="", n=5))
    yield from difference or ["the edited payload equals the payload"]


def _by(names: list[str]) -> str:
    return f" by {', '.join(names)}" if names else ""
