"""The frame of whoever reads topics: batch after batch until it is told to stop, with the signs of how it gets on."""

import asyncio
import time
from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence

from sluicegate_kit.kafka.observed import Observed
from sluicegate_kit.kafka.ports import Consumer, Partition, Record
from sluicegate_kit.metrics import Metrics
from sluicegate_schemas.topics import Party, Topic

SILENT_SECONDS = 30
"""A consumer that has not polled for so long is not alive."""


class Turns(ABC):
    """Polls one batch a turn. What is done with it, and how far that has got, its subclass knows."""

    def __init__(self, consumer: Consumer, metrics: Metrics, topics: Iterable[Topic], party: Party) -> None:
        self._consumer = consumer
        self._observed = Observed(metrics, topics, party)
        self._stopping = asyncio.Event()
        self._polled_at = self._turned_at = time.monotonic()
        self._observed.follow(self)

    @abstractmethod
    async def take(self, records: Sequence[Record]) -> bool:
        """Do what is to be done with a batch, which may be empty. False: it was not possible now, and comes again.

        Raises:
            BrokerFatal: the client can't go on.
        """

    @property
    @abstractmethod
    def silent_seconds(self) -> float:
        """How long ago the broker last said how long the logs are."""

    @property
    @abstractmethod
    def lags(self) -> Mapping[Partition, int]:
        """Records that each log holds beyond what was taken, as of the broker's last word on it."""

    @property
    def polled_seconds_ago(self) -> float:
        """How long ago the last poll succeeded."""
        return time.monotonic() - self._polled_at

    @property
    def stalled_seconds(self) -> float:
        """How long ago a turn got to its end, or the broker last said how long its logs are, if that is longer."""
        return max(time.monotonic() - self._turned_at, self.silent_seconds)

    @property
    def assigned(self) -> frozenset[Partition]:
        """The partitions that this process reads."""
        return self._consumer.assigned

    async def alive(self) -> None:
        """The sign of life, for a probe.

        Raises:
            TimeoutError: nothing was polled for `SILENT_SECONDS`.
        """
        if self.polled_seconds_ago > SILENT_SECONDS:
            raise TimeoutError("the consumer does not poll")

    async def run(self) -> None:
        """Turn until `stop`, then leave the group.

        Raises:
            BrokerFatal: the client can't go on; the process must end.
        """
        try:
            while not self._stopping.is_set():
                await self.turn()
        finally:
            await self._consumer.close()

    def stop(self) -> None:
        """Let `run` return, within one poll and one batch."""
        self._stopping.set()

    async def turn(self) -> None:
        """One batch."""
        records = await self._consumer.poll()
        self._polled_at = time.monotonic()
        if await self.take(records):
            self._turned_at = time.monotonic()
