"""Writes times and durations for people; the page's script keeps the relative ones fresh."""

from datetime import UTC, datetime, timedelta

from markupsafe import Markup

_HOUR = 3_600
_NEAR = timedelta(minutes=15)
_TIME = Markup('<time datetime="{}" title="{}" data-relative="{}">{}</time>')
_DEADLINE = Markup('<time datetime="{}" title="{}" data-relative="{}" data-deadline="{}">{}</time>')
_STEPS = ((86_400, "d"), (3_600, "h"), (60, "min"), (1, "s"))


def duration(seconds: float) -> str:
    """Its largest unit, and below ten hours or days the next smaller one: `3 s`, `26 min`, `2 h 5 min`, `12 d`."""
    left = max(0, int(seconds))
    for place, (size, unit) in enumerate(_STEPS):
        if left >= size:
            whole, rest = divmod(left, size)
            smaller, name = _STEPS[min(place + 1, len(_STEPS) - 1)]
            if whole < 10 and size >= _HOUR and rest >= smaller:
                return f"{whole} {unit} {rest // smaller} {name}"
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
    return _TIME.format(machine(moment), absolute(moment), "", relative(moment, now))


def age(moment: datetime, now: datetime) -> Markup:
    """As `ago`, under a heading that says so already: `4 min`."""
    return _TIME.format(machine(moment), absolute(moment), "bare", duration((now - moment).total_seconds()))


def remaining(moment: datetime, now: datetime) -> Markup:
    """As `ago`, for a deadline: marked when it is near or over."""
    return _DEADLINE.format(machine(moment), absolute(moment), "", _nearness(moment, now), relative(moment, now))


def left(moment: datetime, now: datetime) -> Markup:
    """As `remaining`, under a heading that says so already: `4 min`, `over`."""
    nearness = _nearness(moment, now)
    text = "over" if nearness == "over" else duration((moment - now).total_seconds())
    return _DEADLINE.format(machine(moment), absolute(moment), "bare", nearness, text)


def _nearness(moment: datetime, now: datetime) -> str:
    return "over" if moment <= now else "near" if moment - now <= _NEAR else "far"


def stamp(moment: datetime, now: datetime) -> Markup:
    """A `<time>` with both: `2026-11-26 21:45:02 UTC · 4 min ago`."""
    return Markup('<time datetime="{}">{} <span class="quiet" data-relative>{}</span></time>').format(
        machine(moment), absolute(moment), relative(moment, now)
    )
