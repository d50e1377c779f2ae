"""Times as people read them."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from sluicegate_kit.pages import moments

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (0, "0 s"),
        (0.9, "0 s"),
        (59.9, "59 s"),
        (60, "1 min"),
        (3599, "59 min"),
        (3600, "1 h"),
        (3660, "1 h 1 min"),
        (9 * 3600 + 59 * 60, "9 h 59 min"),
        (10 * 3600 + 59 * 60, "10 h"),
        (86_400, "1 d"),
        (86_400 + 3600, "1 d 1 h"),
        (30 * 86_400, "30 d"),
        (-5, "0 s"),
    ],
)
def test_a_duration_has_the_units_that_matter(seconds: float, said: str) -> None:
    assert moments.duration(seconds) == said


@pytest.mark.parametrize(("seconds", "said"), [(0, "now"), (-12, "12 s ago"), (0.4, "now"), (120, "in 2 min")])
def test_a_moment_is_told_from_now(seconds: float, said: str) -> None:
    assert moments.relative(NOON + timedelta(seconds=seconds), NOON) == said


def test_a_time_has_its_absolute_time_in_utc_too() -> None:
    there = NOON.astimezone(timezone(timedelta(hours=5, minutes=30)))
    assert moments.ago(there, NOON + timedelta(minutes=4)) == (
        '<time datetime="2026-11-22T12:00:00.000Z" title="2026-11-22 12:00:00 UTC" data-relative="">4 min ago</time>'
    )


@pytest.mark.parametrize(
    ("left", "nearness", "said", "bare"),
    [
        (timedelta(minutes=16), "far", "in 16 min", "16 min"),
        (timedelta(minutes=15), "near", "in 15 min", "15 min"),
        (timedelta(0), "over", "now", "over"),
        (timedelta(seconds=-3), "over", "3 s ago", "over"),
    ],
)
def test_a_deadline_says_how_near_it_is(left: timedelta, nearness: str, said: str, bare: str) -> None:
    assert f'data-deadline="{nearness}">{said}<' in moments.remaining(NOON + left, NOON)
    assert f'data-deadline="{nearness}">{bare}<' in moments.left(NOON + left, NOON)


def test_an_age_leaves_out_what_its_heading_says() -> None:
    assert 'data-relative="bare">4 min</time>' in moments.age(NOON, NOON + timedelta(minutes=4))


def test_a_stamp_has_both_times_in_full() -> None:
    assert moments.stamp(NOON, NOON + timedelta(seconds=5)) == (
        '<time datetime="2026-11-22T12:00:00.000Z">2026-11-22 12:00:00 UTC '
        '<span class="quiet" data-relative>5 s ago</span></time>'
    )
