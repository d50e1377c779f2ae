"""A running stack with its witness: jobs are submitted, people decide, and at rest every guarantee is checked."""

import subprocess
import sys
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
from confluent_kafka import Consumer, TopicPartition

from sluicegate_dev.services import API
from sluicegate_schemas.job_lifecycle import JobLifecycle
from sluicegate_schemas.topics import JOB_LIFECYCLE
from tests.e2e.people import People, Plan
from tests.support.stack import ENDED, Stack
from tests.support.waiting import eventually
from tests.witness.evidence import Evidence, gather
from tests.witness.invariants import violations

REPOSITORY = Path(__file__).parents[2]
HANDLERS = "sluicegate_handlers,tests.witness.handlers"

EXPECTED = {Plan.APPROVE: "succeeded", Plan.EDIT: "succeeded", Plan.REJECT: "rejected", Plan.EXPIRE: "expired"}


class Sink:
    """The process that keeps effects."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.witness.effect_sink", str(file)],
            cwd=REPOSITORY,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self._process.stdout is not None
        self.url = self._process.stdout.readline().strip()

    def close(self) -> None:
        """End it, when nobody can have an effect any more."""
        self._process.terminate()
        self._process.wait()
        assert self._process.stdout is not None
        self._process.stdout.close()


class Town:
    """Everything that one end-to-end test looks at."""

    def __init__(self, stack: Stack, sink: Sink) -> None:
        self.stack = stack
        self.sink = sink
        self.plans: dict[str, Plan] = {}
        self.expected: dict[str, str] = {}
        """What each job must come to."""
        self.poison: dict[str, str] = {}
        """Records that can't be handled: the text, and the code that it must be kept with."""
        self.people = People(stack, self.plans)

    def submit(self, job_type: str, input_data: dict[str, Any], expected: str, **more: Any) -> str:
        """Enqueue, again and again under one Idempotency-Key until an api answers 202; the job's id."""
        body = {"jobType": job_type, "taskDescription": f"a test of {job_type}", "inputData": input_data, **more}
        headers = {"idempotency-key": uuid4().hex}

        def accepted() -> str | None:
            try:
                with self.stack.client(self.stack.api) as client:
                    answer = client.post("/api/agent-jobs", json=body, headers=headers)
            except httpx.TransportError:
                return None
            assert answer.status_code in {202, 503}, answer.text
            return str(answer.json()["jobId"]) if answer.status_code == 202 else None

        job_id = eventually(accepted, "the api accepts the job", within_seconds=60)
        self.expected[job_id] = expected
        return job_id

    def submit_gated(self, plan: Plan, **more: Any) -> str:
        """A job with one checkpoint, which people will decide as planned."""
        input_data: dict[str, Any] = {"say": f"hello {len(self.expected)}", **more}
        if plan is Plan.EXPIRE:
            input_data["expires_in_seconds"] = 1.0
        job_id = self.submit("witness-gated", input_data, EXPECTED[plan])
        self.plans[job_id] = plan
        return job_id

    def submit_mixture(self, count: int) -> list[str]:
        """Jobs of every fate."""
        jobs = []
        for number in range(count):
            match number % 6:
                case 0 | 1:
                    jobs.append(self.submit_gated(Plan.APPROVE, ask_twice=number % 12 == 0))
                case 2:
                    jobs.append(self.submit_gated(Plan.EDIT))
                case 3:
                    jobs.append(self.submit_gated(Plan.REJECT))
                case 4:
                    jobs.append(self.submit_gated(Plan.EXPIRE))
                case _:
                    jobs.append(self.submit("witness-flaky", {"failing_attempts": 1}, "succeeded"))
        return jobs

    def wait_for_ends(self, *, within_seconds: float = 180) -> None:
        """Until the api shows every job in the state that is expected, and nothing is unanswered."""
        deadline = time.monotonic() + within_seconds

        def differing() -> list[str]:
            shown = {row["job_id"]: row["status"] for row in self.stack.rows(API, "SELECT job_id, status FROM jobs")}
            return [
                f"{job}: {shown.get(job)} instead of {status}"
                for job, status in self.expected.items()
                if shown.get(job) != status
            ]

        def all_ended() -> bool:
            pending = self.stack.rows(API, "SELECT 1 FROM controls WHERE outcome IS NULL")
            return not pending and all(text.split(": ")[1].split(" ")[0] in ENDED for text in differing())

        eventually(all_ended, "every job has ended", within_seconds=max(1.0, deadline - time.monotonic()))
        different = differing()
        assert not different, "\n".join(different[:20])
        self.stack.wait_until_answered(within_seconds=max(10.0, deadline - time.monotonic() - 30))

    def evidence(self) -> Evidence:
        """What is left behind."""
        urls = {name.removesuffix("-svc"): url for name, url in self.stack.database_urls.items()}
        evidence = gather(set(self.expected), urls, self.sink.file, self.people.told)
        evidence.poison = self.poison
        evidence.lifecycles = list(self._lifecycles())
        for worker in self.stack.workers:
            evidence.killed |= worker.killed
            evidence.slept |= worker.slept
        return evidence

    def check(self) -> None:
        """Every guarantee, on everything that has happened in this town."""
        evidence = eventually(self._evidence_at_rest, "nothing is on its way", every_seconds=0.2)
        found = [*violations(evidence), *self.people.problems]
        assert not found, "\n".join(found[:20])

    def _evidence_at_rest(self) -> Evidence | None:
        """A report that the api has asked for may still come after everything has ended."""
        evidence = self.evidence()
        on_its_way = (tables["outbox"] for tables in (evidence.api, evidence.worker, evidence.checkpoint))
        return None if any(on_its_way) else evidence

    def _lifecycles(self) -> Iterable[JobLifecycle]:
        consumer = Consumer({"bootstrap.servers": self.stack.bootstrap_servers, "group.id": "witness"})
        try:
            partitions = [TopicPartition(JOB_LIFECYCLE.name, each, 0) for each in range(JOB_LIFECYCLE.partitions)]
            ends = {each.partition: consumer.get_watermark_offsets(each, timeout=30)[1] for each in partitions}
            unread = {number for number, end in ends.items() if end > 0}
            consumer.assign(partitions)
            while unread:
                message = consumer.poll(30)
                assert message is not None, "the topic has no more records though it should"
                assert message.error() is None, message.error()
                number, following = message.partition() or 0, (message.offset() or 0) + 1
                if following >= ends[number]:
                    unread.discard(number)
                yield JobLifecycle.model_validate_json(message.value() or b"")
        finally:
            consumer.close()
