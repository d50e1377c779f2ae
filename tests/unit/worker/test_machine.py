"""The state machine of a run against a world that delivers twice, in any order, and whose replicas die."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from sluicegate_schemas.checkpoint_decided import Outcome
from sluicegate_schemas.job_control import Action
from tests.unit.worker.core import REAL, Core, seeded
from tests.unit.worker.world import ANOTHER_PAYLOAD, World

PICK = st.integers(min_value=0, max_value=1_000)


def machine_over(core: Core) -> type[RuleBasedStateMachine]:
    """The rules, over the core as it is or with a seeded bug."""

    class RunMachine(RuleBasedStateMachine):
        def __init__(self) -> None:
            super().__init__()
            self.world = World(core)
            self.world.mailbox.append(self.world.request())

        @initialize(steps=st.integers(min_value=0, max_value=8))
        def begin_somewhere(self, steps: int) -> None:
            """Random events alone rarely get a run far."""
            for _ in range(steps):
                self.world.step_on()

        @rule(pick=PICK)
        def deliver(self, pick: int) -> None:
            """First, again, late, out of order: any record may arrive now."""
            self.world.deliver(self.world.mailbox[pick % len(self.world.mailbox)])

        @rule(action=st.sampled_from([Action.CANCEL, Action.RETRY]), seen=st.sampled_from([None, 0, -1]))
        def control(self, action: Action, seen: int | None) -> None:
            current = self.world.run.run if self.world.run is not None else 1
            self.world.send_control(action, None if seen is None else max(1, current + seen))

        @precondition(lambda self: self.world.run is not None)
        @rule()
        def report(self) -> None:
            self.world.apply(core.commands.ReportAsked(None))

        @rule(steps=st.integers(min_value=1, max_value=4))
        def step_on(self, steps: int) -> None:
            """A stretch in which nothing goes wrong."""
            for _ in range(steps):
                self.world.step_on()

        @rule()
        def claim(self) -> None:
            self.world.claim()

        @precondition(lambda self: self.world.attempts)
        @rule(pick=PICK)
        def act(self, pick: int) -> None:
            """Also an attempt that has lost its lease and doesn't know."""
            self.world.act(self._attempt(pick))

        @precondition(lambda self: self.world.attempts)
        @rule(pick=PICK, retry_after=st.sampled_from([None, 0.0, 5.0]))
        def fail(self, pick: int, retry_after: float | None) -> None:
            self.world.end(self._attempt(pick), core.commands.Failed("{}", retry_after))

        @precondition(lambda self: self.world.attempts)
        @rule(pick=PICK)
        def obey_cancel(self, pick: int) -> None:
            attempt = self._attempt(pick)
            if self.world.run.cancel_control is not None and attempt.lease == self.world.holder:
                self.world.end(attempt, core.commands.Cancelled())

        @precondition(lambda self: self.world.attempts)
        @rule(pick=PICK)
        def crash(self, pick: int) -> None:
            """The process is gone; its lease is not, yet."""
            self.world.leave(self._attempt(pick))

        @precondition(lambda self: self.world.attempts)
        @rule(pick=PICK)
        def announce(self, pick: int) -> None:
            attempt = self._attempt(pick)
            self.world.mention(attempt, core.commands.Announced(attempt.lease))

        @precondition(lambda self: self.world.attempts)
        @rule(pick=PICK)
        def release(self, pick: int) -> None:
            attempt = self._attempt(pick)
            self.world.mention(attempt, core.commands.Released(attempt.lease))
            self.world.leave(attempt)

        @precondition(lambda self: self.world.run is not None and self.world.run.owner is not None)
        @rule(taken_over=st.booleans())
        def expire(self, taken_over: bool) -> None:
            """The lease runs out, under a dead process or under one that goes on as a zombie."""
            self.world.apply(core.commands.LeaseExpired(self.world.run.owner))
            if taken_over:
                self.world.claim()

        @precondition(lambda self: any(key[1] == "go" for key in self.world.entries))
        @rule(
            pick=PICK,
            outcome=st.sampled_from(list(Outcome)),
            edited=st.sampled_from([None, b"edited"]),
            about=st.sampled_from([None, ANOTHER_PAYLOAD]),
            steps=st.integers(min_value=0, max_value=6),
        )
        def decide(self, pick: int, outcome: Outcome, edited: bytes | None, about: str | None, steps: int) -> None:
            asked = [entry for (_, name), entry in self.world.entries.items() if name == "go"]
            self.world.decide_checkpoint(asked[pick % len(asked)], outcome, edited, about)
            for _ in range(steps):
                self.world.step_on()

        @precondition(lambda self: self.world.run is not None)
        @rule(seconds=st.sampled_from([1.0, 10.0, 100_000.0]))
        def wait(self, seconds: float) -> None:
            self.world.tick(seconds)
            self.world.apply(core.commands.Due())

        @precondition(lambda self: self.world.run is not None)
        @rule(back=st.booleans())
        def handler(self, back: bool) -> None:
            command = core.commands.HandlerBack() if back else core.commands.NoHandler(86_400)
            self.world.apply(command)

        @invariant()
        def holds(self) -> None:
            self.world.check()

        def teardown(self) -> None:
            self.world.settle()

        def _attempt(self, pick: int) -> Any:
            return self.world.attempts[pick % len(self.world.attempts)]

    return RunMachine


