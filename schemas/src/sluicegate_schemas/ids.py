"""The identifiers that cross services, and how each is made."""

from typing import Annotated, NewType
from uuid import NAMESPACE_URL, UUID, uuid5

from pydantic import StringConstraints
from uuid6 import uuid7

JobId = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._:\-]{1,128}$")]
"""Made by the api as a UUIDv7, or brought by an upstream system."""

WorkerId = NewType("WorkerId", str)
CheckpointKey = Annotated[str, StringConstraints(min_length=1, max_length=200)]

_CHECKPOINTS = uuid5(NAMESPACE_URL, "https://sluicegate.dev/checkpoint")


def new_id() -> UUID:
    """A UUIDv7: its order is the order of creation, to the millisecond."""
    return UUID(bytes=uuid7().bytes)


def checkpoint_id(job_id: str, run: int, key: str, ask: int) -> UUID:
    """UUIDv5 over (job, run, key, ask): asking again the same thing gives the same id (RFC 9562, section 5.5)."""
    return uuid5(_CHECKPOINTS, "\n".join((job_id, str(run), str(ask), key)))
