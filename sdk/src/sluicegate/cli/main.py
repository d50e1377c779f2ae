"""The entry point of `sluicegate`."""

import typer

from sluicegate.cli import checkpoints, dead_letters, jobs, login, worker
from sluicegate.cli.exit_codes import table
from sluicegate.cli.failures import ReportingGroup


def _epilog() -> str:
    codes = "\n\n".join(f"{code}: {meaning}" for code, meaning in table())
    return f"Exit codes:\n\n{codes}"


app = typer.Typer(
    name="sluicegate",
    cls=ReportingGroup,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    epilog=_epilog(),
    help="Submit jobs to Sluicegate, decide on their checkpoints, look after its workers.\n\n"
    "Finds a running `make dev` by its .sluicegate/dev.json in this folder or above; elsewhere set SLUICEGATE_URL and "
    "SLUICEGATE_API_KEY.",
)
app.add_typer(jobs.app, name="jobs")
app.add_typer(checkpoints.app, name="checkpoints")
app.add_typer(worker.app, name="worker")
app.add_typer(dead_letters.app, name="dead-letters")
app.command("login")(login.login)
