"""Turns what went wrong into words on the error stream and an exit code."""

from typing import Any

import typer
from typer.core import TyperGroup

from sluicegate.cli import output
from sluicegate.cli.exit_codes import Exit, of_error
from sluicegate.client.errors import ClientError, Problem
from sluicegate_schemas.errors import SchemaError


class ReportingGroup(TyperGroup):
    """The outermost group: whatever a command raises ends in one of the documented exit codes."""

    def invoke(self, ctx: Any) -> Any:
        """Runs the command."""
        try:
            return super().invoke(ctx)
        except ClientError as error:
            _tell(error)
            raise typer.Exit(of_error(error)) from error
        except SchemaError as error:
            output.note(f"error: {error}")
            raise typer.Exit(Exit.USAGE) from error
        except typer.Abort as error:
            output.note("nothing was done")
            raise typer.Exit(Exit.DECLINED) from error
        except KeyboardInterrupt as error:
            raise typer.Exit(Exit.INTERRUPTED) from error


def _tell(error: ClientError) -> None:
    output.note(f"error: {error}")
    if isinstance(error, Problem):
        for found in error.errors:
            output.note(f"  {found}")
        if error.request_id:
            output.note(f"  request {error.request_id}")
