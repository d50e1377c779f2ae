"""`make dev` as a person meets it."""

import re
import signal
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import httpx
import pytest

from sluicegate_dev.processes import process_id
from tests.integration.dev.make_dev import MakeDev, left_running
from tests.support.waiting import eventually

ONE_FILE = {"files": [{"path": "lib/auth.ts", "content": "export const ok = true;\n"}]}

OWN = """
from pydantic import BaseModel
from sluicegate import JobContext, job_handler

class Nothing(BaseModel):
    pass

@job_handler("own", version="1")
async def own(ctx: JobContext, input: Nothing) -> dict[str, str]:
    return {"said": "SAID"}
"""


@pytest.fixture
def dev(tmp_path: Path) -> Iterator[MakeDev]:
    made = MakeDev(tmp_path)
    yield made
    made.clean_up()


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MakeDev]:
    made = MakeDev(tmp_path_factory.mktemp("clone"))
    made.start()
    yield made
    made.clean_up()


def test_a_job_runs_through_one_origin_and_its_files_are_written(running: MakeDev) -> None:
    dev, here = running, running.here
    assert set(here) == {"origin", "bootstrapServers", "databases", "apiKeys", "workspace", "pids"}
    assert set(here["databases"]) == {"api", "worker", "checkpoint"}
    assert set(here["apiKeys"]) == {"submitter", "approver", "admin"}
    assert {"api", "worker", "checkpoint-svc", "insights"} <= set(here["pids"])
    assert here["origin"] in dev.screen
    assert here["bootstrapServers"] in dev.screen

    job = dev.submit("code-generation", ONE_FILE)
    dev.approve(dev.wait_for_job(job, "waiting"))
    result = dev.wait_for_job(job, "succeeded")["result"]
    written = Path(here["workspace"]) / result["written"][0]["path"]
    assert written.read_text() == "export const ok = true;\n"
    eventually(partial(_has_counted, dev, "code-generation"), "insights has counted it")


def test_two_people_are_shown_how_to_sign_in_at_every_service(running: MakeDev) -> None:
    links = dict(re.findall(r"(Ana|Ben) \([a-z, ]+\) +(http://127\.0\.0\.1:\d+/admin/sign-in/[\w-]+)", running.screen))
    assert set(links) == {"Ana", "Ben"}
    for link in links.values():
        with httpx.Client(trust_env=False, headers={"sec-fetch-site": "same-origin"}) as browser:
            assert browser.get(link).status_code == 200
            assert browser.post(link).status_code == 303
            origin = running.here["origin"]
            for path in ("/api/agent-jobs", "/api/admin/agent-checkpoints", "/api/admin/insights"):
                assert browser.get(f"{origin}{path}").status_code == 200
            assert browser.post(link).status_code == 410


def test_a_second_one_in_the_same_clone_says_where_the_first_is(running: MakeDev) -> None:
    exit_code, screen = running.second()
    assert exit_code == 1
    origin, pid = running.here["origin"], running.here["pids"]["dev"]
    assert f"Sluicegate runs in this clone already: {origin} (pid {pid})" in screen


def test_a_service_that_dies_is_started_again_and_said_so(running: MakeDev) -> None:
    dev, before = running, running.here["pids"]
    for name in ("worker", "postgres", "kafka"):
        process = process_id(before[name]).find()
        assert process is not None
        process.send_signal(signal.SIGKILL)
    for name in ("worker", "postgres", "kafka"):
        again = partial(_has_new_pid, dev, name, before[name])
        eventually(again, f"{name} runs again", within_seconds=60)
        assert f"{name:<15} was killed by SIGKILL; starts again" in dev.screen
    job = dev.submit("simple-task", {"test": "data"})
    dev.wait_for_job(job, "succeeded")
    eventually(partial(_has_counted, dev, "simple-task"), "insights reads the log that the broker has now")


def test_after_a_kill_the_next_start_goes_on_and_ctrl_c_leaves_nothing_running(dev: MakeDev) -> None:
    dev.start()
    job = dev.submit("code-generation", ONE_FILE)
    dev.wait_for_job(job, "waiting")
    old = {name: process_id(pid) for name, pid in dev.here["pids"].items() if name != "dev"}
    dev.child.kill()

    dev.start()
    assert "ended what a killed run had left" in dev.screen
    assert not [name for name, process in old.items() if process.find()]
    dev.approve(dev.wait_for_job(job, "waiting"))
    dev.wait_for_job(job, "succeeded")

    assert dev.interrupt() == 0
    assert left_running(dev.clone) == []
    assert not (dev.clone / ".sluicegate" / "dev.json").exists()


def test_own_handlers_are_loaded_and_again_when_they_change(dev: MakeDev) -> None:
    module = dev.clone / "my_jobs.py"
    module.write_text(OWN.replace("SAID", "one"))
    dev.start("--handlers", "my_jobs")
    worker = dev.here["pids"]["worker"]
    assert dev.wait_for_job(dev.submit("own", {}), "succeeded")["result"] == {"said": "one"}

    module.write_text(OWN.replace("SAID", "two"))
    eventually(partial(_has_new_pid, dev, "worker", worker), "the worker was started again", within_seconds=60)
    assert "my_jobs.py changed; drains and starts again" in dev.screen
    assert dev.wait_for_job(dev.submit("own", {}), "succeeded")["result"] == {"said": "two"}


def _has_counted(dev: MakeDev, job_type: str) -> bool:
    """Whether insights knows of a job of this type that succeeded."""
    with dev.client("submitter") as client:
        body = client.get("/api/admin/insights", params={"jobType": job_type}).json()
    return bool(body["total"]["ended"].get("succeeded"))


def _has_new_pid(dev: MakeDev, name: str, old: int) -> bool:
    return bool(dev.here["pids"][name] != old)
