"""Claim order: the lowest rank first. Everything ages, so a higher priority overtakes and nothing starves."""

from datetime import datetime, timedelta

MINUTE = timedelta(seconds=60)
_HEAD_START = tuple(priority * MINUTE for priority in range(12))


def first_rank(ready_at: datetime, priority: int) -> datetime:
    """`ready_at − priority × 60 s`."""
    return ready_at - _HEAD_START[priority]


def resume_rank(now: datetime, priority: int) -> datetime:
    """`now − (priority + 1) × 60 s`: what a person has already waited for goes a little ahead."""
    return now - _HEAD_START[priority + 1]
