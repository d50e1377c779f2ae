"""`sluicegate worker`."""

import typer

from sluicegate.cli import output
from sluicegate.cli.options import As, Output
from sluicegate.cli.output import Form
from sluicegate.cli.session import Identity, connect
from sluicegate.client import Fleet

app = typer.Typer(no_args_is_help=True, help="See the workers, start and stop them.")


@app.command()
def status(context: typer.Context, form: Output = Form.TABLE, identity: As = None) -> None:
    """Show what the fleet should do, each replica, and the queue."""
    with connect(context, identity, Identity.ADMIN) as client:
        _show(client.worker.status(), form)


@app.command()
def start(context: typer.Context, form: Output = Form.TABLE, identity: As = None) -> None:
    """Let all replicas claim jobs."""
    with connect(context, identity, Identity.ADMIN) as client:
        _show(client.worker.start(), form)


@app.command()
def stop(context: typer.Context, form: Output = Form.TABLE, identity: As = None) -> None:
    """Let running jobs finish; nothing new is claimed until a start."""
    with connect(context, identity, Identity.ADMIN) as client:
        _show(client.worker.stop(), form)


def _show(fleet: Fleet, form: Form) -> None:
    if form is Form.JSON:
        output.as_json(fleet)
        return
    output.fields(
        (
            ("fleet should be", fleet.desired if fleet.confirmed else f"{fleet.desired} (no replica knows yet)"),
            ("active / ready", f"{fleet.active_jobs} / {fleet.ready}"),
            ("demand", fleet.demand),
            ("oldest ready, seconds", fleet.oldest_ready_seconds),
            ("no worker handles", ", ".join(fleet.unhandled_job_types) or None),
        )
    )
    if fleet.replicas:
        output.table(
            ("replica", "state", "busy", "handles", "last heard"),
            (
                (
                    replica.worker_id,
                    replica.state if replica.live else f"{replica.state}, silent",
                    f"{replica.active_jobs} of {replica.slots}",
                    ", ".join(replica.job_types),
                    replica.last_status_at,
                )
                for replica in fleet.replicas
            ),
        )
    if fleet.queue:
        output.table(
            ("job type", "state", "count", "oldest ready"),
            ((depth.job_type, depth.state, depth.count, depth.oldest_ready_at) for depth in fleet.queue),
        )
