"""A span for each attempt. From its request to its suspension it is one trace; what a decision resumes is another."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from sluicegate.ends import AttemptEnd, Failed
from sluicegate.journal import StepSummary
from sluicegate_kit.tracing import Attributes, Tracing
from sluicegate_worker.executing.observing import ENDS, Tell, Watched, asked


class Traces:
    """A `Watcher`."""

    def __init__(self, tracing: Tracing) -> None:
        self._tracing = tracing

    @contextmanager
    def watching(self, attempt: Watched) -> Iterator[Tell]:
        """See `Watcher`."""
        run = attempt.run
        about: Attributes = {
            "job.id": run.job_id,
            "job.type": run.job_type,
            "job.run": run.run,
            "job.attempt": run.attempt,
        }
        later = bool(attempt.decided) or run.run > 1  # days may have passed: a trace of its own, with a link
        origin = attempt.traceparent
        parent, link = (None, origin) if later else (origin, None)
        with self._tracing.span(f"execute {run.job_type}", "consumer", about, parent=parent, link=link) as span:
            for key, outcome in attempt.decided:
                span.event("checkpoint decided", {"checkpoint.key": key, "checkpoint.outcome": outcome})

            def tell(end: AttemptEnd, steps: Sequence[StepSummary]) -> None:
                for key, kind in asked(steps):
                    span.event("checkpoint asked", {"checkpoint.key": key, "checkpoint.kind": kind})
                span.set({"job.end": ENDS[type(end)], "job.steps": len(steps)})
                if isinstance(end, Failed):
                    span.fail(end.error.type)

            yield tell
