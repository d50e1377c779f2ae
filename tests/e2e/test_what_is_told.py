"""What services tell Sentry, OpenTelemetry, Prometheus and their logs; and what they tell nobody."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from sluicegate_dev.librdkafka_mock import MockCluster
from sluicegate_kit.metrics import EXPOSED
from sluicegate_schemas.topics import TOPICS
from tests.support.databases import Databases
from tests.support.replica import Replica
from tests.support.sinks import OtlpSink, SeenSpan, SentrySink
from tests.support.stack import Stack
from tests.support.waiting import eventually

REPOSITORY = Path(__file__).parents[2]
MARKER = "m4rk3r"
"""In every input, payload, result, edit and description."""
UPSTREAM = "4bf92f3577b34da6a3ce929d0e0e4736"
TRACEPARENT = f"00-{UPSTREAM}-00f067aa0ba902b7-01"


@dataclass
class Told:
    """The stack after all jobs of this module have ended, and who was told what."""

    stack: Stack
    sentry: SentrySink
    otlp: OtlpSink
    approved: str
    rejected: str
    failed: str
    plain: str

    def span(self, name: str, wanted: Callable[[SeenSpan], bool] = lambda span: True) -> SeenSpan:
        """The one span of this name, once it has come."""

        def look() -> list[SeenSpan]:
            return [span for span in self.otlp.spans() if span.name == name and wanted(span)]

        (found,) = eventually(look, f"the span {name!r} came; others: {[span.name for span in self.otlp.spans()]}")
        return found

    def executions(self, job_id: str, count: int) -> list[SeenSpan]:
        """Those of one job, in their order."""

        def look() -> list[SeenSpan] | None:
            found = [span for span in self.otlp.spans() if span.attributes.get("job.id") == job_id]
            found = [span for span in found if span.name.startswith("execute")]
            return found if len(found) == count else None

        return eventually(look, f"{count} executions of {job_id} came")


@pytest.fixture(scope="module")
def told(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Told]:
    broker = MockCluster()
    broker.create_topics(TOPICS)
    with SentrySink() as sentry, OtlpSink() as otlp:
        settings = {
            "ENABLE_AGENT_WORKER": "true",
            "OTEL_BSP_SCHEDULE_DELAY": "100",
            "OTEL_EXPORTER_OTLP_ENDPOINT": otlp.endpoint,
            "SLUICEGATE_LOG_LEVEL": "debug",
            "SLUICEGATE_SENTRY_DSN": sentry.dsn,
        }
        folder = tmp_path_factory.mktemp("told")
        with Stack(
            folder,
            databases,
            broker.bootstrap_servers,
            settings=settings,
            handlers="tests.e2e.telling_handlers",
            python_path=REPOSITORY,
        ) as stack:
            stack.start()
            yield Told(stack, sentry, otlp, *_tell_everything(stack))
    broker.close()


def _tell_everything(stack: Stack) -> tuple[str, str, str, str]:
    """Jobs of every fate, with the marker wherever somebody's data can be."""
    approved, rejected = _submit(stack, "telling-gated", traced=True), _submit(stack, "telling-gated")
    failed, plain = _submit(stack, "telling-failing"), _submit(stack, "telling-plain")
    _edit(stack, stack.wait_for_checkpoint(approved))
    assert stack.reject(stack.wait_for_checkpoint(rejected), f"no {MARKER}").status_code == 200
    assert stack.approve(stack.wait_for_checkpoint(failed)).status_code == 200
    for job_id, status in ((approved, "succeeded"), (rejected, "rejected"), (failed, "failed"), (plain, "failed")):
        stack.wait_for_job(job_id, status)
    with stack.client(stack.api) as client:
        assert client.post("/api/agent-jobs", json={"jobType": MARKER, "taskDescription": 7}).status_code == 422
        assert client.get(f"/api/agent-jobs/{MARKER}").status_code == 404
        assert client.get("/api/agent-jobs", headers={"authorization": f"Bearer sg_x_{MARKER}"}).status_code == 401
    return approved, rejected, failed, plain


