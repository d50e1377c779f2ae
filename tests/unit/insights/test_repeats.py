"""Whatever is delivered twice, late or out of order: what is known, and every figure, is the same."""

from collections.abc import Iterable
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from sluicegate_insights.domain.facts import Facts
from sluicegate_insights.domain.figures import Figures, Insights, derive
from sluicegate_insights.domain.window import DAY, HOUR, WEEK
from sluicegate_insights.records import learn_from
from sluicegate_schemas.checkpoint_created import Kind
from sluicegate_schemas.checkpoint_decided import Outcome
from sluicegate_schemas.envelope import Message
from sluicegate_schemas.job_lifecycle import Status
from tests.unit.insights.events import NOON, created, decided, lifecycle, record

NOW = (NOON + timedelta(minutes=7)).timestamp()

moments = st.integers(0, 14 * 86_400).map(lambda seconds: NOON - timedelta(seconds=seconds))
types = st.sampled_from(["a-type", "b-type", "c-type"])
jobs = st.sampled_from([f"job-{number}" for number in range(6)])
names = st.sampled_from([f"ask-{number}" for number in range(8)])

# Few jobs, runs and checkpoints: many events speak of the same one, and may contradict each other.
events = st.one_of(
    st.builds(lifecycle, jobs, st.sampled_from(Status), moments, run=st.integers(1, 2), job_type=types),
    st.builds(created, names, moments, kind=st.sampled_from(Kind), job_type=types),
    st.builds(decided, names, st.sampled_from(Outcome), moments, waited_seconds=st.integers(0, 10_000)),
)


@st.composite
def told_otherwise(draw: st.DrawFn) -> tuple[list[Message], list[Message]]:
    """Events, and the same ones again: some of them more than once, in any order."""
    told = draw(st.lists(events, max_size=30))
    repeats = draw(st.lists(st.sampled_from(told), max_size=20)) if told else []
    return told, draw(st.permutations([*told, *repeats]))


def known(messages: Iterable[Message]) -> Facts:
    facts = Facts()
    for message in messages:
        learn_from(record(message), facts)
    return facts


def figures(facts: Facts) -> list[Insights]:
    return [derive(facts, window, NOW, job_type) for window in (HOUR, DAY, WEEK) for job_type in (None, "a-type")]


def comparable(found: list[Insights]) -> list[object]:
    """Waits are a multitude: their order says nothing."""
    return [
        (
            each.start,
            *(_of(one) for one in (each.total, *each.slices)),
            {name: _of(it) for name, it in each.by_type.items()},
        )
        for each in found
    ]


def _of(figures: Figures) -> object:
    return (figures.ended, figures.decided, figures.pending, figures.oldest_at, sorted(figures.waits))


@given(told_otherwise())
def test_any_repetition_and_order_of_events_gives_the_same_figures(told: tuple[list[Message], list[Message]]) -> None:
    once, otherwise = map(known, told)
    assert (once.ended, once.asked, once.decided) == (otherwise.ended, otherwise.asked, otherwise.decided)
    assert comparable(figures(once)) == comparable(figures(otherwise))


@given(st.lists(events, max_size=30))
def test_forgetting_what_is_older_than_every_window_changes_no_figure(told: list[Message]) -> None:
    whole, shortened = known(told), known(told)
    shortened.forget(WEEK.start(NOW))
    assert comparable(figures(whole)) == comparable(figures(shortened))
