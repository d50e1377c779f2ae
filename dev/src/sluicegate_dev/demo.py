"""`make demo`: one job of each type, followed until it ends; a person decides in between."""

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx

from sluicegate_dev.errors import DevError
from sluicegate_dev.screen import say

_POLL_SECONDS = 20
_ENDED = frozenset({"succeeded", "failed", "rejected", "expired", "cancelled"})


class NotRunning(DevError):
    """No `make dev` runs in this clone; start one in another terminal."""


def demo(clone: Path) -> int:
    """Submits `examples/jobs/*.json` and says what each is doing; 0 if all succeed.

    Raises:
        NotRunning
    """
    dev_file = clone / ".sluicegate" / "dev.json"
    if not dev_file.exists():
        raise NotRunning("No `make dev` runs in this clone; start one in another terminal.")
    here = json.loads(dev_file.read_text())
    with httpx.Client(
        base_url=here["origin"],
        headers={"authorization": f"Bearer {here['apiKeys']['submitter']}"},
        timeout=_POLL_SECONDS + 10,
        trust_env=False,
    ) as client:
        jobs = [_submit(client, request) for request in _requests(clone)]
        ended = [_follow(client, job, here["apiKeys"]["approver"]) for job in jobs]
    return 0 if all(job["status"] == "succeeded" for job in ended) else 1


def _requests(clone: Path) -> Iterator[dict[str, Any]]:
    for file in sorted((clone / "examples" / "jobs").glob("*.json")):
        yield json.loads(file.read_text())


def _submit(client: httpx.Client, request: dict[str, Any]) -> dict[str, Any]:
    response = client.post("/api/agent-jobs", json=request)
    response.raise_for_status()
    job: dict[str, Any] = response.json()
    say(job["jobType"], f"submitted: {client.base_url}/api/agent-jobs/{job['jobId']}")
    return job


def _follow(client: httpx.Client, job: dict[str, Any], approver: str) -> dict[str, Any]:
    shown = None
    while job["status"] not in _ENDED:
        waiting = job.get("waitingFor")
        if waiting and waiting["checkpointId"] != shown:
            shown = waiting["checkpointId"]
            url = client.base_url.join(waiting["url"])
            say(job["jobType"], f"waiting for you: {url}")
            say("", f"  {waiting['title']}; approve: curl -X POST -H 'Authorization: Bearer {approver}' {url}")
        job = _next(client, job)
    say(job["jobType"], f"{job['status']}: {json.dumps(job.get('result') or job.get('error'))}")
    return job


def _next(client: httpx.Client, job: dict[str, Any]) -> dict[str, Any]:
    """The job after its next change; a service that restarts is waited for."""
    waits = {"wait": _POLL_SECONDS} if job["status"] != "waiting" else {}
    if not waits:
        time.sleep(0.5)
    response = client.get(f"/api/agent-jobs/{job['jobId']}", params=waits)
    if response.status_code == httpx.codes.SERVICE_UNAVAILABLE:
        time.sleep(1)
        return job
    response.raise_for_status()
    found: dict[str, Any] = response.json()
    return found
