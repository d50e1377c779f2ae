"""What every journal must do, whatever keeps it. Bind it by a subclass whose `run` fixture makes a fresh run."""

from dataclasses import replace
from typing import Protocol
from uuid import UUID

import pytest

from sluicegate.errors import JobCancelled, LeaseLost
from sluicegate.journal import (
    Ask,
    CheckpointEntry,
    Journal,
    JournaledDecision,
    Kind,
    Outcome,
    Risk,
    StepEntry,
    StepSummary,
    View,
)
from sluicegate_schemas.ids import checkpoint_id
from sluicegate_schemas.payload import digest

DECISION_ID = UUID("01940000-0000-7000-8000-000000000001")


class RunUnderTest(Protocol):
    """A run, as the suite drives it from outside the journal."""

    @property
    def job_id(self) -> str:
        """The run's job; its run number is 1."""

    async def open(self) -> Journal:
        """The journal for the next attempt or resume, under a new lease."""

    async def decide(self, checkpoint: UUID, decision: JournaledDecision) -> None:
        """What became of an approval arrives."""

    async def cancel(self) -> None:
        """The running job is cancelled; the open journal has learnt of it on return."""

    async def lose_lease(self) -> None:
        """The open journal's lease passes to nobody. Its `check` need not know yet."""

    async def waits(self) -> bool:
        """Whether the run is suspended and undecided."""

    async def told(self) -> list[str]:
        """The keys of the checkpoints that people were told of, one per event, in that order."""


def step(name: str = "fetch", result: bytes = b'{"a":1}') -> StepEntry:
    return StepEntry(name, result, 12.5)


def ask(run: RunUnderTest, key: str = "publish", kind: Kind = Kind.APPROVAL, payload: bytes = b'{"n":1}') -> Ask:
    entry = CheckpointEntry(key, kind, checkpoint_id(run.job_id, 1, key, 1), 1, payload, digest(payload))
    return Ask(
        entry,
        "Publish?",
        "All of it",
        {"type": "object"},
        View(kind="json"),
        Risk.HIGH,
        ("approve", "reject"),
        expires_in_seconds=60,
    )


def decided(asked: Ask, outcome: Outcome = Outcome.APPROVED, edited: bytes | None = None) -> JournaledDecision:
    return JournaledDecision(DECISION_ID, outcome, asked.entry.payload_digest, edited, ("ben",), "looks right")


@pytest.mark.anyio
class JournalSuite:
    """The contract of `sluicegate.journal.Journal`."""

    @pytest.fixture
    def run(self) -> RunUnderTest:
        """A run that nobody has attempted yet."""
        raise NotImplementedError

    async def test_a_new_run_has_no_entries(self, run: RunUnderTest) -> None:
        journal = await run.open()
        assert dict(journal.entries()) == {}
        journal.check()

    async def test_a_recorded_step_is_there_for_the_next_attempt_byte_for_byte(self, run: RunUnderTest) -> None:
        exact = '{"big":9007199254740993,"ü":"\\u0001\\"\\\\","f":1.0}'.encode()
        await (await run.open()).record(step(result=exact))
        assert dict((await run.open()).entries()) == {"fetch": step(result=exact)}

    async def test_entries_show_what_earlier_attempts_recorded_and_not_this_one(self, run: RunUnderTest) -> None:
        journal = await run.open()
        await journal.record(step())
        assert dict(journal.entries()) == {}

    async def test_names_are_told_apart_by_every_character(self, run: RunUnderTest) -> None:
        names = ["a", "A", "a ", "ä", "a\u0308", "x" * 200, "%s", "a'b", "a\nb", "/"]
        journal = await run.open()
        for name in names:
            await journal.record(step(name))
        assert set((await run.open()).entries()) == set(names)

    async def test_recording_the_same_step_again_keeps_the_first(self, run: RunUnderTest) -> None:
        journal = await run.open()
        await journal.record(step())
        await journal.record(step())
        assert dict((await run.open()).entries()) == {"fetch": step()}

    async def test_a_large_result_is_kept_whole(self, run: RunUnderTest) -> None:
        large = b'"' + b"x" * 255_998 + b'"'
        await (await run.open()).record(step(result=large))
        assert (await run.open()).entries()["fetch"] == step(result=large)

    async def test_an_info_checkpoint_is_told_once_and_blocks_nobody(self, run: RunUnderTest) -> None:
        told = ask(run, "note", Kind.INFO)
        journal = await run.open()
        await journal.inform(told)
        await journal.inform(told)
        await journal.record(step())
        assert await run.told() == ["note"]
        assert not await run.waits()
        assert dict((await run.open()).entries()) == {"note": told.entry, "fetch": step()}

    async def test_an_approval_suspends_the_run_and_takes_the_lease(self, run: RunUnderTest) -> None:
        journal = await run.open()
        await journal.record(step())
        await journal.ask(ask(run), [StepSummary(name="fetch", kind="step", duration_ms=12.5)])
        assert await run.waits()
        assert await run.told() == ["publish"]
        with pytest.raises(LeaseLost):
            await journal.record(step("late"))
        with pytest.raises(LeaseLost):
            await journal.inform(ask(run, "late-note", Kind.INFO))

    @pytest.mark.parametrize("outcome", [Outcome.APPROVED, Outcome.REJECTED, Outcome.EXPIRED])
    async def test_a_decision_comes_back_with_its_entry(self, run: RunUnderTest, outcome: Outcome) -> None:
        asked = ask(run)
        await (await run.open()).ask(asked, [])
        await run.decide(asked.entry.checkpoint_id, decided(asked, outcome))
        assert not await run.waits()
        entries = (await run.open()).entries()
        assert entries == {"publish": replace(asked.entry, decision=decided(asked, outcome))}

    async def test_an_edited_payload_comes_back_byte_for_byte(self, run: RunUnderTest) -> None:
        asked, edited = ask(run), b'{ "n" : 9007199254740993 }'
        await (await run.open()).ask(asked, [])
        await run.decide(asked.entry.checkpoint_id, decided(asked, edited=edited))
        entry = (await run.open()).entries()["publish"]
        assert isinstance(entry, CheckpointEntry)
        assert entry.decision == decided(asked, edited=edited)
        assert entry.payload == b'{"n":1}'

    async def test_a_cancel_is_raised_by_check(self, run: RunUnderTest) -> None:
        journal = await run.open()
        await run.cancel()
        with pytest.raises(JobCancelled):
            journal.check()

    async def test_without_its_lease_a_journal_writes_nothing(self, run: RunUnderTest) -> None:
        journal = await run.open()
        await run.lose_lease()
        with pytest.raises(LeaseLost):
            await journal.record(step())
        with pytest.raises(LeaseLost):
            await journal.inform(ask(run, "note", Kind.INFO))
        with pytest.raises(LeaseLost):
            await journal.ask(ask(run), [])
        assert await run.told() == []
        assert dict((await run.open()).entries()) == {}

    async def test_an_older_attempt_writes_nothing_once_a_newer_one_has_the_run(self, run: RunUnderTest) -> None:
        older = await run.open()
        newer = await run.open()
        with pytest.raises(LeaseLost):
            await older.record(step("older"))
        await newer.record(step("newer"))
        assert set((await run.open()).entries()) == {"newer"}

    async def test_progress_may_be_shown_and_needs_the_lease(self, run: RunUnderTest) -> None:
        journal = await run.open()
        await journal.progress(b'{"done":1}')
        await run.lose_lease()
        with pytest.raises(LeaseLost):
            await journal.progress(b'{"done":2}')
