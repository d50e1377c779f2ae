"""The main job through three services on real Apache Kafka: two workers, two checkpoint services, one api."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from sluicegate_dev.services import API, CHECKPOINT_SVC, WORKER
from sluicegate_schemas.payload import digest
from tests.e2e.people import Plan
from tests.e2e.town import REPOSITORY, Town
from tests.e2e.upstream import MODES, produce, record
from tests.support.waiting import eventually

NEW = "export const greet = (name: string) => `Hello, ${name}!`;\n"


def change(target: str) -> dict[str, Any]:
    """The input of a code generation that writes one file."""
    return {"files": [{"path": "lib/greet.ts", "content": NEW}], "target": target}


def test_jobs_of_every_fate_submitted_by_http_end_right(town: Town) -> None:
    town.submit_mixture(24)
    town.wait_for_ends()
    town.check()


def test_jobs_that_an_upstream_system_produces_twice_and_in_three_modes_end_right(town: Town) -> None:
    records = []
    for mode in MODES:
        for plan in (Plan.APPROVE, Plan.REJECT):
            job_id = f"upstream:{mode}.{plan}"
            town.plans[job_id] = plan
            town.expected[job_id] = "succeeded" if plan is Plan.APPROVE else "rejected"
            data = {
                "jobId": job_id,
                "jobType": "witness-gated",
                "taskDescription": "from outside",
                "inputData": {"say": mode},
                "requestedBy": "erp",
            }
            records += [(job_id, *record(mode, data))] * 2
    produce(town.stack.bootstrap_servers, records)
    town.wait_for_ends()
    town.check()
    jobs = {job_id: town.stack.job(job_id) for job_id in town.expected}
    assert {job["requestedBy"] for job in jobs.values() if job and job["jobId"].startswith("upstream:")} == {
        "upstream:billing/erp",
        "upstream:unknown/erp",
    }


def test_a_code_change_is_written_as_approved_by_somebody_else(town: Town) -> None:
    stack = town.stack
    target = stack.workspace / "app" / "lib" / "greet.ts"
    target.parent.mkdir(parents=True)
    target.write_text("export const greet = () => 'Hi';\n")
    job_id = town.submit("code-generation", change("app"), "succeeded")
    checkpoint = stack.wait_for_checkpoint(job_id)
    assert target.read_text() == "export const greet = () => 'Hi';\n"
    with stack.client(stack.checkpoint_svc, "submitter") as client:
        assert client.post(f"/api/admin/agent-checkpoints/{checkpoint}").status_code == 403
    assert stack.approve(checkpoint).status_code == 200
    job = stack.wait_for_job(job_id)
    assert job["status"] == "succeeded"
    assert target.read_text() == NEW
    town.wait_for_ends()
    town.check()


def test_an_edited_code_change_is_written_as_edited(town: Town) -> None:
    stack = town.stack
    job_id = town.submit("code-generation", change("edited"), "succeeded")
    checkpoint = stack.wait_for_checkpoint(job_id)
    with stack.client(stack.checkpoint_svc, "approver") as client:
        path = f"/api/admin/agent-checkpoints/{checkpoint}"
        shown = client.get(path)
        edited = json.loads(json.dumps(shown.json()["payload"]).replace("Hello", "Good day"))
        body = json.dumps({"editedPayload": edited, "reason": "politer"})
        headers = {"content-type": "application/json"}
        assert client.post(path, content=body, headers=headers).status_code == 428
        assert client.post(path, content=body, headers={**headers, "if-match": '"other"'}).status_code == 412
        answer = client.post(path, content=body, headers={**headers, "if-match": shown.headers["etag"]})
    assert answer.status_code == 200, answer.text
    stack.wait_for_job(job_id, "succeeded")
    assert (stack.workspace / "edited" / "lib" / "greet.ts").read_text() == NEW.replace("Hello", "Good day")
    town.wait_for_ends()
    town.check()


@pytest.mark.parametrize(("sample", "approvals"), [("simple-task", 0), ("data-processing", 2)])
def test_the_other_samples_end_right_on_the_inputs_in_examples(town: Town, sample: str, approvals: int) -> None:
    stack = town.stack
    examples = REPOSITORY / "examples"
    shutil.copytree(examples / "workspace", stack.workspace, dirs_exist_ok=True)
    body: dict[str, Any] = json.loads((examples / "inputs" / f"{sample}.json").read_text())
    job_id = town.submit(body["jobType"], body["inputData"], "succeeded")
    town.plans[job_id] = Plan.APPROVE
    town.wait_for_ends()
    town.check()
    asked = stack.rows(CHECKPOINT_SVC, "SELECT kind FROM checkpoints WHERE job_id = %s", job_id)
    kinds = [row["kind"] for row in asked]
    assert "info" in kinds
    assert kinds.count("approval") == approvals


def test_a_job_is_cancelled_in_every_state(town: Town, tmp_path: Path) -> None:
    stack = town.stack
    queued = town.submit("nobody-does-this", {}, "cancelled")
    delayed = town.submit("witness-echo", {}, "cancelled", runAt="2999-01-01T00:00:00Z")
    running = town.submit("witness-held", {"until": str(tmp_path / "never")}, "cancelled")
    waiting = town.submit("witness-gated", {"say": "never"}, "cancelled")
    stack.wait_for_job(running, "running")
    checkpoint = stack.wait_for_checkpoint(waiting)
    eventually(lambda: (stack.job(queued) or {}).get("blockedReason"), "the job without a handler says so")
    for job_id in (queued, delayed, running, waiting):
        answer = stack.cancel(job_id)
        assert answer.status_code == 202, answer.text
        assert answer.json()["pendingControl"]["action"] == "cancel"
    town.wait_for_ends()
    assert stack.cancel(running).status_code == 409
    decided = stack.rows(CHECKPOINT_SVC, "SELECT state FROM checkpoints WHERE checkpoint_id = %s", checkpoint)
    assert decided == [{"state": "cancelled"}]
    town.check()


def test_a_failed_job_is_retried_as_its_next_run(town: Town) -> None:
    stack = town.stack
    job_id = town.submit("witness-flaky", {"failing_runs": 1}, "failed", maxAttempts=2)
    town.wait_for_ends()
    job = stack.job(job_id)
    assert job is not None
    assert (job["run"], job["attempt"], job["error"]["type"]) == (1, 2, "RuntimeError")
    with stack.client(stack.api) as client:
        answer = client.patch(f"/api/agent-jobs/{job_id}", json={"action": "retry", "reason": "mended"})
    assert answer.status_code == 202, answer.text
    town.expected[job_id] = "succeeded"
    town.wait_for_ends()
    town.check()
    past = stack.rows(WORKER, "SELECT run, status FROM past_runs WHERE job_id = %s", job_id)
    assert past == [{"run": 1, "status": "failed"}]


def test_nobody_is_refused_for_long_when_a_replica_of_each_kind_goes_away(town: Town) -> None:
    """SIGTERM: the replica drains and exits with 0, what it held goes on elsewhere, and no attempt is counted."""
    stack = town.stack
    town.submit_mixture(12)
    assert stack.worker.stop() == 0
    assert stack.checkpoint_svc.stop() == 0
    for replica in (stack.worker, stack.checkpoint_svc):
        replica.start()
    town.wait_for_ends()
    town.check()
    counted = stack.rows(WORKER, "SELECT max(attempt) AS most FROM runs WHERE job_type = 'witness-gated'")
    assert counted == [{"most": 1}]


def test_what_the_approver_saw_is_what_the_effect_received(town: Town) -> None:
    job_id = town.submit_gated(Plan.APPROVE)
    town.wait_for_ends()
    (effect,) = (effect for effect in town.evidence().effects if effect.job == job_id)
    (checkpoint,) = town.stack.rows(
        CHECKPOINT_SVC, "SELECT payload, checkpoint_id FROM exhibits NATURAL JOIN checkpoints WHERE job_id = %s", job_id
    )
    assert effect.digest == digest(bytes(checkpoint["payload"]))
    shown = "SELECT * FROM job_decisions WHERE checkpoint_id = %s"
    found = eventually(
        lambda: town.stack.rows(API, shown, checkpoint["checkpoint_id"]), "the api has heard of the decision"
    )
    assert len(found) == 1
