"""Each service starts, gets ready and drains with the environment that the chart gives it, and no other."""

import signal
import subprocess
import sys
import urllib.error
import urllib.request
from functools import partial
from pathlib import Path

import pytest

from sluicegate_dev.keys import DECISION_KEY_ID, SESSION_KEY_ID, Keys, make_keys
from sluicegate_dev.librdkafka_mock import MockCluster
from sluicegate_dev.ports import LOOPBACK, free_port
from sluicegate_dev.services import SERVICES, Service
from tests.deploy.rendered import Container, containers, manifest
from tests.support.databases import Databases
from tests.support.waiting import eventually

HERE = {"SLUICEGATE_DECISION_KEY_ID": DECISION_KEY_ID, "SLUICEGATE_SESSION_KEY_ID": SESSION_KEY_ID}
"""What the keys of this machine are called."""


def environment(container: Container, database: str, broker: MockCluster, keys: Keys) -> dict[str, str]:
    """The container's variables, no more and no fewer; addresses, ports and files are those of this machine."""
    here = {
        **HERE,
        "SLUICEGATE_DATABASE_URL": database,
        "SLUICEGATE_KAFKA_BOOTSTRAP_SERVERS": broker.bootstrap_servers,
        "SLUICEGATE_WORKSPACE": str(keys.folder),
        "SLUICEGATE_HTTP_PORT": str(free_port()),
        "SLUICEGATE_INTERNAL_PORT": str(free_port()),
    }
    files = {path: str(keys.folder / key) for path, key in container.files.items()}
    found = {name: here.get(name, files.get(value or "", value)) for name, value in container.variables.items()}
    return {name: value for name, value in found.items() if value is not None}


def answers(path: str, port: str) -> bool:
    """As the kubelet asks."""
    try:
        with urllib.request.urlopen(f"http://{LOOPBACK}:{port}{path}", timeout=2) as response:
            return bool(response.status == 200)
    except (urllib.error.URLError, OSError):
        return False


@pytest.mark.parametrize("service", SERVICES, ids=lambda service: service.name)
def test_a_pod_migrates_starts_is_found_ready_and_drains(
    service: Service, databases: Databases, embedded_broker: MockCluster, tmp_path: Path
) -> None:
    keys = make_keys(tmp_path)
    database = databases.empty()
    migrating, serving = sorted(
        (each for each in containers("minimal") if each.service == service.name), key=lambda each: each.command
    )
    url = databases.url(database)
    given = environment(migrating, url, embedded_broker, keys)
    subprocess.run([sys.executable, "-m", service.module, *migrating.command.split()], env=given, check=True)

    given = environment(serving, url, embedded_broker, keys)
    assert given.keys() == serving.variables.keys()
    pod = manifest("minimal", "Deployment", service.name)["spec"]["template"]["spec"]["containers"][0]
    with subprocess.Popen([sys.executable, "-m", service.module, serving.command], env=given) as process:
        try:
            for name in ("startupProbe", "livenessProbe", "readinessProbe"):
                assert pod[name]["httpGet"]["port"] == "internal"
                answered = partial(answers, pod[name]["httpGet"]["path"], given["SLUICEGATE_INTERNAL_PORT"])
                eventually(answered, f"{name} is answered")
            process.send_signal(signal.SIGTERM)
            assert process.wait(30) == 0
        finally:
            process.kill()
    databases.server.drop_database(database)
