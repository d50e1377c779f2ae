"""What both contexts say about the run without asking the journal."""

import logging
from pathlib import Path

from sluicegate.facts import RunFacts
from sluicegate.idempotency import idempotency_key


class RunView:
    """The facts of the run that a handler works on."""

    def __init__(self, facts: RunFacts) -> None:
        self._facts = facts

    @property
    def job_id(self) -> str:
        """The job."""
        return self._facts.job_id

    @property
    def run(self) -> int:
        """1, and one more each time that a person retried the ended job."""
        return self._facts.run

    @property
    def attempt(self) -> int:
        """1 + counted failures of this run; resuming does not count."""
        return self._facts.attempt

    @property
    def requested_by(self) -> str:
        """Who wants the job done."""
        return self._facts.requested_by

    @property
    def workspace(self) -> Path:
        """The folder that all jobs share."""
        return self._facts.workspace

    @property
    def log(self) -> "logging.LoggerAdapter[logging.Logger]":
        """A logger whose lines carry the job, run and attempt."""
        return logging.LoggerAdapter(
            logging.getLogger("sluicegate.handler"),
            {"job_id": self.job_id, "run": self.run, "attempt": self.attempt},
        )

    def idempotency_key(self, name: str) -> str:
        """A key for the step `name` that is the same in every attempt of this run, and in no other run."""
        return idempotency_key(self._facts, name)
