"""What a handler may know about the run that it works on."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class RunFacts:
    """Given by the engine at the start of every attempt and every resume."""

    job_id: str
    run: int
    attempt: int
    """1 + counted failures; resuming does not count."""
    job_type: str
    requested_by: str
    workspace: Path
    """The folder that all jobs share; handlers read and write below it."""
    timeout_seconds: float | None = None
    """Running time that one attempt may take. None: no limit."""
    ran_seconds: float = 0.0
    """Running time that this attempt has taken already, before it was suspended."""
