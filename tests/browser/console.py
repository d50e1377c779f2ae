"""The console on real services and real Kafka, behind the front door that makes them one origin."""

import json
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
from anyio.from_thread import start_blocking_portal

from sluicegate_dev.folder import write_private
from sluicegate_dev.front_door import FrontDoor
from sluicegate_dev.keys import PEOPLE, Keys
from sluicegate_dev.routes import routes_of
from sluicegate_dev.samples import lay_out_samples
from sluicegate_dev.services import API, CHECKPOINT_SVC, INSIGHTS, WORKER
from sluicegate_kit.web.server import HttpServer
from tests.support.databases import Databases
from tests.support.plain_http import NO_CERTIFICATES
from tests.support.stack import Stack
from tests.support.waiting import eventually

REPOSITORY = Path(__file__).parents[2]
HANDLERS = "sluicegate_handlers,tests.browser.handlers"
ROLES = {
    **PEOPLE,
    "Cleo": ("approver",),
    "Vic": ("viewer",),
    "Sam": ("submitter",),
    "Olga": ("operator",),
}
"""Who can sign in, by name. Ana and Ben are those of `make dev`."""
INBOX = "/admin/agent-checkpoints"
JOBS = "/admin/agent-jobs"
WORKERS = "/admin/agent-worker"
LETTERS = "/admin/dead-letters"

Submit = Callable[..., str]
"""As `Console.submit`, perhaps for somebody else."""


@dataclass(frozen=True, slots=True)
class Console:
    """What a browser test plays with."""

    stack: Stack
    origin: str

    def http(self, who: str | None = "admin") -> httpx.Client:
        """A program that calls through the front door: `admin`, `submitter`, `approver` or nobody."""
        headers = {"authorization": f"Bearer {self.stack.keys.api_keys[who]}"} if who else {}
        return httpx.Client(base_url=self.origin, headers=headers, timeout=40, trust_env=False, verify=NO_CERTIFICATES)

    def link(self, name: str) -> str:
        """The path of a new link that signs somebody in."""
        with self.http() as http:
            made = http.post("/api/admin/login-links", json={"name": name})
        assert made.status_code == 201, made.text
        return str(made.json()["url"])

    def cookies(self, name: str) -> list[dict[str, Any]]:
        """Those of somebody who has signed in, for a browser."""
        with self.http(None) as http:
            signed_in = http.post(self.link(name), headers={"origin": self.origin})
            assert signed_in.status_code == 303, signed_in.text
            return [
                {"name": each.name, "value": each.value or "", "url": self.origin, "httpOnly": True}
                for each in http.cookies.jar
            ]

    def sample(self, name: str, *, target: str | None = None, by: Submit | None = None) -> str:
        """Submits one of `examples/inputs`; the id of the job. With `target`, over a copy of its folder."""
        body = json.loads((REPOSITORY / "examples" / "inputs" / f"{name}.json").read_text())
        data = body.pop("inputData")
        if target is not None:
            shutil.copytree(self.stack.workspace / data["target"], self.stack.workspace / target)
            data["target"] = target
        return (by or self.submit)(body.pop("jobType"), data, **body)

    def submit(self, job_type: str, input_data: Mapping[str, Any], **more: Any) -> str:
        """Submits a job as `submitter`; its id."""
        return self.stack.submit(job_type, input_data, **more)

    def waiting(self, job_id: str) -> str:
        """The path of the page where the job's open checkpoint is reviewed, once it is there."""
        return f"{INBOX}/{self.stack.wait_for_checkpoint(job_id)}"

    def gated(self, title: str, **more: Any) -> str:
        """A job of low risk that asks once; the path of its review."""
        return self.waiting(self.submit("publish-note", {"title": title, **more}))

    def asked(self, job_id: str) -> str:
        """The path of the page of the job's one approval, whatever has become of it."""
        with self.http("approver") as http:
            wanted = {"kind": "approval", "jobId": job_id, "state": "all"}
            found = http.get("/api/admin/agent-checkpoints", params=wanted)
        assert found.status_code == 200, found.text
        (only,) = found.json()["items"]
        return f"{INBOX}/{only['checkpointId']}"

    def expire(self, path: str) -> None:
        """Its time is over now."""
        over = "UPDATE checkpoints SET expires_at = clock_timestamp() WHERE checkpoint_id = %s RETURNING 1"
        assert self.stack.rows(CHECKPOINT_SVC, over, path.rpartition("/")[2])

    def checkpoint(self, path: str) -> dict[str, Any]:
        """What the API shows of the checkpoint that is reviewed at this path."""
        with self.http("approver") as http:
            found = http.get(f"/api{path}")
        assert found.status_code == 200, found.text
        shown: dict[str, Any] = found.json()
        return shown

    def approve(self, path: str) -> None:
        """Somebody else does, with a program."""
        assert self.stack.approve(path.rpartition("/")[2]).status_code == 200

    def reject(self, path: str, reason: str) -> None:
        """Somebody else does, with a program."""
        assert self.stack.reject(path.rpartition("/")[2], reason).status_code == 200

    def workers(self) -> Sequence[str]:
        """The ids of the replicas that are ready, as the api shows them."""
        with self.http() as http:
            replicas = http.get("/api/admin/agent-worker").json()["replicas"]
        return [each["workerId"] for each in replicas if each["state"] == "ready"]

    def infos(self, job_id: str) -> Sequence[dict[str, Any]]:
        """The info checkpoints of a job, once there is one."""

        def look() -> list[dict[str, Any]]:
            with self.http("approver") as http:
                found = http.get("/api/admin/agent-checkpoints", params={"kind": "info", "jobId": job_id})
            items: list[dict[str, Any]] = found.json()["items"]
            return items

        return eventually(look, f"{job_id} has told something")


@contextmanager
def open_console(folder: Path, databases: Databases, bootstrap_servers: str, **settings: str) -> Iterator[Console]:
    """Started with one replica of each service, and ended with the block."""
    everything = {"ENABLE_AGENT_WORKER": "true", **settings}
    with Stack(
        folder, databases, bootstrap_servers, settings=everything, handlers=HANDLERS, python_path=REPOSITORY
    ) as stack:
        introduce(stack.keys)
        lay_out_samples(REPOSITORY / "examples", stack.workspace)
        with_pages = (API, CHECKPOINT_SVC, INSIGHTS)
        for service in with_pages:
            stack.add(service).start()
        stack.add(WORKER, SLUICEGATE_WORKER_ID="worker-1").start()
        stack.wait_until_ready()
        ports = {service.name: stack.replicas[service.name][0].port for service in with_pages}
        with front_door(ports) as origin:
            console = Console(stack, origin)
            eventually(lambda: "worker-1" in console.workers(), "the api has heard of the worker and what it handles")
            yield console


def introduce(keys: Keys) -> None:
    """Adds `ROLES` to the keys file."""
    known = json.loads(keys.identities.read_text())
    names = {identity["name"] for identity in known["identities"]}
    known["identities"] += [
        {"name": name, "person": True, "roles": roles, "keys": []} for name, roles in ROLES.items() if name not in names
    ]
    write_private(keys.identities, json.dumps(known))


@contextmanager
def front_door(ports: Mapping[str, int]) -> Iterator[str]:
    """Runs it in another thread; gives the origin."""
    door = FrontDoor(routes_of(REPOSITORY), ports)
    server = HttpServer("front door", door, "127.0.0.1", 0)
    with start_blocking_portal() as portal:
        portal.call(server.start)
        try:
            yield f"http://127.0.0.1:{server.port}"
        finally:
            portal.call(door.close)
            portal.call(server.stop)
