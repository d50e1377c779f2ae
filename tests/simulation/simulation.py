"""One simulated life of the house: disorder by seed, then healing, then rest; and what the checkers say of it."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from structlog.testing import capture_logs

from sluicegate_checkpoint_svc.domain.checkpoint import Checkpoint
from sluicegate_checkpoint_svc.domain.state import State
from sluicegate_kit.outbox.row import OUTBOX
from sluicegate_schemas.fleet_control import Desired
from sluicegate_worker.tables import RUNS
from tests.simulation.api_replica import SILENCE
from tests.simulation.chance import Chance, seeded
from tests.simulation.harm import Harm
from tests.simulation.house import House
from tests.simulation.outside import Outside
from tests.simulation.testimony import evidence, fingerprint, reached
from tests.simulation.virtual_time import NothingMoves, VirtualLoop
from tests.witness.invariants import violations

STEPS = 160
ROUNDS = 80
PAUSES = {"wait": (1, 3, 10, 40), "freeze a worker": (0, 16, 20), "log lost": (0, 0, 3)}
"""Seconds that go by afterwards; a lease lasts 15."""
BUGS = frozenset(
    {
        "record not handled: a bug",
        "attempt broke",
        "batch failed",
        "nothing claimed",
        "dead letters refused by the database",
        "event too large for its topic, kept in the outbox",
    }
)
"""What the services log when something happened that they don't foresee."""


