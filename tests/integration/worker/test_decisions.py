"""Decisions that are forged, doubled, late, or about something else."""

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from sluicegate_kit.metrics import FORGED_DECISIONS
from sluicegate_schemas.checkpoint_decided import Outcome
from sluicegate_schemas.ids import new_id
from sluicegate_schemas.job_lifecycle import AnswerOutcome, Status
from sluicegate_schemas.payload import digest
from sluicegate_schemas.topics import CHECKPOINT_DECIDED, JOB_REQUESTED
from tests.integration.worker import handlers
from tests.integration.worker.replica import Town

pytestmark = pytest.mark.anyio


async def test_a_forged_decision_resumes_nothing_and_the_genuine_one_still_applies(town: Town) -> None:
    town.fleet()
    async with town.replica():
        town.submit("a", "gated")
        asked = await town.asks("a")
        town.decide(asked, key=Ed25519PrivateKey.generate())
        town.decide(asked, key_id="unknown")
        town.decide(asked, edited='{"planned":1}', edited_payload='{"planned":666}')
        await town.until(lambda: town.dead_letters() == ["forged-decision"] * 3)
        assert (await town.run("a"))["status"] == "waiting"
        town.decide(asked, outcome=Outcome.APPROVED)
        await town.reaches("a", Status.SUCCEEDED)


async def test_unsigned_copies_of_signed_fields_are_ignored(town: Town) -> None:
    town.fleet()
    async with town.replica():
        town.submit("b", "gated")
        asked = await town.asks("b")
        decision = town.decide(asked, Outcome.REJECTED)
        swapped = decision.model_copy(update={"outcome": Outcome.APPROVED})
        town.send(swapped, source="sluicegate/checkpoint-svc")
        await town.reaches("b", Status.REJECTED)
    assert not any(job == "b" for job, _ in handlers.effects)


async def test_a_genuine_decision_on_another_payload_fails_the_run(town: Town) -> None:
    town.fleet()
    async with town.replica():
        town.submit("c", "gated")
        decision = town.decide(await town.asks("c"), about=digest(b"something else"))
        ended = await town.reaches("c", Status.FAILED)
    assert ended.error is not None
    assert ended.error.type == "DecisionMismatch"
    assert [(one.decision_id, one.outcome) for one in ended.answers or ()] == [
        (decision.decision_id, AnswerOutcome.REFUSED)
    ]
    assert not any(job == "c" for job, _ in handlers.effects)


async def test_everything_delivered_twice_happens_once(town: Town) -> None:
    town.fleet()
    async with town.replica():
        town.submit("d", "gated")
        asked = await town.asks("d")
        town.repeat(JOB_REQUESTED)
        town.decide(asked)
        town.repeat(CHECKPOINT_DECIDED)
        await town.reaches("d", Status.SUCCEEDED)
        before = len(_outcomes(town, "d"))
        town.repeat(CHECKPOINT_DECIDED)
        town.repeat(JOB_REQUESTED)
        await town.until(lambda: len(_outcomes(town, "d")) == before + 2, "each copy is answered")
    assert set(_outcomes(town, "d")) == {AnswerOutcome.APPLIED}
    assert sum(job == "d" for job, _ in handlers.effects) == 1
    assert len(town.asked("d")) == 1
    assert [one.status for one in town.lifecycles("d")][-1] is Status.SUCCEEDED


async def test_the_same_job_id_with_other_content_is_a_dead_letter(town: Town) -> None:
    town.fleet()
    async with town.replica():
        town.submit("e", "echo", input_data={"n": 1})
        await town.reaches("e", Status.SUCCEEDED)
        town.submit("e", "echo", input_data={"n": 2})
        await town.until(lambda: town.dead_letters() == ["job-id-conflict"])
    assert (await town.run("e"))["result"] == '{"echo":{"n":1}}'


async def test_an_upstream_job_in_another_wrapping_is_the_same_job(town: Town) -> None:
    town.fleet()
    async with town.replica():
        town.submit("f", "echo", sealed=False)
        town.bare(jobId="f", jobType="echo", taskDescription="test", requestedBy="ana", inputData={})
        await town.until(lambda: len(town.lifecycles("f")) == 2)
    assert town.dead_letters() == []


async def test_an_unknown_checkpoint_and_poison_are_dead_letters_and_the_rest_goes_on(town: Town) -> None:
    town.fleet()
    async with town.replica():
        town.submit("g", "gated")
        asked = await town.asks("g")
        town.decide(asked.model_copy(update={"checkpoint_id": new_id()}))
        town.bare(jobId="no type")
        town.decide(asked)
        await town.reaches("g", Status.SUCCEEDED)
        await town.until(lambda: sorted(town.dead_letters()) == ["invalid-data", "unknown-checkpoint"])


async def test_forged_decisions_are_counted(town: Town) -> None:
    town.fleet()
    async with town.replica() as service:
        town.submit("h", "gated")
        town.decide(await town.asks("h"), key=Ed25519PrivateKey.generate())
        await town.until(lambda: town.dead_letters() == ["forged-decision"])
        assert service.metrics.registry.get_sample_value(FORGED_DECISIONS.name) == 1


def _outcomes(town: Town, job_id: str) -> list[AnswerOutcome]:
    return [answer.outcome for one in town.lifecycles(job_id) for answer in one.answers or ()]
