"""docker-compose.yml as somebody runs it who operates services for a living. The tests build on one another's stack."""

import json
import time
from pathlib import Path
from typing import Any

import pytest

from tests.compose.project import Project, docker, inspect
from tests.deploy.compose_file import REPOSITORY
from tests.support.waiting import eventually

pytestmark = pytest.mark.compose
SERVICES = ("api", "checkpoint-svc", "worker", "insights")
CODE: dict[str, Any] = json.loads((REPOSITORY / "examples" / "inputs" / "code-generation.json").read_text())


def read(project: Project, path: str) -> str:
    """A file of the workspace, through any worker."""
    return docker("exec", project.containers("worker")[0], "cat", f"/workspace/{path}")


def test_an_unset_secret_is_named_with_what_makes_it() -> None:
    said = docker("compose", "--env-file", "/dev/null", "config", check=False)
    assert "is missing a value: run make compose-keys" in said


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_is_nobody_in_particular_and_can_change_nothing(project: Project, service: str) -> None:
    containers = project.containers(service)
    assert len(containers) == (4 if service == "worker" else 1)
    for container in containers:
        status = dict(line.split(":", 1) for line in docker("exec", container, "cat", "/proc/1/status").splitlines())
        assert status["Name"].strip() == "python"
        assert all(int(uid) >= 10_000 for key in ("Uid", "Gid") for uid in status[key].split())
        assert int(status["CapEff"], 16) == int(status["CapBnd"], 16) == 0
        assert status["NoNewPrivs"].strip() == "1"
        assert inspect(container)["HostConfig"]["ReadonlyRootfs"] is True
        assert "Read-only file system" in docker("exec", container, "touch", "/app/new", check=False)


@pytest.mark.parametrize("service", SERVICES)
def test_an_image_has_no_tools_to_build_with(project: Project, service: str) -> None:
    (container, *_) = project.containers(service)
    for tool in ("uv", "pip", "pip3", "gcc", "cc", "make", "curl", "git"):
        assert docker("exec", container, "sh", "-c", f"command -v {tool} || true") == "", tool
    assert "No module named pip" in docker("exec", container, "python", "-m", "pip", check=False)


def test_the_main_job_goes_through_nginx(project: Project) -> None:
    job = project.submit(CODE)
    project.waits(job)
    ended = project.approve(job)
    assert ended["status"] == "succeeded", ended
    assert read(project, f"jobs/{job}/lib/auth.ts") == CODE["inputData"]["files"][0]["content"]


def test_insights_shows_the_main_job_through_nginx(project: Project) -> None:
    counted = succeeded(project)
    assert project.approve(project.submit(CODE))["status"] == "succeeded"
    eventually(lambda: succeeded(project) == counted + 1, "it is counted", within_seconds=30, every_seconds=0.2)
    with project.client("approver") as client:
        page = client.get("/admin/insights")
    assert page.status_code == 200, page.text
    assert "<code>code-generation</code>" in page.text


def succeeded(project: Project) -> int:
    """How many runs of the main job's type have succeeded within the hour, as insights says."""
    with project.client("approver") as client:
        answer = client.get("/api/admin/insights", params={"window": "hour"})
    assert answer.status_code == 200, answer.text
    found = {each["jobType"]: each["ended"] for each in answer.json()["jobTypes"]}
    return int(found.get(CODE["jobType"], {}).get("succeeded", 0))


def test_events_pass_through_nginx_as_they_come(project: Project) -> None:
    job = project.submit(CODE)
    with project.client("submitter") as client, client.stream("GET", f"/api/agent-jobs/{job}/events") as stream:
        assert stream.headers["content-type"].startswith("text/event-stream")
        seen = ""
        for text in stream.iter_text():
            seen += text
            if '"waiting"' in seen:
                break
    project.approve(job)


def test_what_nobody_serves_is_a_problem_document(project: Project) -> None:
    with project.client("submitter") as client:
        for path in ("/apis", "/metrics", "/healthz"):
            answer = client.get(path)
            assert (answer.status_code, answer.headers["content-type"]) == (404, "application/problem+json"), path
            assert answer.json()["type"].endswith("/not-found")
        large = client.post("/api/agent-jobs", content=b"x" * 3_000_000)
        assert (large.status_code, large.headers["content-type"]) == (413, "application/problem+json")


def test_jobs_survive_the_kill_of_a_worker_and_of_kafka(project: Project) -> None:
    jobs = [project.submit(CODE) for _ in range(8)]
    worker, (kafka,) = project.containers("worker")[0], project.containers("kafka")
    docker("kill", worker, kafka)
    jobs += [project.submit(CODE) for _ in range(8)]
    docker("start", worker, kafka)
    ended = [project.approve(job, within_seconds=120) for job in jobs]
    assert [job["status"] for job in ended] == ["succeeded"] * len(jobs)
    assert all(read(project, f"jobs/{job}/lib/auth.ts") for job in jobs)


@pytest.mark.parametrize("service", SERVICES)
def test_sigterm_reaches_python_which_drains_and_ends_with_0(project: Project, service: str) -> None:
    container = project.containers(service)[-1]
    began = time.monotonic()
    docker("stop", container)
    state = inspect(container)["State"]
    assert (state["ExitCode"], state["OOMKilled"]) == (0, False)
    assert time.monotonic() - began < 30
    if service == "api":
        with project.client("submitter") as client:
            answer = client.get("/api/agent-jobs")
            assert (answer.status_code, answer.headers["retry-after"]) == (503, "1")
            assert answer.json()["type"].endswith("/unavailable")
    docker("start", container)
    eventually(
        lambda: inspect(container)["State"]["Health"]["Status"] == "healthy",
        f"{service} is well again",
        within_seconds=60,
    )


def test_up_again_changes_nothing_and_what_was_done_is_still_there(project: Project) -> None:
    job = project.submit(CODE)
    assert project.approve(job)["status"] == "succeeded"
    project.compose("down", "--timeout", "40")
    project.up(workers=2)
    assert len(project.containers("worker")) == 2
    with project.client("submitter") as client:
        assert client.get(f"/api/agent-jobs/{job}").json()["status"] == "succeeded"
    assert read(project, f"jobs/{job}/lib/auth.ts")


def test_a_worker_runs_handlers_of_your_own(project: Project, tmp_path: Path) -> None:
    docker("build", "--tag", "sluicegate-test-worker", "examples/own-handlers")
    override = tmp_path / "own-handlers.yml"
    override.write_text("services: {worker: {image: sluicegate-test-worker, build: !reset null}}\n")
    project.add_file(override)
    project.up("--no-build", workers=1)
    job = project.submit(
        {
            "jobType": "announce-release",
            "taskDescription": "Say so",
            "inputData": {"product": "sluicegate", "version": "1.0"},
        }
    )
    assert project.approve(job)["status"] == "succeeded"
    assert read(project, "sluicegate-1.0.txt") == "sluicegate 1.0 is out."