def _submit(stack: Stack, job_type: str, *, traced: bool = False) -> str:
    body = {
        "jobType": job_type,
        "taskDescription": f"say {MARKER}",
        "inputData": {"secret": f"{MARKER} of the input"},
        "maxAttempts": 1,
    }
    with stack.client(stack.api) as client:
        answer = client.post("/api/agent-jobs", json=body, headers={"traceparent": TRACEPARENT} if traced else {})
    assert answer.status_code == 202, answer.text
    return str(answer.json()["jobId"])


def _edit(stack: Stack, checkpoint_id: str) -> None:
    path = f"/api/admin/agent-checkpoints/{checkpoint_id}"
    with stack.client(stack.checkpoint_svc, "approver") as client:
        seen = {"if-match": client.get(path).headers["etag"]}
        edit = {"editedPayload": {"text": f"{MARKER} of the edit"}, "reason": f"{MARKER} of the reason"}
        assert client.post(path, json=edit, headers=seen).status_code == 200


def test_from_submit_to_suspension_it_is_one_trace_which_the_caller_began(told: Told) -> None:
    submitted = told.span("POST /api/agent-jobs", lambda span: span.trace_id == UPSTREAM)
    first, _ = told.executions(told.approved, 2)
    asked = eventually(lambda: _received(told, UPSTREAM), "both checkpoints were received")
    assert submitted.service == "sluicegate-api"
    assert (first.service, first.trace_id, first.parent_id) == ("sluicegate-worker", UPSTREAM, submitted.span_id)
    assert {span.parent_id for span in asked} == {first.span_id}
    assert {span.service for span in asked} == {"sluicegate-checkpoint-svc"}
    assert first.attributes["job.end"] == "suspended"
    assert [(name, about["checkpoint.key"]) for name, about in first.events] == [
        ("checkpoint asked", "told"),
        ("checkpoint asked", "publish"),
    ]


def _received(told: Told, trace_id: str) -> list[SeenSpan] | None:
    found = [s for s in told.otlp.spans() if s.name == "receive checkpoint-created" and s.trace_id == trace_id]
    return found if len(found) == 2 else None


def test_a_resume_is_a_new_trace_with_a_link_to_the_request(told: Told) -> None:
    _, resumed = told.executions(told.approved, 2)
    assert resumed.trace_id != UPSTREAM
    assert resumed.parent_id == ""
    assert resumed.links == (UPSTREAM,)
    assert resumed.events[0] == ("checkpoint decided", {"checkpoint.key": "publish", "checkpoint.outcome": "approved"})
    assert (resumed.attributes["job.end"], resumed.failed) == ("succeeded", False)


def test_only_a_failure_fails_a_span(told: Told) -> None:
    executions = [
        *told.executions(told.approved, 2),
        *told.executions(told.rejected, 2),
        *told.executions(told.failed, 2),
        *told.executions(told.plain, 1),
    ]
    failed = {(span.attributes["job.id"], span.attributes["error.type"]) for span in executions if span.failed}
    assert failed == {(told.failed, "RuntimeError"), (told.plain, "KeyError")}


def test_sentry_hears_of_failures_with_job_run_and_attempt_and_of_nothing_else(told: Told) -> None:
    events = eventually(lambda: _at_least(told.sentry.items("event"), 2), "both failures came")
    about = {event["tags"]["job_id"]: event for event in events}
    assert set(about) == {told.failed, told.plain}
    assert len(events) == 2
    event = about[told.failed]
    assert {name: event["tags"][name] for name in ("job_type", "run", "attempt")} == {
        "job_type": "telling-failing",
        "run": "1",
        "attempt": "1",
    }
    raised = event["exception"]["values"]
    assert [one["type"] for one in raised] == ["ValueError", "RuntimeError"]
    assert any(frame["function"] == "failing" for frame in raised[-1]["stacktrace"]["frames"])
    assert [crumb["message"] for crumb in event["breadcrumbs"]["values"]] == ["fail: approved"]


