"""Options that several commands share."""

from typing import Annotated

import typer

from sluicegate.cli.output import Form
from sluicegate.cli.session import Identity

Output = Annotated[Form, typer.Option("--output", "-o", help="How to print the answer.")]
As = Annotated[
    Identity | None, typer.Option("--as", help="Call as this identity of .sluicegate/dev.json.", show_default=False)
]
Limit = Annotated[int, typer.Option(min=1, help="How many to show at most.")]
PAGE = 200
"""The most that one request may ask for."""
