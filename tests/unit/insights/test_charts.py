"""Charts stand where their numbers say."""

import pytest

from sluicegate_insights.domain.figures import Figures
from sluicegate_insights.pages.charts import Piece, overlaid, round_top, shares, stacked
from sluicegate_insights.pages.view import lasting, share
from sluicegate_schemas.job_lifecycle import Status


@pytest.mark.parametrize(
    ("value", "top"), [(0, 1), (1, 1), (1.1, 2), (3, 5), (5, 5), (6, 10), (11, 20), (99, 100), (4_321, 5_000)]
)
def test_the_height_of_a_chart_is_a_round_number(value: float, top: float) -> None:
    assert round_top(value) == top


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


def test_durations_are_exact_where_they_are_short() -> None:
    assert [lasting(each) for each in (None, 0.44, 9.0, 75, 7_500)] == ["–", "0.4 s", "9.0 s", "1 min", "2 h 5 min"]
