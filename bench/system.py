"""Real Apache Kafka, real PostgreSQL with fsync, and the three services as processes."""

import asyncio
import os
import time
import urllib.request
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
import psycopg

from sluicegate_dev.embedded_postgres import EmbeddedPostgres
from sluicegate_dev.kafka_jvm import JvmKafka
from sluicegate_dev.keys import Keys, make_keys
from sluicegate_dev.ports import free_port
from sluicegate_dev.service_process import ServiceProcess
from sluicegate_dev.services import API, CHECKPOINT_SVC, SERVICES, WORKER, Service, Surroundings, migrate, settings_of

REPOSITORY = Path(__file__).parent.parent

LOOK_SECONDS = 0.1
"""Between two looks at how far the system is. Each look counts a table: more of them would be measured, too."""


@dataclass(slots=True)
class System:
    """What a scenario needs to know."""

    keys: Keys
    kafka: JvmKafka
    postgres: EmbeddedPostgres
    database_urls: dict[str, str]
    ports: dict[str, int]
    internal_ports: dict[str, int]
    processes: dict[str, ServiceProcess]

    def query(self, service: Service, statement: str) -> list[tuple[Any, ...]]:
        """What a statement finds in one of the databases; nothing, if it only does something."""
        with psycopg.connect(self.database_urls[service.name], autocommit=True) as connection:
            cursor = connection.execute(statement.encode())
            return cursor.fetchall() if cursor.description else []

    async def until(self, service: Service, statement: str, value: object, *, within_seconds: float = 300) -> None:
        """Wait until the statement's only value is `value`.

        Raises:
            TimeoutError: it is not.
        """
        deadline = time.monotonic() + within_seconds
        connection = await psycopg.AsyncConnection.connect(self.database_urls[service.name], autocommit=True)
        async with connection:
            while True:
                cursor = await connection.execute(statement.encode())
                row = await cursor.fetchone()
                if row is not None and row[0] == value:
                    return
                if time.monotonic() > deadline:
                    raise TimeoutError(f"{service.name}: {statement} gave {row}, not {value}")
                await asyncio.sleep(LOOK_SECONDS)

    def group_commits(self) -> dict[str, tuple[float, float]]:
        """By service: operations and transactions of its write loop so far."""
        return {name: _group_commits(port) for name, port in self.internal_ports.items()}

    def cpu_seconds(self) -> dict[str, float]:
        """CPU time used so far, by part; `client` is this process."""
        used = {name: _cpu(process.child.pid) for name, process in self.processes.items() if process.child}
        used["kafka"] = _cpu(self.kafka.child.pid) if self.kafka.child else 0
        used["postgres"] = _cpu(self.postgres.child.pid) if self.postgres.child else 0
        used["client"] = time.process_time()
        return used


def busy_seconds() -> float:
    """CPU time that the machine has spent on anything, all cores."""
    times = psutil.cpu_times()
    return float(sum(times) - times.idle - times.iowait - times.guest - times.guest_nice)


def _group_commits(port: int) -> tuple[float, float]:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=5) as response:
        lines = [line.split() for line in response.read().decode().splitlines()]
    found = {line[0]: float(line[1]) for line in lines if line[0].startswith("sluicegate_group_commit_operations_")}
    return found["sluicegate_group_commit_operations_sum"], found["sluicegate_group_commit_operations_count"]


def _cpu(pid: int) -> float:
    process = psutil.Process(pid)
    times = process.cpu_times()
    total = times.user + times.system + times.children_user + times.children_system
    for child in process.children(recursive=True):
        try:
            of_child = child.cpu_times()
        except psutil.NoSuchProcess:
            continue
        total += of_child.user + of_child.system
    return float(total)


async def _until_ready(process: ServiceProcess) -> None:
    deadline = time.monotonic() + 60
    while not await asyncio.to_thread(process.is_ready):
        child = process.child
        if child is None or child.exit_code is not None or time.monotonic() > deadline:
            raise RuntimeError(f"{process.name} did not get ready:\n{child.log_tail() if child else ''}")
        await asyncio.sleep(0.1)


@asynccontextmanager
async def running(folder: Path, *, slots: int) -> AsyncIterator[System]:
    """The system, ready; everything ends with the block."""
    kafka, postgres = JvmKafka(folder / "kafka"), EmbeddedPostgres(folder / "postgres")
    keys = make_keys(folder / "keys")
    (folder / "workspace").mkdir(parents=True)
    await asyncio.to_thread(kafka.start)
    await asyncio.to_thread(postgres.start)
    system = System(keys, kafka, postgres, {}, {}, {}, {})
    try:
        for service in SERVICES:
            system.database_urls[service.name] = postgres.create_database(service.database)
        around = Surroundings(
            kafka.bootstrap_servers,
            system.database_urls,
            keys,
            folder / "workspace",
            {
                "ENABLE_AGENT_WORKER": "true",
                "SLUICEGATE_HANDLERS": "bench.handlers",
                "SLUICEGATE_MAX_CONCURRENT_JOBS": str(slots),
                "SLUICEGATE_LOG_LEVEL": "warning",
                "PYTHONPATH": os.pathsep.join((str(REPOSITORY), os.environ.get("PYTHONPATH", ""))),
            },
        )
        for service in SERVICES:
            await asyncio.to_thread(migrate, service, system.database_urls[service.name])
        for service in SERVICES:
            system.ports[service.name] = free_port(0)
            system.internal_ports[service.name] = free_port(0)
            process = system.processes[service.name] = ServiceProcess(
                service,
                settings_of(service, around),
                http_port=system.ports[service.name],
                internal_port=system.internal_ports[service.name],
                log=folder / f"{service.name}.log",
                spawned=lambda child: None,
            )
            process.start()
        for process in system.processes.values():
            await _until_ready(process)
        await system.until(API, "SELECT count(*) FROM worker_replicas", 1, within_seconds=60)
        await system.until(WORKER, "SELECT desired FROM fleet", "started", within_seconds=60)
        yield system
    finally:
        for process in system.processes.values():
            await asyncio.to_thread(process.stop)
        await asyncio.to_thread(kafka.stop)
        await asyncio.to_thread(postgres.stop)


__all__ = ["API", "CHECKPOINT_SVC", "WORKER", "System", "busy_seconds", "running"]
