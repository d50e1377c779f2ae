"""What the worker is told by its environment."""

import os
import socket
from pathlib import Path
from typing import Annotated

from pydantic import Field, StringConstraints

from sluicegate_kit.settings import CommaSeparated, Seconds, StoringSettings
from sluicegate_schemas.limits import INPUT_BYTES


def _name_of_process() -> str:
    return f"{socket.gethostname()[:150]}-{os.getpid()}"


class WorkerSettings(StoringSettings):
    """The variables that only the worker reads."""

    keys_file: Path = Path("unused")
    """A worker has no callers."""
    mac_key_file: Path = Field(description="the file of the key that api and worker share, for sg_mac")
    decision_keys_file: Path = Field(description="the public keys of checkpoint-svc (JSON)")
    workspace: Path = Field(description="the folder below which handlers read and write")
    handlers: CommaSeparated = ("sluicegate_handlers",)
    """Modules that hold functions under `@job_handler`."""
    worker_id: Annotated[str, StringConstraints(min_length=1, max_length=200)] = Field(default_factory=_name_of_process)
    max_concurrent_jobs: int = Field(3, ge=1, le=10_000)
    """Slots."""
    poll_interval_seconds: Seconds = 5
    """The fallback: what no message and no notice has told is seen this soon."""
    lease_seconds: Seconds = 15
    heartbeat_seconds: Seconds = 3
    status_interval_seconds: Seconds = 5
    retry_base_seconds: float = Field(2, ge=0, le=86_400)
    retry_max_seconds: Seconds = 300
    unhandled_type_seconds: Seconds = 86_400
    """A run whose job type nobody handles for so long fails as `NoHandler`."""
    max_input_bytes: int = Field(INPUT_BYTES, ge=1)