def _at_least(found: list[dict[str, Any]], count: int) -> list[dict[str, Any]] | None:
    return found if len(found) >= count else None


def test_sentry_gets_each_execution_as_a_transaction(told: Told) -> None:
    found = eventually(lambda: _at_least(told.sentry.items("transaction"), 7), "seven executions came")
    ends = sorted((one["tags"]["job_id"], one["tags"]["end"], one["transaction"]) for one in found)
    assert ends == sorted(
        [
            (told.approved, "suspended", "telling-gated"),
            (told.approved, "succeeded", "telling-gated"),
            (told.rejected, "suspended", "telling-gated"),
            (told.rejected, "rejected", "telling-gated"),
            (told.failed, "suspended", "telling-failing"),
            (told.failed, "failed", "telling-failing"),
            (told.plain, "failed", "telling-plain"),
        ]
    )
    statuses = {one["tags"]["end"]: one["contexts"]["trace"]["status"] for one in found}
    assert statuses == {"suspended": "ok", "succeeded": "ok", "rejected": "ok", "failed": "internal_error"}


def test_every_service_exposes_its_metrics_and_no_other(told: Told) -> None:
    with told.stack.client(told.stack.api) as client:
        assert _series(client.get("/api/metrics").text) == _named("GET /api/metrics")
    for name, (replica,) in told.stack.replicas.items():
        expected = _named("every service") | _named(name)
        found = eventually(partial(_all_of, expected, replica), f"{name} exposes all of {expected}")
        assert found == expected


def _all_of(expected: set[str], replica: Replica) -> set[str] | None:
    found = _series(replica.metrics())
    return found if found >= expected else None


def _series(text: str) -> set[str]:
    names = {line.split()[2] for line in text.splitlines() if line.startswith("# TYPE")}
    return {name for name in names if name.startswith(("sluicegate_", "agent_"))}


def _named(where: str) -> set[str]:
    return {name.name for name in EXPOSED[where]}


def test_inputs_payloads_results_and_keys_are_told_to_nobody(told: Told) -> None:
    told.executions(told.failed, 2)
    eventually(lambda: _at_least(told.sentry.items("event"), 2), "both failures came")
    replicas = [replica for replicas in told.stack.replicas.values() for replica in replicas]
    with told.stack.client(told.stack.api) as client:
        shown = client.get("/api/metrics").text
    heard = {
        **{f"the log of {replica.name}": replica.log.read_bytes() for replica in replicas},
        **{f"the metrics of {replica.name}": replica.metrics().encode() for replica in replicas},
        "/api/metrics": shown.encode(),
        "Sentry": b"\n".join(told.sentry.bodies),
        "OpenTelemetry": b"\n".join(told.otlp.bodies),
    }
    secrets = [MARKER, *(key.split("_", 2)[2] for key in told.stack.keys.api_keys.values())]
    secrets.append(told.stack.keys.mac_key.read_text().strip())
    for where, text in heard.items():
        assert text, f"{where} is empty"
        for secret in secrets:
            assert secret.encode() not in text, f"{where} holds {secret!r}: {_around(text, secret.encode())!r}"


def _around(text: bytes, secret: bytes) -> bytes:
    at = text.index(secret)
    return text[max(0, at - 200) : at + 100]


def test_where_nothing_is_configured_neither_is_imported() -> None:
    """FastAPI brings OpenTelemetry's interface along, which does nothing by itself."""
    code = (
        "import sys, sluicegate_api.bootstrap, sluicegate_worker.bootstrap, sluicegate_checkpoint_svc.bootstrap;"
        "wanted = ('opentelemetry.sdk', 'opentelemetry.exporter', 'sentry_sdk', 'sluicegate_kit.otlp');"
        "print([name for name in wanted if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