QUICK = settings(
    max_examples=300,
    stateful_step_count=40,
    derandomize=True,
    database=None,
    report_multiple_bugs=False,
    suppress_health_check=list(HealthCheck),
)
HUNT = settings(QUICK, max_examples=1_000, derandomize=False, phases=[Phase.generate])
HUNTS = 20
"""A rare sequence of events may need several hunts, each from a seed of its own: the same ones every time."""


def test_every_order_of_events_keeps_the_guarantees() -> None:
    run_state_machine_as_test(machine_over(REAL), settings=QUICK)


SEEDS = {
    "G1_a_terminal_run_is_ended_again": (
        "controls",
        "    if run.status.terminal:\n        return _settle(run, asked.answer(AnswerOutcome.REFUSED, FINISHED))\n",
        "",
    ),
    "G1_a_lost_cancel_is_never_answered": ("ending", "if run.cancel_control is not None:", "if False:"),
    "G1_a_failed_attempt_is_not_counted": ("attempts", "or run.attempt >= run.max_attempts", ""),
    "G2_a_decision_on_another_payload_resumes": (
        "decisions",
        "    if verdict.payload_digest != entry.digest:\n        return Effect.MISMATCHED\n",
        "",
    ),
    "G2_an_edit_is_forgotten": ("decisions", "edited=verdict.edited,", "edited=None,"),
    "G4_a_decision_is_applied_again": ("receiving", "if entry.decision_id is not None:", "if False:"),
    "G7_the_fence_looks_at_the_owner_only": ("run", "self.owner == lease.owner and self.lease_no == lease.no", "True"),
    "G7_a_release_is_not_fenced": ("attempts", "if not run.held_under(released.lease):", "if run.owner is None:"),
    "an_older_control_is_obeyed": ("controls", "asked.control_seq <= run.control_seq or ", ""),
    "a_lost_commit_fails_the_attempt": ("attempts", "if run.written_by == ended.written_by:", "if False:"),
    "the_request_is_never_told": ("receiving", "owes_request=request.upstream", "owes_request=False"),
}


def hunt(core: Any) -> None:
    """Raises what the first random life that meets a bug raises."""
    for number in range(HUNTS):
        run_state_machine_as_test(seed(number)(machine_over(core)), settings=HUNT)


@pytest.mark.parametrize("name", SEEDS)
def test_a_seeded_bug_is_caught(name: str, tmp_path: Path) -> None:
    module, old, new = SEEDS[name]
    core = seeded(tmp_path, f"seed_{name}", module, old, new)
    with pytest.raises((AssertionError, ExceptionGroup, core.errors.WorkerError)):
        hunt(core)
