"""What the templates can call besides what every template knows."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from sluicegate_api.pages import paths
from sluicegate_api.pages.looks import STATUSES
from sluicegate_api.pages.words import count, lasting


def _local(moment: datetime | None) -> str:
    """As a field for date and time takes it."""
    return "" if moment is None else moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S")


def _day(moment: datetime, now: datetime) -> str:
    """`26 Nov`, with its year if that is another one."""
    at = moment.astimezone(UTC)
    return f"{at.day} {at:%b}" + ("" if at.year == now.year else f" {at.year}")


FUNCTIONS: Mapping[str, Callable[..., Any]] = {
    "count": count,
    "day_of": _day,
    "job_path": paths.job,
    "lasting": lasting,
    "local": _local,
    "look_of": STATUSES.__getitem__,
}
