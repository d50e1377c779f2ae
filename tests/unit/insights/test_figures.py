"""Figures are what a recount by hand gives."""

from datetime import timedelta
from statistics import quantiles

import pytest

from sluicegate_insights.domain.facts import Facts
from sluicegate_insights.domain.figures import Insights, derive, percentile
from sluicegate_insights.domain.window import DAY, HOUR, WEEK, Window
from sluicegate_insights.records import learn_from
from sluicegate_schemas.checkpoint_created import Kind
from sluicegate_schemas.checkpoint_decided import Outcome
from sluicegate_schemas.envelope import Message
from sluicegate_schemas.errors import MalformedRecord
from sluicegate_schemas.job_lifecycle import STATUS_HEADER, Status
from tests.unit.insights.events import NOON, created, decided, lifecycle, record

MINUTE = timedelta(minutes=1)


def shown(*messages: Message, window: Window = HOUR, job_type: str | None = None) -> Insights:
    facts = Facts()
    for message in messages:
        learn_from(record(message), facts)
    return derive(facts, window, NOON.timestamp(), job_type)


def test_a_run_counts_once_in_the_slice_in_which_it_finished_not_in_which_it_was_told() -> None:
    found = shown(lifecycle("a", Status.SUCCEEDED, NOON - MINUTE), lifecycle("a", Status.SUCCEEDED, NOON - MINUTE))
    assert found.total.ended == {Status.SUCCEEDED: 1}
    assert [number for number, each in enumerate(found.slices) if each.ended] == [58]


def test_each_run_of_a_job_counts_for_itself() -> None:
    found = shown(lifecycle("a", Status.FAILED, run=1), lifecycle("a", Status.SUCCEEDED, run=2))
    assert found.total.ended == {Status.FAILED: 1, Status.SUCCEEDED: 1}
    assert found.total.throughput == 2


@pytest.mark.parametrize("status", [status for status in Status if not status.terminal])
def test_what_goes_on_has_not_ended_whatever_its_header_says(status: Status) -> None:
    message = lifecycle("a", status)
    bare = tuple(header for header in message.headers if header[0] != STATUS_HEADER)
    for each in (message, Message(message.topic, message.key, message.value, bare)):
        assert shown(each).total.throughput == 0


def test_a_window_begins_at_a_round_moment_and_takes_nothing_from_before() -> None:
    begin = NOON - 59 * MINUTE
    found = shown(
        lifecycle("in", Status.SUCCEEDED, begin),
        lifecycle("out", Status.SUCCEEDED, begin - timedelta(microseconds=1)),
    )
    assert found.start == begin.timestamp()
    assert found.total.throughput == 1


def test_an_approval_is_pending_from_its_ask_to_its_decision_however_old_it_is() -> None:
    old, new = created("old", NOON - timedelta(days=20)), created("new", NOON - MINUTE)
    found = shown(old, new)
    assert found.total.pending == 2
    assert found.total.oldest_at == (NOON - timedelta(days=20)).timestamp()
    found = shown(old, new, decided("old", Outcome.APPROVED))
    assert found.total.pending == 1
    assert found.total.oldest_at == (NOON - MINUTE).timestamp()


def test_information_waits_for_nobody() -> None:
    assert shown(created("info", kind=Kind.INFO)).total.pending == 0


def test_only_what_people_answered_counts_as_a_wait() -> None:
    asks = [created(outcome.value) for outcome in Outcome]
    ends = [decided(outcome.value, outcome, waited_seconds=10) for outcome in Outcome]
    found = shown(*asks, *ends)
    assert found.total.decided == dict.fromkeys(Outcome, 1)
    assert found.total.waits == [10, 10]


def test_a_decision_that_comes_before_its_ask_counts_when_that_has_come() -> None:
    early = decided("a", Outcome.APPROVED, waited_seconds=30)
    assert shown(early).total.decided == {}
    assert shown(early, created("a", job_type="late")).by_type["late"].waits == [30]


def test_figures_of_one_job_type_are_its_own_and_the_list_has_all_busiest_first() -> None:
    messages = [lifecycle(f"a{n}", Status.SUCCEEDED, job_type="rare") for n in range(2)]
    messages += [lifecycle(f"b{n}", Status.FAILED, job_type="usual") for n in range(3)]
    messages += [created("ask", job_type="asking")]
    found = shown(*messages, job_type="rare")
    assert found.total.ended == {Status.SUCCEEDED: 2}
    assert sum(each.throughput for each in found.slices) == 2
    assert found.total.pending == 0
    assert list(found.by_type) == ["usual", "rare", "asking"]


def test_slices_add_up_to_the_window() -> None:
    for window in (HOUR, DAY, WEEK):
        messages = [
            lifecycle(f"job-{n}", Status.SUCCEEDED, NOON - timedelta(seconds=n * window.seconds / 20))
            for n in range(40)
        ]
        found = shown(*messages, window=window)
        assert 0 < found.total.throughput < 40
        assert sum(each.throughput for each in found.slices) == found.total.throughput


def test_percentiles_are_values_that_were_seen() -> None:
    assert percentile([], 50) is None
    assert percentile([7], 50) == percentile([7], 95) == 7
    assert percentile([3, 1, 2, 4], 50) == 2
    many = [float(number) for number in range(1, 101)]
    assert percentile(many, 95) == 95
    assert abs(quantiles(many, n=100)[94] - 95) <= 1


def test_a_record_that_is_something_else_is_refused_and_nothing_is_learned() -> None:
    good = lifecycle("a", Status.SUCCEEDED)
    for value in (b"", b"no json", b"{}", good.value.replace(b'"succeeded"', b'"done"')):
        with pytest.raises(MalformedRecord):
            shown(Message(good.topic, good.key, value, tuple(h for h in good.headers if h[0] != STATUS_HEADER)))
