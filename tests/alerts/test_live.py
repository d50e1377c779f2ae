"""Each alert is made to fire by causing its fault, and ends when the fault is mended, on a real Prometheus."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

from sluicegate_dev.embedded_broker import EmbeddedBroker
from sluicegate_dev.embedded_postgres import EmbeddedPostgres
from sluicegate_dev.services import API, CHECKPOINT_SVC, INSIGHTS
from tests.alerts.expressions import REPOSITORY, panels
from tests.alerts.observatory import Observatory
from tests.e2e import forgery, upstream
from tests.support.databases import Databases
from tests.support.stack import Stack
from tests.support.waiting import NeverHappened, eventually

pytestmark = pytest.mark.alerts


@dataclass
class Place:
    """A running stack, its broker, and who watches it."""

    stack: Stack
    broker: EmbeddedBroker
    postgres: EmbeddedPostgres
    watch: Observatory
    folder: Path

    @contextmanager
    def fault(self, *alerts: str) -> Iterator[None]:
        """Quiet before; the block causes the fault, and the alerts fire before it is left."""
        self.watch.wait_for_end_of(*alerts)
        yield
        self.watch.wait_for(*alerts)

    def ended(self, *alerts: str) -> None:
        """The fault is mended."""
        self.watch.wait_for_end_of(*alerts)


@pytest.fixture(scope="module")
def place(
    databases: Databases, postgres: EmbeddedPostgres, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Place]:
    folder = tmp_path_factory.mktemp("alerts")
    broker = EmbeddedBroker(folder / "kafka")
    broker.start()
    settings = {
        "ENABLE_AGENT_WORKER": "true",
        "EFFECT_SINK": "unused",
        "SLUICEGATE_ANSWER_MAX_SECONDS": "2",
        "SLUICEGATE_MAX_CONCURRENT_JOBS": "1",
    }
    with Stack(
        folder / "stack",
        databases,
        broker.bootstrap_servers,
        settings=settings,
        handlers="sluicegate_handlers,tests.witness.handlers",
        python_path=REPOSITORY,
    ) as stack:
        stack.start(insights=1)
        with Observatory(folder / "watch", stack) as watch:
            yield Place(stack, broker, postgres, watch, folder)
    broker.stop()


def _gated(stack: Stack, **more: object) -> tuple[str, str]:
    """A job that waits, and its checkpoint."""
    job_id = stack.submit("witness-gated", {"say": "hello", **more}, maxAttempts=1)
    return job_id, stack.wait_for_checkpoint(job_id)


def test_every_panel_shows_data(place: Place) -> None:
    stack, missing = place.stack, set(panels())

    def all_have_shown_data() -> bool:
        """Something has to happen between two scrapes."""
        stack.wait_for_job(stack.submit("witness-flaky", {"failing_attempts": 1}), "succeeded")
        assert stack.reject(_gated(stack, expires_in_seconds=7000.0)[1]).status_code == 200
        missing.difference_update([panel for panel in missing if _has_a_number(place.watch.query(panel[1]))])
        return not missing

    try:
        eventually(all_have_shown_data, "every panel has shown data", within_seconds=90, every_seconds=1)
    except NeverHappened as error:
        raise AssertionError(f"no data: {sorted(missing)}") from error


def _has_a_number(found: list[dict[str, Any]]) -> bool:
    return any(sample["value"][1] != "NaN" for sample in found)


@pytest.mark.parametrize("service", [API.name, CHECKPOINT_SVC.name, INSIGHTS.name])
def test_service_absent(service: str, place: Place) -> None:
    (replica,) = place.stack.replicas[service]
    with place.fault("SluicegateServiceAbsent"):
        replica.stop()
    told = 'ALERTS{alertname="SluicegateServiceAbsent", alertstate="firing"}'
    assert {alert["metric"]["service"] for alert in place.watch.query(told)} == {service}
    replica.start()
    replica.wait_until_ready()
    place.ended("SluicegateServiceAbsent")


def test_no_live_worker(place: Place) -> None:
    with place.fault("SluicegateNoLiveWorker"):
        place.stack.worker.kill()
    place.stack.worker.start()
    place.ended("SluicegateNoLiveWorker")


def test_oldest_ready_too_old(place: Place) -> None:
    release = place.folder / "release"
    with place.fault("SluicegateOldestReadyTooOld"):
        held = place.stack.submit("witness-held", {"until": str(release)})
        place.stack.wait_for_job(held, "running")
        waiting = place.stack.submit("witness-echo", {"value": 1})
    release.touch()
    place.stack.wait_for_job(waiting, "succeeded")
    place.ended("SluicegateOldestReadyTooOld")


def test_decision_not_resumed(place: Place) -> None:
    _, checkpoint = _gated(place.stack)
    with place.fault("SluicegateDecisionNotResumed"):
        place.stack.worker.kill()
        assert place.stack.reject(checkpoint).status_code == 200
    place.stack.worker.start()
    place.ended("SluicegateDecisionNotResumed")


def test_approvals_about_to_expire(place: Place) -> None:
    with place.fault("SluicegateApprovalsAboutToExpire"):
        _, checkpoint = _gated(place.stack, expires_in_seconds=1800.0)
    assert place.stack.reject(checkpoint).status_code == 200
    place.ended("SluicegateApprovalsAboutToExpire")


def test_outbox_not_draining_and_consumer_stuck(place: Place) -> None:
    both = ("SluicegateOutboxNotDraining", "SluicegateConsumerStuck")
    with place.fault(*both):
        place.broker.kill()
        job_id = place.stack.submit("witness-echo", {"value": 1})
    place.broker.start()
    place.stack.wait_for_job(job_id, "succeeded", within_seconds=90)
    place.ended(*both)


def test_dead_letters_growing(place: Place) -> None:
    with place.fault("SluicegateDeadLettersGrowing"):
        upstream.produce(place.stack.bootstrap_servers, [("bad", b"this is no JSON", [])])
    place.ended("SluicegateDeadLettersGrowing")


def test_failure_share(place: Place) -> None:
    with place.fault("SluicegateFailureShare"):
        for _ in range(8):
            place.stack.submit("witness-flaky", {"failing_runs": 9}, maxAttempts=1)
    place.ended("SluicegateFailureShare")


def test_server_errors(place: Place) -> None:
    database = conninfo_to_dict(place.stack.database_urls[API.name])["dbname"]
    assert isinstance(database, str)

    def allow(connections: bool) -> None:
        with psycopg.connect(place.postgres.url(), autocommit=True) as connection:
            switch = sql.SQL("ALTER DATABASE {} ALLOW_CONNECTIONS {}")
            connection.execute(switch.format(sql.Identifier(database), sql.Literal(connections)))
            if not connections:
                end_all = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s"
                connection.execute(end_all, [database])

    with place.fault("SluicegateServerErrors"):
        allow(False)
        eventually(lambda: _status(place.stack) == 503, "the api answers 503")
    allow(True)
    eventually(lambda: _status(place.stack) == 200, "the api answers", within_seconds=60)
    place.ended("SluicegateServerErrors")


def _status(stack: Stack) -> int:
    with stack.client(stack.api) as client:
        return int(client.get("/api/agent-jobs").status_code)


def test_forged_decision(place: Place) -> None:
    stack = place.stack
    job_id, checkpoint = _gated(stack)
    (row,) = stack.rows(CHECKPOINT_SVC, "SELECT payload_digest FROM checkpoints WHERE checkpoint_id = %s", checkpoint)
    about = forgery.Pending(UUID(checkpoint), job_id, 1, row["payload_digest"])
    forged = forgery.decision(about, Ed25519PrivateKey.generate())
    with place.fault("SluicegateForgedDecision"):
        forgery.produce(stack.bootstrap_servers, [forged])
    assert (stack.job(job_id) or {})["status"] == "waiting"
    assert stack.reject(checkpoint).status_code == 200
    place.ended("SluicegateForgedDecision")
