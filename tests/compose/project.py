"""docker-compose.yml as a project of its own, which ends with the tests."""

import json
import os
from collections.abc import Sequence
from pathlib import Path
from subprocess import CompletedProcess, run
from typing import Any

import httpx

from sluicegate_dev.compose_secrets import make_compose_secrets
from sluicegate_dev.ports import LOOPBACK, free_port
from tests.deploy.compose_file import REPOSITORY
from tests.support.plain_http import NO_CERTIFICATES
from tests.support.waiting import eventually

NAME = "sluicegate-test"


class Project:
    """`docker compose` with secrets, a front door and volumes of the test's own."""

    def __init__(self, folder: Path) -> None:
        """Makes the secrets; nothing runs yet."""
        self.keys = make_compose_secrets(folder / "compose.env", folder / "secrets")
        port = free_port()
        self.origin = f"http://{LOOPBACK}:{port}"
        self._files = [REPOSITORY / "docker-compose.yml"]
        self._env_file = folder / "compose.env"
        with self._env_file.open("a") as lines:
            lines.write(f"FRONT_DOOR={LOOPBACK}:{port}\n")

    def compose(self, *arguments: str, check: bool = True) -> str:
        """What `docker compose` prints."""
        files = [word for file in self._files for word in ("--file", str(file))]
        env_file = ("--env-file", str(self._env_file))
        command = ["docker", "compose", "--project-name", NAME, *env_file, *files, *arguments]
        return output(command, check=check)

    def up(self, *arguments: str, workers: int = 4) -> None:
        """Everything, ready, with so many workers."""
        self.compose("up", "--detach", "--wait", "--wait-timeout", "240", "--scale", f"worker={workers}", *arguments)

    def add_file(self, file: Path) -> None:
        """One more compose file, which overrides what is in those before it."""
        self._files.append(file)

    def down(self) -> None:
        """Nothing of it is left."""
        self.compose("down", "--volumes", "--timeout", "5")

    def containers(self, service: str) -> list[str]:
        """The ids of a service's containers that run."""
        return self.compose("ps", "--quiet", service).split()

    def client(self, who: str) -> httpx.Client:
        """HTTP through nginx, as `submitter`, `approver` or `admin`."""
        headers = {"authorization": f"Bearer {self.keys.api_keys[who]}"}
        return httpx.Client(base_url=self.origin, headers=headers, timeout=40, trust_env=False, verify=NO_CERTIFICATES)

    def submit(self, body: dict[str, Any]) -> str:
        """The id of the job."""
        with self.client("submitter") as client:
            answer = client.post("/api/agent-jobs", json=body)
        assert answer.status_code == 202, answer.text
        return str(answer.json()["jobId"])

    def approve(self, job: str, *, within_seconds: float = 60) -> dict[str, Any]:
        """Approves whatever the job asks for until it has ended; the job."""

        def ended() -> dict[str, Any] | None:
            with self.client("approver") as client:
                found: dict[str, Any] = _json(client.get(f"/api/agent-jobs/{job}"))
                waiting = found.get("waitingFor")
                if waiting and client.post(waiting["url"]).status_code not in {200, 404, 409, 503}:
                    raise AssertionError(f"{waiting['url']} can't be approved")
            return found if "finishedAt" in found else None

        return eventually(ended, f"{job} has ended", within_seconds=within_seconds, every_seconds=0.2)

    def waits(self, job: str, *, within_seconds: float = 60) -> None:
        """Returns when the job waits for a person."""

        def asks() -> bool:
            with self.client("submitter") as client:
                return "waitingFor" in _json(client.get(f"/api/agent-jobs/{job}"))

        eventually(asks, f"{job} waits for a person", within_seconds=within_seconds, every_seconds=0.2)


def docker(*arguments: str, check: bool = True) -> str:
    """What the command prints."""
    return output(["docker", *arguments], check=check)


def inspect(container: str) -> dict[str, Any]:
    """What the engine knows of a container."""
    found: dict[str, Any] = json.loads(docker("inspect", container))[0]
    return found


def output(command: Sequence[str], *, check: bool) -> str:
    """Its stdout, and its stderr too where it may fail."""
    done: CompletedProcess[str] = run(command, capture_output=True, text=True, cwd=REPOSITORY, env=_environment())
    if not check:
        return done.stdout + done.stderr
    assert done.returncode == 0, f"{' '.join(command)}\n{done.stdout[-3000:]}\n{done.stderr[-3000:]}"
    return done.stdout


def _environment() -> dict[str, str]:
    """The shell's own settings of compose stay out."""
    kept = ("PATH", "HOME", "DOCKER_", "XDG_", "BUILD_CA")
    return {name: value for name, value in os.environ.items() if name.startswith(kept)}


def _json(answer: httpx.Response) -> dict[str, Any]:
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found
