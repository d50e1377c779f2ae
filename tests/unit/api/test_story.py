"""What is told of a job is what the worker lived."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sluicegate_api.domain.story import Asked, Chapter, Ended, Queued, RunStory, Start, Stop, Stretch, tell
from sluicegate_schemas.checkpoint_decided import Outcome
from sluicegate_schemas.ids import checkpoint_id
from sluicegate_schemas.job_control import Action
from sluicegate_schemas.job_lifecycle import JobLifecycle, Status
from tests.unit.api.ledger import START
from tests.unit.api.life import JOB, Life, step


def only_run(life: Life) -> RunStory:
    (story,) = tell(life.told)
    return story


def stretches(story: RunStory) -> list[Stretch]:
    return [chapter for chapter in story.chapters if isinstance(chapter, Stretch)]


def kinds(story: RunStory) -> list[str]:
    return [type(chapter).__name__ for chapter in story.chapters]


def seconds(chapter: Chapter) -> float | None:
    if isinstance(chapter, Ended) or chapter.ended is None:
        return None
    return round((chapter.ended - chapter.began).total_seconds(), 3)


def test_a_job_that_waits_for_nothing() -> None:
    story = only_run(Life().say().after(0.5).claim().after(0.02).say().after(1).succeed(step("echo")))
    queued, worked, ended = story.chapters
    assert (seconds(queued), seconds(worked)) == (0.5, 1.02)
    assert isinstance(worked, Stretch)
    assert (worked.worker_id, worked.start, worked.stop, worked.ran_ms) == ("worker-1", Start.FIRST, Stop.ENDED, 1020)
    assert [one.name for one in worked.steps] == ["echo"]
    assert ended == Ended(Status.SUCCEEDED, START + timedelta(seconds=1.52))


def test_a_job_that_is_over_before_anybody_says_that_it_runs() -> None:
    story = only_run(Life().claim().after(0.005).succeed())
    assert kinds(story) == ["Stretch", "Ended"]
    assert seconds(story.chapters[0]) == 0.005


def test_a_wait_for_a_person_lasts_from_the_ask_to_the_decision_and_costs_no_running_time() -> None:
    life = Life().claim("worker-1").after(2).suspend(step("plan"), step("go", 0, kind="approval"))
    life.after(3600).decide().claim("worker-2").after(0.02).say().after(1)
    life.succeed(step("plan", replayed=True), step("go", 0, replayed=True, kind="approval"), step("write"))
    story = only_run(life)
    assert kinds(story) == ["Stretch", "Asked", "Stretch", "Ended"]
    asked, resumed = story.chapters[1:3]
    assert isinstance(asked, Asked)
    assert asked.checkpoint_id == checkpoint_id(JOB, 1, "go", 1)
    assert isinstance(resumed, Stretch)
    assert (seconds(asked), seconds(resumed), resumed.start) == (3600, 1.02, Start.RESUMED)
    assert (resumed.worker_id, resumed.replayed, resumed.run_again) == ("worker-2", 1, 0)


def test_a_decision_that_finds_no_free_slot_leaves_the_run_queued() -> None:
    life = Life().claim().after(1).suspend().after(60).decide().say().after(5).claim().after(1).succeed()
    story = only_run(life)
    assert kinds(story) == ["Stretch", "Asked", "Queued", "Stretch", "Ended"]
    assert [seconds(chapter) for chapter in story.chapters[1:4]] == [60, 5, 1]


@pytest.mark.parametrize("said", [True, False])
def test_a_lost_worker_is_named_and_its_work_is_taken_over(said: bool) -> None:
    life = Life().say().after(1).claim("worker-2").after(0.02)
    life = life.say() if said else life
    life.after(14).lose().claim("worker-1").after(0.02).say().after(1)
    life.succeed(step("a", replayed=True), step("b", replayed=True), step("c", replayed=True), step("d"))
    story = only_run(life)
    lost, taken_over = stretches(story)
    assert (lost.worker_id, lost.attempt, lost.stop, lost.ran_ms) == ("worker-2", 1, Stop.LOST, 14020)
    assert (taken_over.worker_id, taken_over.attempt, taken_over.start) == ("worker-1", 2, Start.TAKEN_OVER)
    assert (taken_over.lost_worker_id, taken_over.replayed, taken_over.run_again) == ("worker-2", 3, 0)
    assert kinds(story) == ["Queued", "Stretch", "Stretch", "Ended"]
    assert seconds(story.chapters[0]) == 1


@pytest.mark.parametrize("suspends", [True, False])
def test_a_loss_that_nobody_has_said_anything_of_before_the_work_was_over_is_told_all_the_same(suspends: bool) -> None:
    life = Life().say().after(1).claim("worker-2").after(15).lose().claim("worker-1").after(0.005)
    life = life.suspend() if suspends else life.succeed()
    lost, taken_over = stretches(only_run(life))
    assert (lost.worker_id, lost.attempt, lost.ran_ms) == ("worker-2", 1, 15000)
    assert (taken_over.worker_id, taken_over.attempt, taken_over.ran_ms) == ("worker-1", 2, 5)


def test_a_worker_lost_at_the_last_attempt_ends_the_run() -> None:
    story = only_run(Life(max_attempts=1).claim("worker-2").say().after(15).lose())
    assert [(one.worker_id, one.stop) for one in stretches(story)] == [("worker-2", Stop.LOST)]
    assert story.end is not None
    assert story.end.error is not None
    assert story.end.error.type == "LeaseLost"


def test_a_failed_attempt_is_followed_by_a_pause_and_the_next_one() -> None:
    life = Life().claim().say().after(1).fail(step("a")).say().after(2).due().claim("worker-2").after(1)
    life.fail(step("a", replayed=True), again_after=None, message="for good")
    story = only_run(life)
    assert kinds(story) == ["Stretch", "Queued", "Stretch", "Ended"]
    first, second = stretches(story)
    assert (first.stop, first.attempt, second.attempt, second.start) == (Stop.FAILED, 1, 2, Start.RETRIED)
    assert first.error is not None
    assert first.error.message == "disk full"
    pause = story.chapters[1]
    assert isinstance(pause, Queued)
    assert pause.after_failure
    assert story.end is not None
    assert (story.end.status, story.end.error and story.end.error.message) == (Status.FAILED, "for good")


def test_a_drained_worker_hands_its_work_on_without_a_failure() -> None:
    life = Life().claim("worker-1").say().after(1).release().say().after(3).claim("worker-2").after(1).succeed()
    first, second = stretches(only_run(life))
    assert (first.stop, second.start, second.attempt) == (Stop.GIVEN_BACK, Start.HANDED_ON, 1)


def test_work_handed_on_within_a_moment_is_told_too() -> None:
    life = Life().claim("worker-1").say().after(1).release().claim("worker-2").after(0.02).say().after(1).succeed()
    assert [(one.worker_id, one.ran_ms) for one in stretches(only_run(life))] == [
        ("worker-1", 1000),
        ("worker-2", 1020),
    ]


def test_an_answer_that_was_there_already_resumes_at_once() -> None:
    life = Life().claim().say().after(1).suspend(decided=True).claim().after(0.02).say().after(1).succeed()
    first, second = stretches(only_run(life))
    assert (first.stop, second.start, second.ran_ms) == (Stop.ASKED, Start.RESUMED, 1020)


def test_a_run_that_nobody_handles_says_so_until_somebody_does() -> None:
    life = Life().say().after(1).unhandled().after(10).handled().say().after(1).claim().after(1).succeed()
    story = only_run(life)
    blocked = [(chapter.blocked, seconds(chapter)) for chapter in story.chapters if isinstance(chapter, Queued)]
    assert blocked == [(None, 1), ("no-handler", 10), (None, 1)]


def test_a_cancelled_wait_is_no_work() -> None:
    life = Life().claim().after(1).suspend().after(60).control(Action.CANCEL)
    story = only_run(life)
    assert kinds(story) == ["Stretch", "Asked", "Ended"]
    assert seconds(story.chapters[1]) == 60


def test_a_retried_job_has_another_run_with_a_story_of_its_own() -> None:
    life = (
        Life().claim().after(1).fail(again_after=None).after(60).control(Action.RETRY).say().claim().after(2).succeed()
    )
    first, second = tell(life.told)
    assert (first.run, second.run) == (1, 2)
    assert [one.ran_ms for one in stretches(second)] == [2000]
    assert second.end is not None


def test_a_step_done_twice_would_be_told() -> None:
    life = Life().claim().after(1).suspend(step("a")).after(1).decide().claim().after(1).succeed(step("a"), step("b"))
    assert stretches(only_run(life))[1].run_again == 1


def test_what_is_repeated_tells_nothing_new() -> None:
    life = Life().say().report().claim().after(1).say().report().suspend().report().after(5).report().decide().say()
    life.report().claim().after(1).succeed().report()
    story = only_run(life)
    assert kinds(story) == ["Queued", "Stretch", "Asked", "Queued", "Stretch", "Ended"]
    assert tell([*life.told, *life.told]) == [story]


MOVES = ["say", "claim", "suspend", "suspend-decided", "decide", "succeed", "fail", "fail-for-good", "lose", "release"]
MOVES += ["due", "unhandled", "handled", "report", "cancel", "retry"]


def move(life: Life, what: str, worker: str) -> None:
    """If it fits."""
    match what:
        case "say" if life.run.status in (Status.QUEUED, Status.RUNNING):
            life.say()
        case "claim":
            life.claim(worker)
        case "decide" if life.run.status is Status.WAITING:
            life.decide(Outcome.APPROVED, key=f"k{life.run.attempt}")
        case "suspend" | "suspend-decided" if life.working:
            life.suspend(key=f"k{life.run.attempt}", decided=what == "suspend-decided")
        case "succeed" if life.working:
            life.succeed()
        case "fail" | "fail-for-good" if life.working:
            life.fail(again_after=1 if what == "fail" else None)
        case "lose" if life.working:
            life.lose()
        case "release" if life.working:
            life.release()
        case "due":
            life.due()
        case "unhandled" if life.run.rank is not None:
            life.unhandled()
        case "handled":
            life.handled()
        case "report" if not life.working:
            life.report()
        case "cancel":
            life.control(Action.CANCEL)
        case "retry" if life.run.status.terminal:
            life.control(Action.RETRY)


@st.composite
def lives(draw: st.DrawFn, *, all_said: bool) -> Life:
    """`all_said`: whatever has happened has been told before something else does."""
    life = Life()
    for _ in range(draw(st.integers(0, 25))):
        move(life, draw(st.sampled_from(MOVES)), draw(st.sampled_from(["w1", "w2"])))
        if all_said and life.run.status in (Status.QUEUED, Status.RUNNING):
            life.say()
        life.after(draw(st.sampled_from([0.001, 1, 30])))
    life.say()
    return life


def hold_together(life: Life, told: list[JobLifecycle]) -> list[RunStory]:
    """What must be true of any story."""
    stories = tell(told)
    for story in stories:
        for chapter in story.chapters:
            assert isinstance(chapter, Ended) or chapter.ended is None or chapter.ended >= chapter.began
        for chapter in story.chapters[:-1]:
            assert not isinstance(chapter, Ended)
            assert chapter.ended is not None
    return stories


@given(lives(all_said=True))
def test_when_everything_is_said_the_story_is_exact(life: Life) -> None:
    stories = hold_together(life, life.told)
    told = [
        (one.worker_id, one.attempt, round(one.ran_ms, 3))
        for story in stories
        for one in stretches(story)
        if one.ran_ms is not None
    ]
    assert told == [(worker, attempt, round(ran, 3)) for worker, attempt, ran in life.worked]
    open_ = {Status.QUEUED: Queued, Status.RUNNING: Stretch, Status.WAITING: Asked}
    assert isinstance(stories[-1].chapters[-1], open_.get(life.run.status, Ended))


@given(lives(all_said=False))
def test_when_something_was_over_before_it_was_said_the_running_time_is_still_complete(life: Life) -> None:
    stories = hold_together(life, life.told)
    total = sum(one.ran_ms or 0 for story in stories for one in stretches(story))
    assert total == pytest.approx(sum(ran for _, _, ran in life.worked), abs=0.01)


@given(st.data(), lives(all_said=False))
def test_a_story_can_be_told_of_any_snapshots_in_any_order(data: st.DataObject, life: Life) -> None:
    heard = [one for one in life.told if data.draw(st.booleans())]
    stories = hold_together(life, heard)
    assert tell(data.draw(st.permutations(heard))) == stories
    assert [story.run for story in stories] == sorted({one.run for one in heard})
