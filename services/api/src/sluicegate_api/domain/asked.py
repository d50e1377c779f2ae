"""What was asked for: the request of a job, which never changes."""

import json
from datetime import datetime
from typing import NamedTuple

from sluicegate_schemas.job_requested import JobRequested


class Asked(NamedTuple):
    """The request. Kept apart from the job's state, so that a change of state does not carry the input along."""

    job_id: str
    task_description: str
    input_data: str
    """The JSON text of the object."""
    priority: int
    max_attempts: int
    requested_by: str | None
    tags: str
    """A JSON list."""
    timeout_seconds: float | None
    run_at: datetime | None

    @property
    def tag_list(self) -> list[str]:
        """The tags."""
        tags: list[str] = json.loads(self.tags)
        return tags


def asked(request: JobRequested, input_data: bytes) -> Asked:
    """The row of a request, with its input as JSON."""
    return Asked(
        request.job_id,
        request.task_description,
        input_data.decode(),
        request.priority,
        request.max_attempts,
        request.requested_by,
        json.dumps(request.tags) if request.tags else "[]",
        request.timeout_seconds,
        request.run_at,
    )
