"""What a job has been through, told from its snapshots: runs, and in each the stretches of work and the waits between.

A snapshot says how things stand, not what has happened; not every change has one of its own (a run that is claimed says
so 20 ms later, if it still runs), and some come twice. What happened in between is read from what only grows: the
attempt, and the running time. Every time here is by the workers' clock, and so are the differences.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TypeAlias
from uuid import UUID

from sluicegate_schemas.job_lifecycle import JobError, JobLifecycle, Status, StepSummary


class Start(StrEnum):
    """Why a stretch of work began."""

    FIRST = "first"
    RESUMED = "resumed"
    """The answer was there that the run had waited for."""
    RETRIED = "retried"
    """The attempt before had failed."""
    TAKEN_OVER = "taken-over"
    """The replica that had the run was lost."""
    HANDED_ON = "handed-on"
    """The replica that had the run gave it back."""


class Stop(StrEnum):
    """How a stretch of work stopped."""

    ASKED = "asked"
    FAILED = "failed"
    """The attempt did; another may follow."""
    LOST = "lost"
    """Its replica was not heard of for too long."""
    GIVEN_BACK = "given-back"
    ENDED = "ended"
    """With its run."""


@dataclass(frozen=True, slots=True)
class Queued:
    """The run could have been claimed, or was not to be yet."""

    began: datetime
    """In the future: not before that time."""
    ended: datetime | None = None
    blocked: str | None = None
    """Why nobody could claim it."""
    after_failure: bool = False
    """It was kept back before another attempt."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """One replica worked on the run without a break."""

    worker_id: str | None
    attempt: int
    start: Start
    began: datetime
    """Of one that still works: when it was first heard of."""
    version: str | None = None
    ended: datetime | None = None
    stop: Stop | None = None
    ran_ms: float | None = None
    lost_worker_id: str | None = None
    """Whose work this one took over."""
    steps: tuple[StepSummary, ...] = ()
    """What it did and what it took from the journal. Not known of one that works, was lost, or gave the run back."""
    run_again: int = 0
    """Steps that it did although the run had recorded them before."""
    error: JobError | None = None

    @property
    def replayed(self) -> int:
        """Steps whose results came from the journal."""
        return sum(step.kind == "step" and step.replayed is True for step in self.steps)


@dataclass(frozen=True, slots=True)
class Asked:
    """The run waited for a person."""

    checkpoint_id: UUID
    began: datetime
    ended: datetime | None = None


@dataclass(frozen=True, slots=True)
class Ended:
    """The run is over."""

    status: Status
    at: datetime
    error: JobError | None = None


Chapter: TypeAlias = Queued | Stretch | Asked | Ended


@dataclass(slots=True)
class RunStory:
    """One run, from its first snapshot on."""

    run: int
    chapters: list[Chapter] = field(default_factory=list)

    @property
    def began(self) -> datetime:
        """When it was first ready, or first heard of."""
        first = self.chapters[0]
        return first.at if isinstance(first, Ended) else first.began

    @property
    def end(self) -> Ended | None:
        """How it ended; None: it goes on."""
        last = self.chapters[-1]
        return last if isinstance(last, Ended) else None


def tell(snapshots: Iterable[JobLifecycle]) -> list[RunStory]:
    """The runs that these snapshots are of, in order, whatever the order of the snapshots."""
    tellers: dict[int, _Teller] = {}
    for snapshot in sorted(snapshots, key=lambda snapshot: snapshot.seq):
        if snapshot.run not in tellers:
            tellers[snapshot.run] = _Teller(snapshot.run)
        tellers[snapshot.run].hear(snapshot)
    return [tellers[run].story for run in sorted(tellers)]


class _Teller:
    """Goes through the snapshots of one run."""

    def __init__(self, run: int) -> None:
        self.story = RunStory(run)
        self._before: JobLifecycle | None = None
        self._recorded: set[str] = set()

    @property
    def _chapters(self) -> list[Chapter]:
        return self.story.chapters

    @property
    def _attempt(self) -> int:
        """As the last snapshot had it; before the first, the first attempt is due."""
        return self._before.attempt if self._before is not None else 1

    def hear(self, now: JobLifecycle) -> None:
        """The next snapshot of the run, by its number."""
        if self.story.chapters and self.story.end is not None:
            return  # an ended run only repeats itself
        worked = now.running_ms - (self._before.running_ms if self._before else 0.0)
        took_over = self._lost_meanwhile(now)
        if took_over:
            worked = self._tell_of_loss(now, worked)
        match now.status:
            case Status.QUEUED:
                self._queued(now, worked, took_over)
            case Status.RUNNING:
                self._running(now, worked)
            case Status.WAITING:
                self._waiting(now, worked)
            case _:
                if worked > 0 or self._working() is not None:
                    self._worked(now, worked, Stop.LOST if _is_loss(now) else Stop.ENDED)
                self._close(now.at)
                self._chapters.append(Ended(now.status, now.finished_at or now.at, now.error))
        self._before = now

    def _lost_meanwhile(self, now: JobLifecycle) -> bool:
        """Whether a replica was lost since the last snapshot."""
        if now.lost_worker_id is None:
            return False
        return self._before is None or now.attempt > self._attempt

    def _tell_of_loss(self, now: JobLifecycle, worked: float) -> float:
        """The stretch that was lost; gives the running time that belongs to what came after it."""
        requeued = now.ready_at or now.at
        since = 0.0
        if now.status not in (Status.QUEUED, Status.RUNNING):
            # Claimed again, and over, before anybody said so: the new stretch began when the old one was given up.
            since = min(worked, max(0.0, _ms(now.at - requeued)))
        if self._working() is None:
            began = requeued - timedelta(milliseconds=worked - since)
            self._close(began)
            self._begin(now.lost_worker_id, now.attempt - 1, began, version=now.handler_version)
        self._stop(requeued, Stop.LOST, worked - since)
        return since

    def _queued(self, now: JobLifecycle, worked: float, took_over: bool) -> None:
        ready = now.ready_at or now.at
        failed = now.attempt > self._attempt and not took_over
        if worked > 0 or self._working() is not None:
            if failed:
                self._worked(now, worked, Stop.FAILED)
            elif not took_over:
                self._worked(now, worked, Stop.GIVEN_BACK)
        last = self._chapters[-1] if self._chapters else None
        if isinstance(last, Queued) and last.ended is None:
            if last.blocked == now.blocked_reason:
                return
            ready = now.at
        self._close(ready)
        self._chapters.append(Queued(ready, blocked=now.blocked_reason, after_failure=failed))

    def _running(self, now: JobLifecycle, worked: float) -> None:
        working = self._working()
        if working is not None:
            if worked <= 0 and (working.worker_id, working.attempt) == (now.worker_id, now.attempt):
                return
            self._stop(now.ready_at or now.at, self._unseen_stop(now, working), worked, error=now.error)
        elif worked > 0:
            # It worked and stopped again in between. Who did is not known: this snapshot names who works now.
            self._tell_of_unseen(now, worked)
        last = self._chapters[-1] if self._chapters else None
        self._close(now.ready_at or now.at if isinstance(last, Asked) else now.at)
        self._begin(now.worker_id, now.attempt, now.at, version=now.handler_version, lost=now.lost_worker_id)

    def _unseen_stop(self, now: JobLifecycle, working: Stretch) -> Stop:
        """How a stretch stopped of which the next thing heard is that the run is at work again."""
        if now.attempt > working.attempt:
            return Stop.FAILED
        # It asked for what had been decided already, and went on at once; or another replica has it now.
        return Stop.ASKED if now.worker_id == working.worker_id else Stop.GIVEN_BACK

    def _tell_of_unseen(self, now: JobLifecycle, worked: float) -> None:
        stopped = now.ready_at or now.at
        began = stopped - timedelta(milliseconds=worked)
        failed = now.attempt > self._attempt
        self._close(began)
        self._begin(None, now.attempt - 1 if failed else now.attempt, began)
        self._stop(stopped, Stop.FAILED if failed else Stop.GIVEN_BACK, worked, error=now.error if failed else None)

    def _worked(self, now: JobLifecycle, worked: float, stop: Stop) -> None:
        """The stretch that this snapshot ends; told from its beginning, if nobody has told of it yet."""
        attempt = now.attempt - 1 if stop is Stop.FAILED and now.status is Status.QUEUED else now.attempt
        if self._working() is None:
            began = now.at - timedelta(milliseconds=worked)
            self._close(began)
            self._begin(now.worker_id, attempt, began, version=now.handler_version, lost=now.lost_worker_id)
        steps = () if stop in (Stop.GIVEN_BACK, Stop.LOST) else tuple(now.steps or ())
        error = now.error if stop in (Stop.FAILED, Stop.ENDED) else None
        self._stop(now.at, stop, worked, steps=steps, error=error)

    def _waiting(self, now: JobLifecycle, worked: float) -> None:
        if worked > 0 or self._working() is not None:
            self._worked(now, worked, Stop.ASKED)
        last = self._chapters[-1] if self._chapters else None
        for checkpoint_id in now.waiting_for or ():
            if not (isinstance(last, Asked) and last.ended is None and last.checkpoint_id == checkpoint_id):
                self._close(now.at)
                self._chapters.append(Asked(checkpoint_id, now.at))

    def _working(self) -> Stretch | None:
        last = self._chapters[-1] if self._chapters else None
        return last if isinstance(last, Stretch) and last.ended is None else None

    def _begin(
        self,
        worker_id: str | None,
        attempt: int,
        began: datetime,
        *,
        version: str | None = None,
        lost: str | None = None,
    ) -> None:
        start = self._start(attempt, lost)
        lost = lost if start is Start.TAKEN_OVER else None
        self._chapters.append(Stretch(worker_id, attempt, start, began, version, lost_worker_id=lost))

    def _start(self, attempt: int, lost: str | None) -> Start:
        before = next((one for one in reversed(self._chapters) if isinstance(one, Stretch)), None)
        if before is None:
            return Start.TAKEN_OVER if lost is not None else Start.FIRST
        match before.stop:
            case Stop.LOST:
                return Start.TAKEN_OVER
            case Stop.FAILED:
                return Start.RETRIED
            case Stop.GIVEN_BACK:
                return Start.HANDED_ON
            case _:
                return Start.RESUMED

    def _stop(
        self,
        at: datetime,
        stop: Stop,
        ran_ms: float,
        *,
        steps: Sequence[StepSummary] = (),
        error: JobError | None = None,
    ) -> None:
        working = self._working()
        assert working is not None
        done = [step.name for step in steps if step.kind == "step" and not step.replayed]
        began = at - timedelta(milliseconds=ran_ms) if ran_ms > 0 else working.began
        before = self._chapters[-2] if len(self._chapters) > 1 else None
        if isinstance(before, Queued) and before.ended is not None:
            # It was claimed a little before it said so.
            self._chapters[-2] = replace(before, ended=min(before.ended, max(before.began, began)))
        self._chapters[-1] = replace(
            working,
            began=began,
            ended=at,
            stop=stop,
            ran_ms=ran_ms,
            steps=tuple(steps),
            run_again=sum(name in self._recorded for name in done),
            error=error,
        )
        self._recorded.update(done)

    def _close(self, at: datetime) -> None:
        """Whatever was waited for is over."""
        last = self._chapters[-1] if self._chapters else None
        if isinstance(last, Queued | Asked) and last.ended is None:
            self._chapters[-1] = replace(last, ended=max(at, last.began))


def _is_loss(now: JobLifecycle) -> bool:
    return now.error is not None and now.error.type == "LeaseLost"


def _ms(difference: timedelta) -> float:
    return difference / timedelta(milliseconds=1)
