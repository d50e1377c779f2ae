"""`sluicegate login`."""

from typing import Annotated

import typer

from sluicegate.cli import output
from sluicegate.cli.options import As, Output
from sluicegate.cli.output import Form
from sluicegate.cli.session import Identity, connect


def login(
    context: typer.Context,
    name: Annotated[str, typer.Argument(metavar="NAME", help="A person of the keys file, as it is written there.")],
    form: Output = Form.TABLE,
    identity: As = None,
) -> None:
    """Make a link that signs a person in to the pages: good once, for ten minutes."""
    with connect(context, identity, Identity.ADMIN) as client:
        link = client.sign_in.link(name)
    if form is Form.JSON:
        output.as_json(link)
        return
    typer.echo(output.cell(link.url))
    output.note(f"signs {link.name} in, once, until {output.cell(link.expires_at)}; pass it on in private")
