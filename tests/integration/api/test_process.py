"""The api as a process of its own, on the embedded broker."""

import asyncio
import json
import os
import re
import signal
import sys
from asyncio.subprocess import PIPE, STDOUT, Process
from pathlib import Path

import httpx
import pytest

from sluicegate_dev.keys import make_keys
from sluicegate_dev.librdkafka_mock import MockCluster
from sluicegate_kit.kafka.confluent import ConfluentConsumer, ConfluentProducer
from sluicegate_kit.kafka.options import KafkaOptions
from sluicegate_schemas import envelope
from sluicegate_schemas.ids import new_id
from sluicegate_schemas.job_lifecycle import Status
from sluicegate_schemas.topics import JOB_REQUESTED
from tests.integration.api.replica import simple_task
from tests.unit.api.ledger import START
from tests.unit.api.samples import snapshot

pytestmark = pytest.mark.anyio
DEADLINE_SECONDS = 30


async def port_of(process: Process, server: str) -> int:
    """The port that the process says it listens on."""
    assert process.stdout is not None
    seen = []
    async for line in process.stdout:
        seen.append(line.decode())
        if line.startswith(b"{"):
            said = json.loads(line)
            if said.get("event") == "listening" and said.get("server") == server:
                return int(said["port"])
    pytest.fail("".join(seen))


async def test_the_process_takes_a_job_follows_it_and_drains_on_a_signal(
    api_database: str, embedded_broker: MockCluster, tmp_path: Path
) -> None:
    keys = make_keys(tmp_path / "keys")
    variables = {
        "SLUICEGATE_DATABASE_URL": api_database,
        "SLUICEGATE_KAFKA_BOOTSTRAP_SERVERS": embedded_broker.bootstrap_servers,
        "SLUICEGATE_KEYS_FILE": str(keys.identities),
        "SLUICEGATE_MAC_KEY_FILE": str(keys.mac_key),
        "SLUICEGATE_SESSION_KEYS_FILE": str(keys.session_key_set),
        "SLUICEGATE_LOG_FORMAT": "json",
        "ENABLE_AGENT_WORKER": "true",
    }
    command = (sys.executable, "-m", "sluicegate_api", "serve")
    process = await asyncio.create_subprocess_exec(
        *command, env={**os.environ, **variables}, stdout=PIPE, stderr=STDOUT
    )
    try:
        async with asyncio.timeout(DEADLINE_SECONDS):
            await port_of(process, "internal")
            origin = f"http://127.0.0.1:{await port_of(process, 'http')}"
            await take_and_follow(origin, keys.api_keys["admin"], embedded_broker.bootstrap_servers)
            process.send_signal(signal.SIGTERM)
            assert await process.wait() == 0
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


async def take_and_follow(origin: str, key: str, servers: str) -> None:
    """Submit, find the record on the broker, answer as a worker would, and see the job end."""
    options = KafkaOptions(servers, "test", fetch_wait_max_ms=5)
    consumer, producer = ConfluentConsumer(options, "test", [JOB_REQUESTED.name]), ConfluentProducer(options)
    sending = asyncio.create_task(producer.run())
    try:
        async with httpx.AsyncClient(base_url=origin, headers={"authorization": f"Bearer {key}"}) as http:
            fleet = (await http.get("/api/admin/agent-worker")).json()
            assert fleet["desired"] == "started"
            job_id = (await http.post("/api/agent-jobs", json=simple_task())).json()["jobId"]
            while not (records := await consumer.poll()):
                pass
            assert records[0].key == job_id.encode()
            end = envelope.write(snapshot(1, Status.SUCCEEDED, job_id=job_id), ce_id=new_id(), source="test", at=START)
            producer.send([end], lambda message, error: None)
            job = (await http.get(f"/api/agent-jobs/{job_id}", params={"wait": 20}, timeout=30)).json()
            assert job["status"] == "succeeded"
            assert re.search(r'agent_jobs_total\{status="succeeded"\} 1\.0', (await http.get("/api/metrics")).text)
    finally:
        await consumer.close()
        producer.stop()
        await sending
