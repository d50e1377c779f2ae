"""Runs `make dev` in a folder of its own, as a person would: start, Ctrl-C, kill -9."""

import json
import signal
import sys
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import psutil

from sluicegate_dev.processes import Child
from tests.support.waiting import eventually

CLONE = Path(__file__).parents[3]


class MakeDev:
    """One clone, in which `dev` is started and ended any number of times."""

    def __init__(self, folder: Path) -> None:
        """`folder` gets what the command needs of a clone."""
        self.clone = folder
        for name in ("deploy", "examples"):
            (folder / name).symlink_to(CLONE / name)
        self._starts = 0
        self._child: Child | None = None

    def start(self, *arguments: str) -> None:
        """Returns when it says that it is ready."""
        self._child = self._spawn(*arguments)
        eventually(lambda: "ready after" in self.screen or self._ended, "make dev is ready", within_seconds=60)
        assert not self._ended, self.screen

    def second(self) -> tuple[int, str]:
        """Starts another one beside it; its exit code, and what it has shown."""
        child = self._spawn()
        return child.wait(30), child.log.read_text()

    def _spawn(self, *arguments: str) -> Child:
        self._starts += 1
        command = [sys.executable, "-m", "sluicegate_dev", "--clone", str(self.clone), "up", "--port", "0", *arguments]
        return Child("dev", command, log=self.clone / f"screen-{self._starts}.txt", cwd=self.clone)

    @property
    def child(self) -> Child:
        """The process of the last start."""
        assert self._child is not None
        return self._child

    @property
    def screen(self) -> str:
        """What the last start has shown."""
        return self.child.log.read_text()

    def interrupt(self) -> int:
        """Ctrl-C; its exit code."""
        return self.child.stop(with_signal=signal.SIGINT, timeout_seconds=60)

    @property
    def here(self) -> dict[str, Any]:
        """dev.json."""
        found: dict[str, Any] = json.loads((self.clone / ".sluicegate" / "dev.json").read_text())
        return found

    def client(self, who: str) -> httpx.Client:
        """HTTP through the front door, as one of the three identities."""
        here = self.here
        headers = {"authorization": f"Bearer {here['apiKeys'][who]}"}
        return httpx.Client(base_url=here["origin"], headers=headers, timeout=40, trust_env=False)

    def submit(self, job_type: str, input_data: dict[str, Any]) -> str:
        """A job's id; a part that restarts meanwhile is waited for."""
        body = {"jobType": job_type, "taskDescription": "try make dev", "inputData": input_data}
        headers = {"idempotency-key": uuid4().hex}

        def accepted() -> str | None:
            with self.client("submitter") as client:
                response = client.post("/api/agent-jobs", json=body, headers=headers)
            assert response.status_code in (202, 503), response.text
            return str(response.json()["jobId"]) if response.status_code == 202 else None

        return eventually(accepted, "the job is accepted")

    def wait_for_job(self, job_id: str, status: str) -> dict[str, Any]:
        """The job, once it is in that state; a service that restarts meanwhile is waited for."""

        def look() -> dict[str, Any] | None:
            with self.client("submitter") as client:
                response = client.get(f"/api/agent-jobs/{job_id}")
            if response.status_code == 503:
                return None
            assert response.status_code == 200, response.text
            job: dict[str, Any] = response.json()
            return job if job["status"] == status else None

        return eventually(look, f"{job_id} is {status}", within_seconds=60)

    def approve(self, job: dict[str, Any]) -> None:
        """What the job waits for, as somebody else, once checkpoint-svc has it."""

        def decided() -> bool:
            with self.client("approver") as client:
                return client.post(job["waitingFor"]["url"]).status_code == 200

        eventually(decided, "the checkpoint is approved")

    def clean_up(self) -> None:
        """Ends everything whose command line names this clone, whatever the test left."""
        if self._child is not None and not self._ended:
            self.interrupt()
        for process in left_running(self.clone):
            process.kill()

    @property
    def _ended(self) -> bool:
        return self.child.exit_code is not None


def left_running(clone: Path) -> list[psutil.Process]:
    """Processes that work in the clone's `.sluicegate`: their command line or environment names it."""
    mark = str(clone / ".sluicegate")
    found = []
    for process in psutil.process_iter():
        try:
            if mark in " ".join([*process.cmdline(), *process.environ().values()]):
                found.append(process)
        except (psutil.NoSuchProcess, psutil.AccessDenied):
            continue
    return found