@dataclass
class Simulation:
    """One seed. `trace` says what was done, for whoever looks for the cause."""

    seed: int
    chance: Chance = field(init=False)
    reached: set[str] = field(default_factory=set)
    """Which states and outcomes came about."""
    fingerprint: str = ""
    """The same for every replay."""
    trace: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.chance = Chance(self.seed)

    def run(self) -> list[str]:
        """From start to rest; gives every violation."""
        try:
            found, logs = self._live_in_virtual_time()
        except NothingMoves as error:
            return [f"unexpected: {error}"]
        return found + [
            f"unexpected: {line['event']} {line.get('error', '')}" for line in logs if line["event"] in BUGS
        ]

    def _live_in_virtual_time(self) -> tuple[list[str], Sequence[Mapping[str, Any]]]:
        with seeded(self.seed), capture_logs() as logs, asyncio.Runner(loop_factory=VirtualLoop) as runner:
            runner.get_loop().set_exception_handler(lambda loop, context: None)
            return runner.run(self._live()), logs

    async def _live(self) -> list[str]:
        self.house = House(self.chance)
        self.outside = Outside(self.house)
        self.harm = Harm(self.outside)
        self.outside.want_fleet(Desired.STARTED)
        actions = self._actions()
        names, weights = list(actions), [weight for weight, _ in actions.values()]
        for name in self.chance.random.choices(names, weights, k=STEPS):
            self.trace.append(f"{self._seconds():9.3f} {name}")
            actions[name][1]()
            await asyncio.sleep(self.chance.between(0.001, 0.2))
            await asyncio.sleep(self.chance.one(PAUSES.get(name, (0,))))
        await self._come_to_rest()
        seen = evidence(self.house, self.outside, self.harm)
        self.reached = reached(seen, self.house.sink)
        self.fingerprint = fingerprint(self.trace, seen)
        found = violations(seen)
        return found + [f"unexpected: {each}" for each in self.house.surprises]

    def _actions(self) -> dict[str, tuple[float, Callable[[], object]]]:
        """What may happen next, and how often."""
        house, outside, harm = self.house, self.outside, self.harm
        return {
            "ingest": (30, lambda: self._each(0.6, lambda one: one.ingest_some())),
            "handlers go on": (20, self._let_handlers_go_on),
            "look around": (7, lambda: self._each(0.5, lambda one: one.do(one.look_around()))),
            "sweep": (4, lambda: self._each(0.5, lambda one: one.do(one.sweeper.sweep()))),
            "wait": (6, lambda: None),
            "submit": (4, outside.submit),
            "request from upstream": (3, outside.request_from_upstream),
            "decide": (10, outside.decide),
            "control": (4, outside.control),
            "stop the fleet": (0.3, lambda: outside.want_fleet(Desired.STOPPED)),
            "start the fleet": (1, lambda: outside.want_fleet(Desired.STARTED)),
            "poison": (1, harm.send_poison),
            "bad request": (1, harm.send_bad_request),
            "bad ask": (0.3, harm.send_bad_ask),
            "forge": (5, harm.forge),
            "decide on other bytes": (1, harm.decide_on_other_bytes),
            "repeat a record": (5, house.broker.repeat_something),
            "rewind": (1, lambda: self._each(0.3, lambda one: one.consumer.rewind())),
            "kill": (1.5, lambda: self._each(0.3, lambda one: one.kill())),
            "restart": (4, house.restart),
            "freeze a worker": (3, lambda: self.chance.one(house.workers).freeze()),
            "thaw the workers": (1, house.thaw),
            "drain a worker": (0.7, self._drain),
            "broker away": (0.5, lambda: self._broker(available=False)),
            "broker back": (2, lambda: self._broker(available=True)),
            "log lost": (0.8, self._lose_log),
        }

    def _each(self, share: float, act: Callable[[Any], object]) -> None:
        for process in self.house.processes:
            if self.chance.good(share):
                act(process)

    def _let_handlers_go_on(self) -> None:
        for worker in self.house.workers:
            if worker.alive:
                worker.go_on()

    def _drain(self) -> None:
        worker = self.chance.one(self.house.workers)
        if worker.alive:
            worker.do(worker.drain())

    def _broker(self, *, available: bool) -> None:
        self.house.broker.available = available

    def _lose_log(self) -> None:
        self.harm.forget_what_is_lost()
        self.house.broker.lose_log(keep_offsets=self.chance.good(0.5))

    # Healing and rest

    async def _come_to_rest(self) -> None:
        """Nothing fails any more; time goes by until nobody has anything left to do, and then a good while longer."""
        self.house.heal()
        at_rest = 0
        for turn in range(ROUNDS):
            self.outside.want_fleet(Desired.STARTED)
            self.house.restart()  # who was draining has ended
            await asyncio.sleep(5 if turn < 10 else 60)
            for process in self.house.processes:
                process.do(process.look_around())
                process.do(process.sweeper.sweep())
            for _ in range(3):  # a look at the logs is asked for in one turn and taken in another
                self._each(1, lambda one: one.ingest_some())
                await asyncio.sleep(0.2)
            await self._work_off()
            at_rest = at_rest + 1 if self._nothing_to_do() else 0
            if at_rest == 2:
                return
            if at_rest:
                await asyncio.sleep(SILENCE.max_seconds)
        self.house.surprises.append("the house never came to rest")

    async def _work_off(self) -> None:
        for _ in range(100):
            for process in self.house.processes:
                if not process.idle:
                    process.ingest_some()
            self._let_handlers_go_on()
            for checkpoint in self._pending():
                self.outside.vote(checkpoint)
            await asyncio.sleep(0.3)
            idle = all(process.idle for process in self.house.processes)
            if idle and not self._pending() and not any(worker.claims.held for worker in self.house.workers):
                return

    def _pending(self) -> list[Checkpoint]:
        """What people still decide; some they leave alone for ever, but none on which a decision was forged."""
        pending = [row for row in self.outside.checkpoints() if row.state is State.PENDING]
        return [row for row in pending if row.checkpoint_id in self.harm.forged_for or row.checkpoint_id.int % 8]

    def _nothing_to_do(self) -> bool:
        house = self.house
        databases = (house.api_database, house.worker_database, house.checkpoint_database)
        resting = all(
            run.status.terminal or run.waiting_for is not None for run in house.worker_database.tables.rows(RUNS)
        )
        return resting and not any(database.tables.of(OUTBOX) for database in databases)

    @staticmethod
    def _seconds() -> float:
        return asyncio.get_running_loop().time()
