"""Reads a whole request from a file, as `POST /api/agent-jobs` takes it; what the command line says besides wins."""

from datetime import datetime
from typing import Any

import typer

from sluicegate.cli.files import read_object

_NAMES = {
    "jobType": "job_type",
    "taskDescription": "task_description",
    "inputData": "input_data",
    "priority": "priority",
    "maxAttempts": "max_attempts",
    "timeoutSeconds": "timeout_seconds",
    "runAt": "run_at",
    "tags": "tags",
}


def merged(file: str | None, said: dict[str, Any]) -> dict[str, Any]:
    """The arguments of `client.jobs.submit`: those of the file, if there is one, under those not None in `said`.

    Raises:
        BadParameter: the file is no request, or nobody says which job type.
    """
    found = {} if file is None else _request(file)
    found |= {name: value for name, value in said.items() if value is not None}
    if "job_type" not in found:
        raise typer.BadParameter("which job type? Name it, or give a request with --request")
    found.setdefault("task_description", f"{found['job_type']} from the command line")
    return found


def _request(file: str) -> dict[str, Any]:
    """Wrong types are left to the service to name, but where they would not even reach it."""
    read = read_object(file)
    if unknown := sorted(read.keys() - _NAMES):
        raise typer.BadParameter(f"{file}: a request has no member {', '.join(unknown)}; has {', '.join(_NAMES)}")
    found: dict[str, Any] = {_NAMES[name]: value for name, value in read.items() if value is not None}
    for name, kind, what in (("input_data", dict, "an object"), ("tags", list, "a list"), ("run_at", str, "a time")):
        if name in found and not isinstance(found[name], kind):
            raise typer.BadParameter(f"{file}: {name} should be {what}")
    if "run_at" in found:
        found["run_at"] = _moment(file, found["run_at"])
    return found


def _moment(file: str, text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter(f"{file}: runAt should be a time, as in 2026-01-31T12:00:00Z") from None
    if moment.tzinfo is None:
        raise typer.BadParameter(f"{file}: runAt needs an offset, as in 2026-01-31T12:00:00Z")
    return moment
