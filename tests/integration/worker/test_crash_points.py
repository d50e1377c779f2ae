"""The worker as a process, killed at each of its crash points in the middle of a gated job."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import confluent_kafka
import orjson
import psycopg
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from psycopg.rows import dict_row

from sluicegate_dev.librdkafka_mock import MockCluster
from sluicegate_schemas import envelope, signature
from sluicegate_schemas.checkpoint_decided import CheckpointDecided, Outcome, SignedDecision
from sluicegate_schemas.fleet_control import Desired, FleetControl
from sluicegate_schemas.ids import new_id
from sluicegate_schemas.job_requested import JobRequested
from sluicegate_schemas.model import Event

DEADLINE_SECONDS = 40
POINTS = (
    "worker.claim.after_commit",
    "worker.step.before_record",
    "worker.step.after_record",
    "worker.suspend.after_commit",
    "worker.resume.before_handler",
    "worker.finish.before_record",
    "worker.finish.after_commit",
)


class Outside:
    """The api and checkpoint-svc, as far as a gated job needs them."""

    def __init__(self, url: str, broker: MockCluster, folder: Path) -> None:
        self.url = url
        self.folder = folder
        self.key = Ed25519PrivateKey.generate()
        self._producer = confluent_kafka.Producer({"bootstrap.servers": broker.bootstrap_servers, "log_level": 0})
        (folder / "mac").write_bytes(b"m" * 32)
        entry = signature.key_set_entry("k1", self.key.public_key())
        (folder / "keys.json").write_bytes(orjson.dumps({"keys": [entry]}))
        self.environment = {
            **os.environ,
            "SLUICEGATE_DATABASE_URL": url,
            "SLUICEGATE_KAFKA_BOOTSTRAP_SERVERS": broker.bootstrap_servers,
            "SLUICEGATE_KAFKA_FETCH_WAIT_MAX_MS": "5",
            "SLUICEGATE_MAC_KEY_FILE": str(folder / "mac"),
            "SLUICEGATE_DECISION_KEYS_FILE": str(folder / "keys.json"),
            "SLUICEGATE_WORKSPACE": str(folder),
            "SLUICEGATE_HANDLERS": "tests.integration.worker.handlers",
            "SLUICEGATE_LEASE_SECONDS": "2",
            "SLUICEGATE_HEARTBEAT_SECONDS": "0.3",
            "SLUICEGATE_GRACE_SECONDS": "5",
            "SLUICEGATE_OUTBOX_CLAIM_SECONDS": "2",
            "SLUICEGATE_ANSWER_FIRST_SECONDS": "2",
        }

    def send(self, event: Event) -> None:
        """Produce it."""
        message = envelope.write(event, ce_id=new_id(), source="test", at=datetime.now(UTC))
        headers: list[tuple[str, str | bytes | None]] = list(message.headers)
        self._producer.produce(message.topic, message.value, message.key, headers=headers)
        assert self._producer.flush(10) == 0

    def approve(self, asked: Mapping[str, Any]) -> None:
        """Decide the checkpoint of a journal entry."""
        signed = SignedDecision(
            checkpoint_id=asked["checkpoint_id"],
            job_id=asked["job_id"],
            run=asked["run"],
            decision_id=new_id(),
            outcome=Outcome.APPROVED,
            payload_digest=asked["digest"],
            at=datetime.now(UTC),
            key_id="k1",
        )
        text, seal = signature.sign(signed, self.key)
        fields = signed.model_dump() | {"decided_by": ["ben"], "waited_ms": 1.0, "signed": text, "signature": seal}
        self.send(CheckpointDecided(**fields))

    @contextmanager
    def worker(self, **environment: str) -> Iterator[subprocess.Popen[bytes]]:
        """A worker process; ended by SIGTERM if it still runs."""
        with (self.folder / "worker.log").open("ab") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "sluicegate_worker", "serve"],
                env={**self.environment, **environment},
                stdout=log,
                stderr=log,
            )
        try:
            yield process
        finally:
            if process.poll() is None:
                process.terminate()
                assert process.wait(DEADLINE_SECONDS) == 0

    def rows(self, statement: str) -> list[dict[str, Any]]:
        """What the database holds."""
        with psycopg.connect(self.url, row_factory=dict_row) as connection:
            return connection.execute(statement).fetchall()

    def until(self, condition: Callable[[], bool]) -> None:
        """Wait until it holds."""
        give_up = time.monotonic() + DEADLINE_SECONDS
        while not condition():
            if time.monotonic() > give_up:
                raise AssertionError((self.folder / "worker.log").read_text()[-3000:])
            time.sleep(0.05)

    def decide_what_is_asked(self) -> bool:
        """Approves an open checkpoint; whether there was one."""
        asked = self.rows("SELECT * FROM journal WHERE checkpoint_id IS NOT NULL AND decision_id IS NULL")
        for entry in asked:
            self.approve(entry)
        return bool(asked)


@pytest.mark.parametrize("point", POINTS)
def test_a_worker_killed_at_any_point_loses_and_doubles_nothing(
    point: str, worker_database: str, embedded_broker: MockCluster, tmp_path: Path
) -> None:
    outside = Outside(worker_database, embedded_broker, tmp_path)
    marker = tmp_path / "reached"
    outside.send(FleetControl(version=1, desired=Desired.STARTED, requested_by="ops", at=datetime.now(UTC)))
    request = JobRequested(job_id="a", job_type="gated", task_description="x", input_data={"n": 1}, max_attempts=5)
    outside.send(request)
    with outside.worker(SLUICEGATE_CRASH_POINT=point, SLUICEGATE_CRASH_MARKER=str(marker)) as process:
        outside.until(lambda: outside.decide_what_is_asked() or process.poll() is not None)
        outside.until(lambda: process.poll() is not None)
        assert process.returncode == -signal.SIGKILL
    assert marker.read_text() == point
    with outside.worker():
        outside.until(
            lambda: (
                bool(outside.rows("SELECT 1 FROM runs WHERE finished_at IS NOT NULL"))
                or (outside.decide_what_is_asked() and False)
            )
        )
        outside.until(lambda: outside.rows("SELECT 1 FROM outbox") == [])
    (run,) = outside.rows("SELECT * FROM runs")
    assert (run["status"], run["result"]) == ("succeeded", '{"done":{"planned":1}}')
    entries = outside.rows("SELECT kind, effect FROM journal ORDER BY kind")
    assert [(entry["kind"], entry["effect"]) for entry in entries] == [("approval", "applied"), ("step", None)]


def test_every_crash_point_of_the_worker_is_tried() -> None:
    source = Path(__file__).parents[3] / "services/worker/src"
    named = {
        line.split('crash_point("')[1].split('"')[0]
        for path in source.rglob("*.py")
        for line in path.read_text().splitlines()
        if 'crash_point("' in line
    }
    assert named == set(POINTS)
