"""What the page shows of the figures: charts, words, links."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from urllib.parse import urlencode

from sluicegate_insights.domain.figures import Figures, Insights
from sluicegate_insights.domain.window import DAY, HOUR, WEEK, Window
from sluicegate_insights.pages.charts import Bars, Piece, overlaid, shares, stacked
from sluicegate_insights.reader import Progress
from sluicegate_kit.pages.moments import duration
from sluicegate_schemas.checkpoint_decided import Outcome
from sluicegate_schemas.job_lifecycle import Status

PAGE = "/admin/insights"
MOST_TYPES = 50
WORDS = {HOUR.name: "Hour", DAY.name: "Day", WEEK.name: "Week"}
ENDS = (Status.SUCCEEDED, Status.FAILED, Status.REJECTED, Status.EXPIRED, Status.CANCELLED)
"""In the order in which they are stacked, from the ground."""


@dataclass(frozen=True, slots=True)
class Tab:
    """A window to choose."""

    word: str
    href: str
    current: bool


@dataclass(frozen=True, slots=True)
class Slice:
    """A row of the tables below the charts."""

    start: datetime
    figures: Figures


@dataclass(frozen=True, slots=True)
class TypeRow:
    """One job type."""

    name: str
    href: str
    figures: Figures
    shares: Sequence[Piece]


@dataclass(frozen=True, slots=True)
class View:
    """All of it."""

    tabs: Sequence[Tab]
    job_type: str | None
    every_type: str
    """Where the figures of all job types are."""
    total: Figures
    per_hour: str
    throughput: Bars
    waits: Bars
    slices: Sequence[Slice]
    """Those in which something happened."""
    marks: Sequence[str]
    """Times along the charts: their beginning, middle and end."""
    types: Sequence[TypeRow]
    left_out: int
    progress: Progress


def view(found: Insights, progress: Progress, job_type: str | None) -> View:
    """The page's figures."""
    window = found.window
    moments = [found.start + number * window.slice_seconds for number in range(window.slices + 1)]
    return View(
        tabs=[Tab(word, address(name, job_type), name == window.name) for name, word in WORDS.items()],
        job_type=job_type,
        every_type=address(window.name, None),
        total=found.total,
        per_hour=rate(found.total.throughput * 3600 / window.seconds),
        throughput=stacked([ends(figures) for figures in found.slices]),
        waits=overlaid([_waits(figures) for figures in found.slices]),
        slices=[
            Slice(datetime.fromtimestamp(at, UTC), figures)
            for at, figures in zip(moments, found.slices, strict=False)
            if figures.ended or figures.decided
        ],
        marks=[_mark(moments[place], window) for place in (0, window.slices // 2, window.slices)],
        types=[
            TypeRow(name, address(window.name, name), figures, shares(ends(figures)))
            for name, figures in islice(found.by_type.items(), MOST_TYPES)
        ],
        left_out=max(0, len(found.by_type) - MOST_TYPES),
        progress=progress,
    )


def address(window: str, job_type: str | None) -> str:
    """The page with this window and job type."""
    return f"{PAGE}?{urlencode({'window': window} | ({'jobType': job_type} if job_type else {}))}"


def ends(figures: Figures) -> list[tuple[str, float]]:
    """How many runs ended in which way."""
    return [(status.value, figures.ended[status]) for status in ENDS]


def rate(per_hour: float) -> str:
    """Rounded, but what happened is never 0."""
    return "0" if not per_hour else "< 0.1" if per_hour < 0.1 else f"{per_hour:.1f}"


def share(figures: Figures, status: Status) -> str:
    """In per cent of the runs that ended; rounded, but nothing that happened is 0 % and nothing that didn't 100 %."""
    part, whole = figures.ended[status], figures.throughput
    if not part:
        return "0 %"
    percent = round(100 * part / whole)
    return "< 1 %" if percent == 0 else "> 99 %" if percent == 100 and part < whole else f"{percent} %"


def lasting(seconds: float | None) -> str:
    """A duration, exact enough for short ones: `0.4 s`, `26 min`; a dash where there is none."""
    if seconds is None:
        return "–"
    return f"{seconds:.1f} s" if seconds < 10 else duration(seconds)


def decided(figures: Figures) -> list[tuple[Outcome, int]]:
    """How many approvals were decided in which way."""
    return [(outcome, figures.decided[outcome]) for outcome in Outcome if figures.decided[outcome]]


def moment(at: float) -> datetime:
    """Seconds since 1970, for the filters of templates."""
    return datetime.fromtimestamp(at, UTC)


def _waits(figures: Figures) -> list[tuple[str, float]]:
    return [(f"p{percent}", found) for percent in (95, 50) if (found := figures.wait(percent)) is not None]


def _mark(at: float, window: Window) -> str:
    moment = datetime.fromtimestamp(at, UTC)
    return f"{moment.day} {moment:%b %H:%M}" if window is WEEK else f"{moment:%H:%M}"
