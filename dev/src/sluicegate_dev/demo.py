"""`make demo` and `make compose-demo`: one job of each type, followed until it ends; a person decides in between."""

import asyncio
import json
from pathlib import Path
from typing import Any

import httpx

from sluicegate_dev.errors import DevError
from sluicegate_dev.screen import say

_WAIT_SECONDS = 20
_PAUSE_SECONDS = 0.5
_ENDED = frozenset({"succeeded", "failed", "rejected", "expired", "cancelled"})
_JOB_TYPES = ("simple-task", "code-generation", "data-processing")

Job = dict[str, Any]


class NotRunning(DevError):
    """Nothing answers there; the message says what starts it."""


def find_dev(clone: Path) -> tuple[str, dict[str, str]]:
    """Origin and API keys of the `make dev` that runs.

    Raises:
        NotRunning
    """
    try:
        here = json.loads((clone / ".sluicegate" / "dev.json").read_text())
    except FileNotFoundError:
        raise NotRunning("No `make dev` runs in this clone; start one in another terminal.") from None
    return here["origin"], here["apiKeys"]


def demo(clone: Path, origin: str, api_keys: dict[str, str]) -> int:
    """Submits a sample input of each job type and says what each is doing; 0 if all succeed.

    Raises:
        NotRunning
    """
    try:
        return asyncio.run(_demo(clone, origin, api_keys))
    except httpx.ConnectError:
        raise NotRunning(f"Nothing answers at {origin}; `make dev` or `docker compose up` starts it.") from None


async def _demo(clone: Path, origin: str, api_keys: dict[str, str]) -> int:
    headers = {"authorization": f"Bearer {api_keys['submitter']}"}
    async with httpx.AsyncClient(
        base_url=origin, headers=headers, timeout=_WAIT_SECONDS + 10, trust_env=False
    ) as client:
        bodies = [(clone / "examples" / "inputs" / f"{name}.json").read_bytes() for name in _JOB_TYPES]
        jobs = [await _submit(client, body) for body in bodies]
        ended = await asyncio.gather(*(_follow(client, job, api_keys["approver"]) for job in jobs))
    return 0 if all(job["status"] == "succeeded" for job in ended) else 1


async def _submit(client: httpx.AsyncClient, body: bytes) -> Job:
    response = await client.post("/api/agent-jobs", content=body, headers={"content-type": "application/json"})
    response.raise_for_status()
    job: Job = response.json()
    say(job["jobType"], f"submitted: {client.base_url.join(job['links']['self'])}")
    return job


async def _follow(client: httpx.AsyncClient, job: Job, approver: str) -> Job:
    shown = None
    while job["status"] not in _ENDED:
        waiting = job.get("waitingFor")
        # The title comes with the checkpoint itself, which may be a moment behind the job.
        if waiting and "title" in waiting and waiting["checkpointId"] != shown:
            shown = waiting["checkpointId"]
            page = client.base_url.join(f"/admin/agent-checkpoints/{shown}")
            url = client.base_url.join(waiting["url"])
            say(job["jobType"], f"waiting for you: {page}")
            say("", f"{waiting['title']}. Or approve it by curl -X POST -H 'Authorization: Bearer {approver}' {url}")
        job = await _next(client, job)
    say(job["jobType"], f"{job['status']}: {json.dumps(job.get('result') or job.get('error'))}")
    return job


async def _next(client: httpx.AsyncClient, job: Job) -> Job:
    """The job after its next change; a service that restarts is waited for."""
    # A long poll answers a waiting job at once: what is awaited then is a person, and a pause is enough.
    long_poll = job["status"] != "waiting"
    if not long_poll:
        await asyncio.sleep(_PAUSE_SECONDS)
    response = await client.get(job["links"]["self"], params={"wait": _WAIT_SECONDS} if long_poll else {})
    if response.status_code == httpx.codes.SERVICE_UNAVAILABLE:
        await asyncio.sleep(_PAUSE_SECONDS)
        return job
    response.raise_for_status()
    found: Job = response.json()
    return found
