"""Forged decisions resume nothing and harm nothing; a genuine one about other bytes ends the run, and nothing runs."""

import re

from sluicegate_dev.services import API, CHECKPOINT_SVC, WORKER
from sluicegate_schemas.payload import digest
from tests.e2e import forgery
from tests.e2e.forgery import Pending
from tests.e2e.people import Plan
from tests.e2e.town import Town
from tests.support.waiting import eventually


def test_forged_decisions_resume_nothing_and_the_genuine_one_still_applies(town: Town) -> None:
    stack = town.stack
    job_id = town.submit("witness-gated", {"say": "as asked"}, "succeeded")
    about = _pending(town, job_id)
    forged = forgery.forgeries(about, forgery.private_key(stack.keys.decision_key))
    counted = _forged(town)

    forgery.produce(stack.bootstrap_servers, list(forged.values()))
    eventually(lambda: _forged(town) == counted + len(forged), "every one of them is counted")
    letters = "SELECT value, code, reason FROM dead_letters WHERE record_key = %s"
    eventually(lambda: len(stack.rows(API, letters, job_id.encode())) == len(forged), "and kept")
    kept = {bytes(row["value"]): row["code"] for row in stack.rows(API, letters, job_id.encode())}
    assert kept == {event.to_json(): "forged-decision" for event in forged.values()}

    (run,) = stack.rows(WORKER, "SELECT status, waiting_for FROM runs WHERE job_id = %s", job_id)
    assert run == {"status": "waiting", "waiting_for": about.checkpoint_id}
    assert _shown(town, job_id) == ["pending"]
    assert [effect for effect in town.evidence().effects if effect.job == job_id] == []

    town.plans[job_id] = Plan.APPROVE
    town.wait_for_ends()
    (effect,) = (effect for effect in town.evidence().effects if effect.job == job_id)
    assert effect.digest == about.payload_digest
    assert _shown(town, job_id) == ["approved"]
    town.check()


def test_what_was_not_signed_is_not_believed_even_beside_a_good_signature(town: Town) -> None:
    """The genuine decision is sent once more with everything around the signed text changed."""
    stack = town.stack
    job_id = town.submit_gated(Plan.REJECT)
    bystander = town.submit("witness-gated", {"say": "not this one"}, "rejected")
    spared = _pending(town, bystander)
    town.wait_for_job(job_id)
    genuine = forgery.genuine(stack, job_id)
    forgery.produce(stack.bootstrap_servers, forgery.dressed_up(genuine, spared))
    town.submit_gated(Plan.APPROVE)
    town.wait_for_jobs_but(bystander)
    assert _shown(town, job_id) == ["rejected"]
    assert _shown(town, bystander) == ["pending"]
    town.plans[bystander] = Plan.REJECT
    town.wait_for_ends()
    town.check()
