"""What the worker is told by its environment."""

import os
import socket
from pathlib import Path
from typing import Annotated

from pydantic import Field, SecretStr, StringConstraints

from sluicegate_kit.settings import CommaSeparated, Seconds, StoringSettings
from sluicegate_schemas.limits import INPUT_BYTES


def _name_of_process() -> str:
    return f"{socket.gethostname()[:150]}-{os.getpid()}"


class WorkerSettings(StoringSettings):
    """The variables that only the worker reads."""

    keys_file: Path = Path("unused")
    """A worker has no callers."""
    mac_key_file: Path = Field(
        description="the file of the keys that api and worker share, for sg_mac: one a line; "
        "the first one seals, each one is believed"
    )
    decision_keys_file: Path = Field(description="the public keys of checkpoint-svc (JSON)")
    workspace: Path = Field(description="the folder below which handlers read and write")
    handlers: CommaSeparated = ("sluicegate_handlers",)
    """Modules that hold functions under `@job_handler`."""
    worker_id: Annotated[str, StringConstraints(min_length=1, max_length=200)] = Field(default_factory=_name_of_process)
    """The replica's name in status and logs; host and process id, if not set."""
    max_concurrent_jobs: int = Field(3, ge=1, le=10_000)
    """Slots: runs that this replica executes at once."""
    poll_interval_seconds: Seconds = 5
    """The fallback: what no message and no notice has told is seen this soon."""
    lease_seconds: Seconds = 15
    """Others take over the runs of a replica that has been silent for so long."""
    heartbeat_seconds: Seconds = 3
    """How often the lease is renewed; a third of it or less."""
    status_interval_seconds: Seconds = 5
    """How often the replica says what it does. The api counts on a replica that it has heard of within 20 s."""
    retry_base_seconds: float = Field(2, ge=0, le=86_400)
    """The wait before the second attempt, for handlers that say nothing else; then twice as long, and so on."""
    retry_max_seconds: Seconds = 300
    """The longest of those waits."""
    unhandled_type_seconds: Seconds = 86_400
    """A run whose job type nobody handles for so long fails as `NoHandler`."""
    sentry_dsn: SecretStr | None = None
    """Where handlers that fail are reported. It takes the extra `sentry` of this package."""
    sentry_traces_sample_rate: float = Field(1.0, ge=0, le=1)
    """The share of executions that Sentry gets as transactions."""
    max_input_bytes: int = Field(INPUT_BYTES, ge=1)
    """A request whose input is larger is dead-lettered."""
