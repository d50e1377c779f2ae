"""`sluicegate dead-letters`."""

from itertools import islice
from typing import Annotated

import typer

from sluicegate.cli import output, terminal_safe
from sluicegate.cli.options import PAGE, As, Limit, Output
from sluicegate.cli.output import Cell, Form
from sluicegate.cli.session import Identity, connect
from sluicegate.client import DeadLetter

app = typer.Typer(no_args_is_help=True, help="See records that could not be handled, and send them again.")

DeadLetterId = Annotated[str, typer.Argument(metavar="DEAD_LETTER_ID", help="The dead letter.")]


@app.command("list")
def list_(
    context: typer.Context,
    topic: Annotated[str | None, typer.Option(help="Only from this topic.")] = None,
    code: Annotated[str | None, typer.Option(help="Only with this kind of defect.")] = None,
    limit: Limit = 50,
    form: Output = Form.TABLE,
    identity: As = None,
) -> None:
    """List dead letters, newest first."""
    with connect(context, identity, Identity.ADMIN) as client:
        found = list(islice(client.dead_letters.iterate(topic=topic, code=code, page_size=min(limit, PAGE)), limit))
        if form is Form.JSON:
            output.as_json(found)
        else:
            output.table(
                ("dead letter", "topic", "code", "reason", "at", "redriven"),
                ((str(item.id), item.topic, item.code, item.reason, item.at, item.redriven_at) for item in found),
            )


@app.command()
def show(context: typer.Context, dead_letter_id: DeadLetterId, form: Output = Form.TABLE, identity: As = None) -> None:
    """Show one dead letter with its raw bytes."""
    with connect(context, identity, Identity.ADMIN) as client:
        shown = client.dead_letters.get(dead_letter_id)
        if form is Form.JSON:
            output.as_json(shown)
            return
        output.fields(_facts(shown))
        for name, value in shown.raw_headers():
            typer.echo(f"header {output.cell(name)}: {output.cell(_readable(value))}")
        value = shown.raw_value()
        typer.echo(_measure(value, shown.value_bytes))
        typer.echo(terminal_safe.block(_readable(value)))


@app.command()
def redrive(
    context: typer.Context, dead_letter_id: DeadLetterId, form: Output = Form.TABLE, identity: As = None
) -> None:
    """Send the record again."""
    with connect(context, identity, Identity.ADMIN) as client:
        sent = client.dead_letters.redrive(dead_letter_id)
        if form is Form.JSON:
            output.as_json(sent)
        else:
            typer.echo(f"{sent.id} is sent again to {output.cell(sent.topic)}")


def _readable(data: bytes) -> str:
    return data.decode("utf-8", "backslashreplace")


def _measure(value: bytes, whole: int | None) -> str:
    if whole is None:
        return f"value, {len(value)} bytes"
    return f"value, first {len(value)} bytes of {whole}; the record is too large to be kept whole or sent again"


def _facts(letter: DeadLetter) -> tuple[tuple[str, Cell], ...]:
    return (
        ("dead letter", str(letter.id)),
        ("topic", letter.topic),
        ("partition", letter.partition),
        ("offset", letter.offset),
        ("key", letter.key_text),
        ("code", letter.code),
        ("reason", letter.reason),
        ("at", letter.at),
        ("came", f"{letter.times} times" if letter.times > 1 else None),
        ("last", letter.last_at if letter.times > 1 else None),
        ("job that waits", letter.job_id),
        ("redriven", letter.redriven_at),
    )
