"""Idempotency keys: one caller's key makes one job, for a day."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from sluicegate_api.domain.errors import KeyReused

KEPT = timedelta(hours=24)


class IdempotencyKey(NamedTuple):
    """What a key was used for."""

    caller: str
    key: str
    body_digest: str
    """Over the body's JSON in canonical form, so that white space and the order of members don't matter."""
    job_id: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Once:
    """A caller's wish that this body makes at most one job."""

    caller: str
    key: str
    body_digest: str


def made_before(used: IdempotencyKey | None, once: Once, now: datetime) -> str | None:
    """The id of the job that this key made already; None if it is free.

    Raises:
        KeyReused
    """
    if used is None or now - used.created_at >= KEPT:
        return None
    if used.body_digest != once.body_digest:
        raise KeyReused(used.job_id)
    return used.job_id
