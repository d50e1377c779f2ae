"""Writes times and durations for people; the page's script keeps the relative ones fresh."""

from datetime import UTC, datetime, timedelta

from markupsafe import Markup

_STEPS = ((86_400, "d"), (3_600, "h"), (60, "min"), (1, "s"))


def duration(seconds: float) -> str:
    """Its largest unit, and the next smaller one below ten: `3 s`, `4 min 10 s`, `26 min`, `2 h 5 min`, `12 d`."""
    left = max(0, int(seconds))
    for place, (size, unit) in enumerate(_STEPS):
        if left >= size:
            whole, rest = divmod(left, size)
            smaller = _STEPS[place + 1] if place + 1 < len(_STEPS) else None
            if whole < 10 and smaller is not None and rest >= smaller[0]:
                return f"{whole} {unit} {rest // smaller[0]} {smaller[1]}"
            return f"{whole} {unit}"
    return "0 s"


def relative(moment: datetime, now: datetime) -> str:
    """`4 min ago`, `in 2 h 5 min`, `now`."""
    seconds = (now - moment).total_seconds()
    if abs(seconds) < 1:
        return "now"
    return f"{duration(seconds)} ago" if seconds > 0 else f"in {duration(-seconds)}"


def absolute(moment: datetime) -> str:
    """To the second, in UTC."""
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"


def machine(moment: datetime) -> str:
    """As `datetime` of a `<time>` wants it."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def ago(moment: datetime, now: datetime) -> Markup:
    """A `<time>` that says how long ago, or in how long; the absolute time is its title."""
    return Markup('<time datetime="{}" title="{}" data-relative>{}</time>').format(
        machine(moment), absolute(moment), relative(moment, now)
    )


def remaining(moment: datetime, now: datetime, urgent: timedelta = timedelta(minutes=15)) -> Markup:
    """As `ago`, for a deadline: marked when it is near or over."""
    left = moment - now
    near = "over" if left <= timedelta(0) else "near" if left <= urgent else "far"
    return Markup('<time datetime="{}" title="{}" data-relative data-deadline="{}">{}</time>').format(
        machine(moment), absolute(moment), near, relative(moment, now)
    )


def stamp(moment: datetime, now: datetime) -> Markup:
    """A `<time>` with both: `2026-11-26 21:45:02 UTC · 4 min ago`."""
    return Markup('<time datetime="{}">{} <span class="quiet" data-relative>{}</span></time>').format(
        machine(moment), absolute(moment), relative(moment, now)
    )
