"""Tells Sentry of handlers that failed, and of each execution as a transaction. Imported only where a DSN is set."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import sentry_sdk
from sentry_sdk.types import Event, Hint
from sentry_sdk.utils import event_from_exception

from sluicegate.ends import AttemptEnd, Cancelled, Failed, Lost
from sluicegate.journal import StepSummary
from sluicegate_worker.executing.observing import ENDS, Tell, Watched, asked

WITHHELD = "[withheld: the job's page has it]"
"""Instead of the messages of errors, which say what they like, also of inputs."""
FLUSH_SECONDS = 2.0


class ErrorReports:
    """A `Watcher`. Suspension, rejection, expiry, cancel and a lost lease are no errors."""

    def __init__(self, dsn: str, *, traces_sample_rate: float, release: str, server_name: str) -> None:
        """Raises `sentry_sdk.utils.BadDsn`."""
        self._client = sentry_sdk.init(
            dsn=dsn,
            release=release,
            server_name=server_name,
            traces_sample_rate=traces_sample_rate,
            default_integrations=False,
            auto_enabling_integrations=False,
            send_default_pii=False,
            include_local_variables=False,
            before_send=_without_data,
        )

    @contextmanager
    def watching(self, attempt: Watched) -> Iterator[Tell]:
        """See `Watcher`."""
        run = attempt.run
        with sentry_sdk.isolation_scope() as scope:
            for name, value in (("job_id", run.job_id), ("run", run.run), ("attempt", run.attempt)):
                scope.set_tag(name, str(value))
            scope.set_tag("job_type", run.job_type)
            for key, outcome in attempt.decided:
                _crumb(f"{key}: {outcome}")
            with sentry_sdk.start_transaction(op="job.execute", name=run.job_type, source="task") as transaction:

                def tell(end: AttemptEnd, steps: Sequence[StepSummary]) -> None:
                    for key, kind in asked(steps):
                        _crumb(f"{key}: asked ({kind})")
                    transaction.set_tag("end", ENDS[type(end)])
                    transaction.set_status(_status(end))
                    if isinstance(end, Failed):
                        _report(end)

                yield tell

    def close(self) -> None:
        """Send what is left; blocks for a moment."""
        sentry_sdk.flush(FLUSH_SECONDS)


def _crumb(message: str) -> None:
    sentry_sdk.add_breadcrumb(category="checkpoint", message=message, level="info")


def _status(end: AttemptEnd) -> str:
    if isinstance(end, Failed):
        return "internal_error"
    return "cancelled" if isinstance(end, Cancelled | Lost) else "ok"


def _report(end: Failed) -> None:
    if end.raised is None:
        return
    mechanism = {"type": "sluicegate", "handled": True, "data": {"retryable": end.error.retryable}}
    options = sentry_sdk.get_client().options
    event, hint = event_from_exception(end.raised, client_options=options, mechanism=mechanism)
    sentry_sdk.capture_event(event, hint=hint)


def _without_data(event: Event, hint: Hint) -> Event:
    """What of an event could hold somebody's data, taken out: types, frames and ids say enough."""
    exceptions: list[dict[str, Any]] = event.get("exception", {}).get("values", [])
    for exception in exceptions:
        exception["value"] = WITHHELD
        for frame in (exception.get("stacktrace") or {}).get("frames") or ():
            frame.pop("vars", None)
    event.pop("extra", None)
    return event
