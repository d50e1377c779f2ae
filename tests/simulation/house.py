"""All processes, their databases and their broker; and the faults that befall them."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from sluicegate_api.tables import TABLES as API_TABLES
from sluicegate_checkpoint_svc.tables import TABLES as CHECKPOINT_TABLES
from sluicegate_kit.db.table import Table
from sluicegate_kit.kafka.positions import POSITIONS
from sluicegate_worker.tables import TABLES as WORKER_TABLES
from tests.simulation.api_replica import ApiReplica
from tests.simulation.broker import Broker
from tests.simulation.chance import Chance
from tests.simulation.checkpoint_replica import CheckpointReplica
from tests.simulation.database import Database
from tests.simulation.process import Process
from tests.simulation.sink import Sink
from tests.simulation.worker_replica import WorkerReplica

START = datetime(2026, 1, 31, 12, tzinfo=UTC)


class House:
    """One api, two workers, two checkpoint-svc."""

    def __init__(self, chance: Chance) -> None:
        self.chance = chance
        self.sink = Sink()
        self.surprises: list[str] = []
        self.broker = Broker(chance, lambda: self.now().timestamp())
        self.api_database = self._database(API_TABLES)
        self.worker_database = self._database((*WORKER_TABLES, POSITIONS))
        self.checkpoint_database = self._database((*CHECKPOINT_TABLES, POSITIONS))
        self.worker_database.tables.notify = self._notified
        self._starts = count(1)
        self._dead: list[Process] = []
        """Kept, for the garbage collector would run their `finally` clauses, and nothing of them may go on."""
        self.api = self._start_api()
        self.workers = [self._start_worker() for _ in range(2)]
        self.checkpoint_svcs = [self._start_checkpoint_svc() for _ in range(2)]

    @staticmethod
    def now() -> datetime:
        """The clock of all databases. Nobody compares the times of two, so one clock is as good as three."""
        return START + timedelta(seconds=asyncio.get_running_loop().time())

    @property
    def processes(self) -> list[ApiReplica | WorkerReplica | CheckpointReplica]:
        """Those that live."""
        return [one for one in self._everybody if one.alive]

    @property
    def _everybody(self) -> tuple[ApiReplica | WorkerReplica | CheckpointReplica, ...]:
        return (self.api, *self.workers, *self.checkpoint_svcs)

    def restart(self) -> None:
        """Start again what is dead."""
        self._dead.extend(one for one in self._everybody if not one.alive)
        if not self.api.alive:
            self.api = self._start_api()
        self.workers = [one if one.alive else self._start_worker() for one in self.workers]
        self.checkpoint_svcs = [one if one.alive else self._start_checkpoint_svc() for one in self.checkpoint_svcs]

    def heal(self) -> None:
        """Nothing fails from now on."""
        self.chance.calm = True
        self.broker.available = True
        self.thaw()
        self.restart()

    def thaw(self) -> None:
        """No worker is a zombie any more."""
        for worker in self.workers:
            worker.thaw()

    def _notified(self, statement: str) -> None:
        for worker in self.workers:
            if worker.alive and self.chance.good(0.8):
                asyncio.get_running_loop().call_soon(worker.beat if "look" in statement else worker.claims.wake)

    def _database(self, tables: Sequence[Table[Any]]) -> Database:
        return Database(tables, self.now, skips=lambda: self.chance.bad(0.05))

    def _start_api(self) -> ApiReplica:
        return ApiReplica(**self._of_process("api", self.api_database))

    def _start_worker(self) -> WorkerReplica:
        return WorkerReplica(self.sink, **self._of_process("worker", self.worker_database))

    def _start_checkpoint_svc(self) -> CheckpointReplica:
        return CheckpointReplica(**self._of_process("checkpoint-svc", self.checkpoint_database))

    def _of_process(self, service: str, database: Database) -> dict[str, Any]:
        return {
            "name": f"{service}-{next(self._starts)}",
            "database": database,
            "broker": self.broker,
            "chance": self.chance,
            "surprise": self.surprises.append,
        }
