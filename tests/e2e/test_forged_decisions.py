"""Forged decisions resume nothing and harm nothing; a genuine one about other bytes ends the run, and nothing runs."""

import re
from collections.abc import Iterable

from sluicegate_dev.services import API, CHECKPOINT_SVC, WORKER
from sluicegate_schemas.payload import digest
from tests.e2e import forgery
from tests.e2e.forgery import EDITED, OTHER, Pending
from tests.e2e.people import Plan
from tests.e2e.town import Town
from tests.support.waiting import eventually
from tests.witness.effect_sink import Effect


def test_forged_decisions_resume_nothing_and_the_genuine_one_still_applies(town: Town) -> None:
    stack = town.stack
    job_id = town.submit("witness-gated", {"say": "as asked"}, "succeeded")
    about = _pending(town, job_id)
    forged = forgery.forgeries(about, forgery.private_key(stack.keys.decision_key))
    counted = _forged(town)

    forgery.produce(stack.bootstrap_servers, forged.values())
    kept = _dead_letters(town, job_id, len(forged))
    assert kept == dict.fromkeys((event.to_json() for event in forged.values()), "forged-decision")
    eventually(lambda: _forged(town) == counted + len(forged), "each is counted once")
    (run,) = stack.rows(WORKER, "SELECT status, waiting_for FROM runs WHERE job_id = %s", job_id)
    assert run == {"status": "waiting", "waiting_for": about.checkpoint_id}
    assert _effects(town, job_id) == []

    town.plans[job_id] = Plan.APPROVE
    town.wait_for_ends()
    (effect,) = _effects(town, job_id)
    assert effect.digest == about.payload_digest
    eventually(lambda: _shown(town, job_id) == ["approved"], "the api shows the one that counts")
    town.check()


def test_what_stands_beside_a_good_signature_is_not_believed(town: Town) -> None:
    """A genuine rejection once more, made to look like the approval of another job's checkpoint."""
    stack = town.stack
    bystander = town.submit("witness-gated", {"say": "not this one"}, "succeeded")
    about = _pending(town, bystander)
    rejected = town.submit_gated(Plan.REJECT)
    stack.wait_for_job(rejected)
    stack.wait_until_answered()
    (row,) = stack.rows(CHECKPOINT_SVC, "SELECT * FROM checkpoints WHERE job_id = %s", rejected)
    told = "SELECT seq FROM runs WHERE job_id = %s"
    before = stack.rows(WORKER, told, rejected)
    forgery.produce(stack.bootstrap_servers, [forgery.disguised(about, row)])
    eventually(lambda: stack.rows(WORKER, told, rejected) != before, "the decision is answered as what it is")

    assert stack.rows(WORKER, "SELECT status FROM runs WHERE job_id = %s", bystander) == [{"status": "waiting"}]
    shown = (["pending"], ["rejected"])
    eventually(lambda: (_shown(town, bystander), _shown(town, rejected)) == shown, "the api shows both as they are")
    town.plans[bystander] = Plan.APPROVE
    town.wait_for_ends()
    town.check()


def test_a_genuine_decision_about_other_bytes_ends_the_run_as_a_mismatch(town: Town) -> None:
    """Signed with checkpoint-svc's own key, which keeps no record of it: no projection can agree on that."""
    stack = town.stack
    key = forgery.private_key(stack.keys.decision_key)
    for edited in (None, EDITED):
        job_id = stack.submit("witness-gated", {"say": "as asked"})
        about = _pending(town, job_id)
        other = forgery.decision(about, key, payload_digest=digest(OTHER.encode()), edited=edited)
        forgery.produce(stack.bootstrap_servers, [other])
        job = stack.wait_for_job(job_id)
        assert (job["status"], job["error"]["type"]) == ("failed", "DecisionMismatch")
        assert _effects(town, job_id) == []
        closed = "SELECT state FROM checkpoints WHERE checkpoint_id = %s"
        eventually(
            lambda: stack.rows(CHECKPOINT_SVC, closed, about.checkpoint_id) == [{"state": "cancelled"}],  # noqa: B023
            "the checkpoint that nobody decided is closed",
        )
    stack.wait_until_answered()


def _pending(town: Town, job_id: str) -> Pending:
    checkpoint_id = town.stack.wait_for_checkpoint(job_id)
    (row,) = town.stack.rows(
        CHECKPOINT_SVC,
        "SELECT checkpoint_id, job_id, run, payload_digest FROM checkpoints WHERE checkpoint_id = %s",
        checkpoint_id,
    )
    return Pending(**row)


def _dead_letters(town: Town, job_id: str, count: int) -> dict[bytes, str]:
    """Value and code of what was kept, once there is so much of it."""
    query = "SELECT value, code FROM dead_letters WHERE record_key = %s"
    rows = eventually(
        lambda: found if len(found := town.stack.rows(API, query, job_id.encode())) >= count else None,
        f"{count} dead letters",
    )
    return {bytes(row["value"]): row["code"] for row in rows}


def _forged(town: Town) -> float:
    """What the workers have counted together."""
    texts: Iterable[str] = (worker.metrics() for worker in town.stack.workers)
    found = (re.search(r"^sluicegate_forged_decisions_total (\S+)$", text, re.MULTILINE) for text in texts)
    return sum(float(match.group(1)) for match in found if match)


def _effects(town: Town, job_id: str) -> list[Effect]:
    return [effect for effect in town.evidence().effects if effect.job == job_id]


def _shown(town: Town, job_id: str) -> list[str]:
    """The states of the job's checkpoints, as the api has them."""
    with town.stack.client(town.stack.api, "admin") as client:
        answer = client.get(f"/api/agent-jobs/{job_id}/checkpoints")
    assert answer.status_code == 200, answer.text
    return [item["state"] for item in answer.json()["items"]]
