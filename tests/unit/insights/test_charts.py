"""Charts stand where their numbers say."""

import pytest

from sluicegate_insights.domain.figures import Figures
from sluicegate_insights.pages.charts import Piece, overlaid, round_duration, round_top, shares, stacked
from sluicegate_insights.pages.view import lasting, rate, share
from sluicegate_kit.pages.moments import duration
from sluicegate_schemas.job_lifecycle import Status


@pytest.mark.parametrize(
    ("value", "top"),
    [(0, 1), (1, 1), (1.1, 2), (7, 7), (11, 12), (99, 100), (130, 150), (1_100, 1_200), (4_321, 5_000)],
)
def test_the_height_of_a_chart_is_a_round_number(value: float, top: float) -> None:
    assert round_top(value) == top


@pytest.mark.parametrize(
    ("seconds", "top"),
    [(0, "1 s"), (7, "10 s"), (61, "2 min"), (2_600, "45 min"), (9_000, "3 h"), (70_000, "1 d"), (200_000, "3 d")],
)
def test_the_height_of_a_chart_of_durations_is_one_that_people_would_say(seconds: float, top: str) -> None:
    assert duration(round_duration(seconds)) == top


def test_parts_of_a_bar_stand_on_each_other() -> None:
    chart = stacked([[("a", 6.0), ("b", 4.0)], [("a", 0.0), ("b", 5.0)]])
    assert chart.top == 10
    assert chart.bars == [[Piece("a", 40, 60), Piece("b", 0, 40)], [Piece("b", 50, 50)]]


def test_layers_of_a_bar_all_stand_on_the_ground() -> None:
    assert overlaid([[("p95", 10.0), ("p50", 5.0)], []]).bars == [[Piece("p95", 0, 100), Piece("p50", 50, 50)], []]


def test_shares_fill_the_bar() -> None:
    assert shares([("a", 3.0), ("b", 0.0), ("c", 1.0)]) == [Piece("a", 0, 75), Piece("c", 75, 25)]
    assert shares([("a", 0.0)]) == []


def test_what_happened_is_never_none_and_what_did_not_is_never_all() -> None:
    figures = Figures()
    figures.ended.update({Status.SUCCEEDED: 999, Status.FAILED: 1})
    assert [share(figures, status) for status in (Status.SUCCEEDED, Status.FAILED, Status.EXPIRED)] == [
        "> 99 %",
        "< 1 %",
        "0 %",
    ]


def test_a_rate_is_nought_where_nothing_happened_alone() -> None:
    assert [rate(each) for each in (0, 1 / 168, 0.1, 11.51)] == ["0", "< 0.1", "0.1", "11.5"]


def test_durations_are_exact_where_they_are_short() -> None:
    assert [lasting(each) for each in (None, 0.44, 9.0, 75, 7_500)] == ["–", "0.4 s", "9.0 s", "1 min", "2 h 5 min"]
