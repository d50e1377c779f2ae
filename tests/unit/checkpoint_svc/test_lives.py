"""Lives of checkpoints: events and votes in any order, any number of times, in one batch or in many."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from sluicegate_checkpoint_svc.domain.checkpoint import Checkpoint
from sluicegate_checkpoint_svc.domain.deciding import Choice, is_late
from sluicegate_checkpoint_svc.domain.errors import CheckpointError
from sluicegate_checkpoint_svc.domain.requester import Decider
from sluicegate_checkpoint_svc.domain.state import State
from sluicegate_checkpoint_svc.operations.decide import Decide
from sluicegate_checkpoint_svc.operations.expire import ExpireDue
from sluicegate_checkpoint_svc.operations.follow import FollowRun
from sluicegate_checkpoint_svc.operations.record import RecordCheckpoint
from sluicegate_checkpoint_svc.operations.settlement import waits_for
from sluicegate_checkpoint_svc.tables import CHECKPOINTS, CLOSED_RUNS
from sluicegate_kit.db.operation import Operation
from sluicegate_schemas.checkpoint_decided import CheckpointDecided
from sluicegate_schemas.ids import checkpoint_id
from sluicegate_schemas.job_lifecycle import Answer, AnswerOutcome
from sluicegate_schemas.signature import verify
from tests.unit.checkpoint_svc.examples import KEY, NOON, created, edit, settlement, vote
from tests.unit.checkpoint_svc.memory_database import MemoryDatabase

PEOPLE = [Decider(name, person=True) for name in ("ana", "ben", "cleo")]
runs, asks, keys = st.integers(1, 2), st.integers(1, 3), st.sampled_from(["write", "publish"])


class Lives(RuleBasedStateMachine):
    """One job of ana's with two runs, two keys and three asks of each; every third ask has a deadline."""

    @initialize()
    def begin(self) -> None:
        def due(row: Checkpoint, now: Any) -> bool:
            return row.state is State.PENDING and is_late(row, now)

        self.database = MemoryDatabase(NOON, due)
        self.settlement = settlement()
        self.batch: list[Operation[Any]] = []
        self.successes: dict[UUID, set[tuple[str, str | None]]] = {}
        self.first_decision: dict[UUID, UUID] = {}

    @rule(run=runs, key=keys, ask=asks)
    def a_run_asks(self, run: int, key: str, ask: int) -> None:
        event = created(
            run=run,
            key=key,
            ask=ask,
            supersedes=checkpoint_id("job-1", run, key, ask - 1) if ask > 1 else None,
            expires_in_seconds=30 if ask == 3 else None,
        )
        self.batch.append(RecordCheckpoint(event, event.payload.encode(), self.settlement))

    @rule(run=runs, key=keys, ask=asks, who=st.sampled_from(PEOPLE), choice=st.sampled_from(Choice))
    def a_person_votes(self, run: int, key: str, ask: int, who: Decider, choice: Choice) -> None:
        edited = edit(b"1") if choice is Choice.EDIT else None
        which = checkpoint_id("job-1", run, key, ask)
        self.batch.append(Decide(which, vote(choice, who, edit=edited), self.settlement))

    @rule(run=runs)
    def a_run_ends(self, run: int) -> None:
        self.batch.append(FollowRun("job-1", run, True, (), self.settlement))

    @rule(run=runs, ended=st.booleans())
    def the_worker_answers_all_that_it_got(self, run: int, ended: bool) -> None:
        decisions = {row.decision_id for row in self.database.every(CHECKPOINTS) if row.decision_id}
        answers = tuple(Answer(decision_id=each, outcome=AnswerOutcome.APPLIED) for each in decisions)
        self.batch.append(FollowRun("job-1", run, ended, answers, self.settlement))

    @rule(seconds=st.integers(1, 20))
    def time_passes(self, seconds: int) -> None:
        self.database.now += timedelta(seconds=seconds)

    @rule()
    def the_expiry_loop_comes_by(self) -> None:
        self.batch.append(ExpireDue.of(self.settlement))

    @rule()
    def the_batch_commits(self) -> None:
        self.commit()

    def commit(self) -> None:
        batch, self.batch = self.batch, []
        for operation, result in zip(batch, self.database.run(*batch), strict=True):
            assert not isinstance(result, Exception) or isinstance(result, CheckpointError), result
            if isinstance(operation, Decide) and isinstance(result, Checkpoint):
                voted = operation.vote
                if result.state.value == voted.outcome.value:
                    told = (voted.outcome.value, voted.edit.digest if voted.edit else None)
                    self.successes.setdefault(operation.checkpoint_id, set()).add(told)

    @invariant()
    def whoever_was_told_success_agrees_with_the_one_decision(self) -> None:
        for which, told in self.successes.items():
            row = self.database.get(CHECKPOINTS, which)
            assert told == {(row.state.value, row.edited_digest)}

    @invariant()
    def a_decision_never_changes(self) -> None:
        for row in self.database.every(CHECKPOINTS):
            assert (row.state is State.PENDING) == (row.decision_id is None)
            if row.decision_id is not None:
                assert self.first_decision.setdefault(row.checkpoint_id, row.decision_id) == row.decision_id
                assert row.decided_by != "ana"

    @invariant()
    def nothing_waits_that_is_over(self) -> None:
        ended = max((row.run for row in self.database.every(CLOSED_RUNS)), default=0)
        rows = {row.checkpoint_id: row for row in self.database.every(CHECKPOINTS)}
        superseded = {row.supersedes for row in rows.values()}
        for row in rows.values():
            if row.state is State.PENDING:
                assert row.run > ended
                assert row.checkpoint_id not in superseded

    @invariant()
    def every_decision_was_sent_signed_and_waits_until_it_is_answered(self) -> None:
        sent: dict[UUID, set[str]] = {}
        for message in self.database.sent:
            if message.topic == "sluicegate.checkpoint-decided.v1":
                event = CheckpointDecided.model_validate_json(message.value)
                verify(event, {KEY.key_id: KEY.key.public_key()})
                sent.setdefault(event.checkpoint_id, set()).add(event.signed)
        decided = [row for row in self.database.every(CHECKPOINTS) if row.decision_id is not None]
        assert sent == {row.checkpoint_id: {row.signed} for row in decided}
        assert self.database.waits == {
            waits_for(row.decision_id) for row in decided if row.decision_id and not row.applied
        }

    def teardown(self) -> None:
        if hasattr(self, "batch"):
            self.commit()
            self.nothing_waits_that_is_over()


TestLives = Lives.TestCase
TestLives.settings = settings(max_examples=60, stateful_step_count=40)
