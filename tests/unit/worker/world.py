"""A model of everything around the core: topics that repeat and reorder, replicas that die and come back, a sink.

It keeps its own account of who holds the lease, what was decided and what was done outside, and compares.
"""

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid5

from sluicegate_schemas.checkpoint_decided import Outcome
from sluicegate_schemas.ids import checkpoint_id
from sluicegate_schemas.job_control import Action
from sluicegate_schemas.job_lifecycle import Status
from sluicegate_schemas.payload import digest
from tests.unit.worker.core import Core

JOB = "job-1"
ANOTHER_PAYLOAD = digest(b"another payload")
_IDS = UUID("00000000-0000-0000-0000-00000000000a")


@dataclass
class Attempt:
    """A handler under a lease: plan, ask, perform the effect, end. It may outlive its lease."""

    lease: Any
    run: int
    view: dict[str, Any]
    """The journal as it stood when the attempt began, and what it added."""


@dataclass
class Effect:
    """One gated effect, as the sink saw it."""

    run: int
    content: bytes


@dataclass
class World:
    """One job and all that happens to it. Every change goes through `apply`."""

    core: Core
    max_attempts: int = 2
    now: datetime = datetime(2026, 1, 1, tzinfo=UTC)
    run: Any = None
    entries: dict[tuple[int, str], Any] = field(default_factory=dict)
    controls: dict[UUID, Any] = field(default_factory=dict)
    past: list[Any] = field(default_factory=list)
    attempts: list[Attempt] = field(default_factory=list)
    holder: Any = None
    """The lease that may write, by the model's own account."""
    mailbox: list[Any] = field(default_factory=list)
    """Everything ever sent; any of it may arrive at any time, any number of times."""
    decisions: dict[UUID, Any] = field(default_factory=dict)
    """By checkpoint: the one decision that checkpoint-svc made."""
    resumed: dict[UUID, int] = field(default_factory=dict)
    sink: list[Effect] = field(default_factory=list)
    answered: dict[str, set[tuple[str, str | None]]] = field(default_factory=dict)
    """By control or decision: every outcome that a lifecycle told."""
    last_seq: int = 0
    told: bool = False
    top_control: int = 0
    """The highest control that was judged."""
    accepted: set[UUID] = field(default_factory=set)
    """Cancels that a running attempt was told of."""
    counter: int = 0

    def new_id(self) -> UUID:
        """The next id; the same in every replay of an example."""
        self.counter += 1
        return uuid5(_IDS, str(self.counter))

    def tick(self, seconds: float) -> None:
        """Time passes."""
        self.now += timedelta(seconds=seconds)

    # What goes into the mailbox

    def request(self, content: str = "sha256:a") -> Any:
        """The job's request."""
        return self.core.commands.RequestReceived(JOB, "demo", 5, self.max_attempts, None, content, True)

    def send_control(self, action: Action, run: int | None) -> None:
        """The api sends a control with the next number."""
        sequence = 1 + sum(isinstance(sent, self.core.controls.Control) for sent in self.mailbox)
        self.mailbox.append(self.core.controls.Control(self.new_id(), JOB, sequence, run, action, "ana", self.now))

    def decide_checkpoint(self, asked: Any, outcome: Outcome, edited: bytes | None, about: str | None) -> None:
        """checkpoint-svc makes its one decision on a checkpoint."""
        if asked.checkpoint_id in self.decisions:
            return
        verdict = self.core.decisions.Verdict(
            asked.checkpoint_id, self.new_id(), outcome, about or asked.digest, edited, "{}"
        )
        self.decisions[asked.checkpoint_id] = verdict
        self.mailbox.append(verdict)

    def deliver(self, sent: Any) -> None:
        """A record arrives."""
        commands = self.core.commands
        if isinstance(sent, commands.RequestReceived):
            if self.run is not None:
                self.apply(sent)
                return
            self.run = self.core.receiving.begin(sent, self.now)
            for kept in sorted(self.controls.values(), key=lambda control: control.control_seq):
                self.apply(commands.ControlReceived(kept))
        elif isinstance(sent, self.core.controls.Control):
            known = self.controls.setdefault(sent.control_id, sent)
            if self.run is not None:
                self.apply(commands.ControlReceived(known))
        else:
            (entry,) = (one for one in self.entries.values() if one.checkpoint_id == sent.checkpoint_id)
            self.apply(commands.DecisionReceived(entry, sent))

    # What replicas do

    def claim(self) -> None:
        """A replica takes the run, if it is ready."""
        if self.run is None or self.run.rank is None:
            return
        owner = self.new_id()
        self.apply(self.core.commands.Claimed(owner, "w", "1"))
        self.holder = self.core.run.Lease(owner, self.run.lease_no)
        view = {name: entry for (run, name), entry in self.entries.items() if run == self.run.run}
        self.attempts.append(Attempt(self.holder, self.run.run, view))

    def act(self, attempt: Attempt) -> None:
        """The handler does the next thing of its script."""
        if "plan" not in attempt.view:
            if self.write(attempt, self.core.commands.Recorded(attempt.lease)):
                entry = self._entry(attempt, "plan", self.core.journal.EntryKind.STEP, b"1", None)
                attempt.view["plan"] = self.entries[attempt.run, "plan"] = entry
            return
        asked = attempt.view.get("go")
        if asked is None or asked.decision_id is None:
            self._ask(attempt)
        elif asked.outcome is Outcome.APPROVED:
            self.sink.append(Effect(attempt.run, asked.edited or asked.content))
            self.end(attempt, self.core.commands.Succeeded("1"))
        elif asked.outcome is Outcome.REJECTED:
            self.end(attempt, self.core.commands.Rejected("{}"))
        else:
            self.end(attempt, self.core.commands.Expired("{}"))

    def end(self, attempt: Attempt, end: Any) -> None:
        """The handler is through; the write may have to be repeated, since a commit can be lost."""
        command = self.core.commands.AttemptEnded(attempt.lease, self.new_id(), end, "[]")
        if self.write(attempt, command):
            self.apply(command)
        self.leave(attempt)

    def leave(self, attempt: Attempt) -> None:
        """Nothing of it runs any more."""
        if attempt in self.attempts:
            self.attempts.remove(attempt)

    def mention(self, attempt: Attempt, command: Any) -> None:
        """Something that is ignored, and not refused, without the lease."""
        before = self.run
        holds = attempt.lease == self.holder
        self.apply(command)
        assert holds or self.run == before, f"G7: {command} counted without the lease"

    def step_on(self) -> None:
        """What happens when nothing goes wrong."""
        if self.run is None:
            self.deliver(self.mailbox[0])
        elif self.run.rank is not None:
            self.claim()
        elif self.holder is not None and any(attempt.lease == self.holder for attempt in self.attempts):
            self.act(next(attempt for attempt in self.attempts if attempt.lease == self.holder))
        elif self.run.waiting_for in self.decisions:
            self.deliver(self.decisions[self.run.waiting_for])
        else:
            self.tick(10)
            self.apply(self.core.commands.Due())

    def write(self, attempt: Attempt, command: Any) -> bool:
        """A fenced write. G7: it passes if, and only if, the attempt holds the lease."""
        holds = attempt.lease == self.holder
        before = self.run
        try:
            self.apply(command)
        except self.core.errors.StaleLease:
            assert not holds, "G7: the holder was refused"
            self.leave(attempt)
            return False
        assert holds, f"G7: {command} was written without the lease"
        assert before is not None
        return True

    # The one way in

    def apply(self, command: Any) -> None:
        """Let the core decide, perform what it says, and hold it against the model's own account."""
        before = self.run
        decided = self.core.machine.decide(self.run, command, self.now)
        self.run = decided.run
        for event in decided.events:
            self._perform(event)
        self._compare(before, self.run, command)
        if self.run.owner is None:
            self.holder = None

    def _perform(self, event: Any) -> None:
        events = self.core.events
        if isinstance(event, events.Told):
            assert event.run.seq > self.last_seq, "seq must go up"
            self.last_seq = event.run.seq
            assert self.told or event.with_request, "the first lifecycle did not carry the request"
            self.told = True
            self._read_answers(event.answers)
        elif isinstance(event, events.Settled):
            control = self.controls[event.answer.control_id]
            assert control.outcome is None, "a control is settled once"
            late = control.control_id in self.accepted and event.answer.reason == "superseded"
            assert not late, "G1: an accepted cancel was forgotten"
            self.controls[control.control_id] = _settled(control, event.answer)
        elif isinstance(event, events.Superseded):
            assert event.run.status.terminal, "G1: a run that had not ended was superseded"
            self.past.append(event.run)
        else:
            self.entries[event.entry.run, event.entry.name] = event.entry

    def _read_answers(self, answers: str | None) -> None:
        for answer in json.loads(answers or "[]"):
            name = answer.get("controlId") or answer["decisionId"]
            told = self.answered.setdefault(name, set())
            told.add((answer["outcome"], answer.get("reason")))
            assert len(told) == 1, f"two answers for one: {told}"

    def _compare(self, before: Any, after: Any, command: Any) -> None:
        commands = self.core.commands
        assert after.lease_no >= before.lease_no, "the fence goes up only"
        assert after.seq >= before.seq
        if before.status.terminal and after.run == before.run:
            assert after.status is before.status, "G1: a terminal state was left"
        if before.status is Status.WAITING and after.status is Status.QUEUED:
            self.resumed[before.waiting_for] = self.resumed.get(before.waiting_for, 0) + 1
        if after.attempt > before.attempt:
            assert isinstance(command, commands.AttemptEnded | commands.LeaseExpired)
        if isinstance(command, commands.ControlReceived):
            self._compare_control(before, after, command.control)

    def _compare_control(self, before: Any, after: Any, control: Any) -> None:
        if (before.run, before.status, before.cancel_control) != (after.run, after.status, after.cancel_control):
            assert control.control_seq > self.top_control, "an older control was obeyed"
        if after.cancel_control == control.control_id:
            self.accepted.add(control.control_id)
        if control.run in (None, before.run):
            self.top_control = max(self.top_control, control.control_seq)

    def _ask(self, attempt: Attempt) -> None:
        known = self.entries.get((attempt.run, "go"))
        cid = checkpoint_id(JOB, attempt.run, "go", 1)
        decided = known is not None and known.decision_id is not None
        command = self.core.commands.Suspended(attempt.lease, self.new_id(), cid, decided, "[]")
        if not self.write(attempt, command):
            return
        if known is None and not self.run.status.terminal:
            kind = self.core.journal.EntryKind.APPROVAL
            self.entries[attempt.run, "go"] = self._entry(attempt, "go", kind, b"payload", cid)
        self.apply(command)
        self.leave(attempt)

    def _entry(self, attempt: Attempt, name: str, kind: Any, content: bytes, cid: UUID | None) -> Any:
        return self.core.journal.Entry(
            JOB, attempt.run, name, kind, content, self.now, checkpoint_id=cid, ask=1, digest=digest(content)
        )

    # What must hold at every moment

    def check(self) -> None:
        """The invariants."""
        self._check_effects()
        assert all(count == 1 for count in self.resumed.values()), "G4: a decision resumed its run twice"
        if self.run is None:
            return
        run = self.run
        states = {
            "ready": run.rank is not None,
            "delayed or blocked": run.due_at is not None,
            "running": run.owner is not None,
            "waiting": run.waiting_for is not None,
            "terminal": run.finished_at is not None,
        }
        assert sum(states.values()) == 1, f"G1: not in exactly one state: {states}"
        assert run.attempt <= run.max_attempts
        assert run.status.terminal == states["terminal"]
        assert (run.status is Status.WAITING) == states["waiting"]
        assert (run.status is Status.RUNNING) == states["running"]
        assert [ended.run for ended in self.past] == list(range(1, run.run)), "G1: a run without an end"

    def _check_effects(self) -> None:
        for effect in self.sink:
            entry = self.entries[effect.run, "go"]
            verdict = self.decisions.get(entry.checkpoint_id)
            assert verdict is not None, "G2: an effect without a decision"
            assert verdict.outcome is Outcome.APPROVED, "G2: an effect that nobody approved"
            assert verdict.payload_digest == entry.digest, "G2: an effect on the decision on another payload"
            assert effect.content == (verdict.edited or entry.content), "G2: other bytes than the approved ones"

    # To the end

    def settle(self) -> None:
        """Nothing fails any more and everything is delivered: each run must end, everything must be answered. G1."""
        for sent in list(self.mailbox):
            self.deliver(sent)
        self.attempts.clear()
        for _ in range(40):
            if self.run is None or self.run.status.terminal:
                break
            self._push()
            self.check()
        if self.run is None:
            return
        assert self.run.status.terminal, f"G1: stuck: {self.run}"
        for sent in list(self.mailbox):
            self.deliver(sent)
        for control in self.controls.values():
            assert control.outcome is not None, f"a control without an answer: {control}"
            assert str(control.control_id) in self.answered
        for verdict in self.decisions.values():
            assert str(verdict.decision_id) in self.answered, f"a decision without an answer: {verdict}"

    def _push(self) -> None:
        commands = self.core.commands
        self.tick(100_000)
        if self.run.owner is not None and not self.attempts:
            self.apply(commands.LeaseExpired(self.run.owner))
        self.apply(commands.Due())
        self.claim()
        for attempt in list(self.attempts):
            self.act(attempt)
        for entry in list(self.entries.values()):
            if entry.checkpoint_id is not None:
                self.decide_checkpoint(entry, Outcome.APPROVED, None, None)
        for sent in list(self.mailbox):
            self.deliver(sent)


def _settled(control: Any, answer: Any) -> Any:
    return control._replace(outcome=answer.outcome, outcome_reason=answer.reason)
