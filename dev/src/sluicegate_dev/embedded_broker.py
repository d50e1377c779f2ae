"""Runs librdkafka's broker in a process of its own and finds it again at a fixed port after every restart."""

import argparse
import asyncio
import signal
import sys
import time
from pathlib import Path

from sluicegate_dev.errors import DidNotStart
from sluicegate_dev.librdkafka_mock import MockCluster
from sluicegate_dev.ports import LOOPBACK, free_port, is_open
from sluicegate_dev.processes import Child, Spawned, deadline, nobody_cares
from sluicegate_schemas.topics import TOPICS

_READY_WITHIN_SECONDS = 15


class EmbeddedBroker:
    """The process, seen from outside. Its log is in memory: a restart is the loss of every record and offset."""

    name = "kafka"

    def __init__(
        self, folder: Path, *, port: int = 0, log: Path | None = None, spawned: Spawned = nobody_cares
    ) -> None:
        """`port` is a preference; `log` is by default a file in `folder`; `spawned` is told of each process at once."""
        self.port = free_port(port)
        self._log = log or folder / "kafka.log"
        self._spawned = spawned
        self._child: Child | None = None

    @property
    def bootstrap_servers(self) -> str:
        """The fixed address; Kafka clients learn the broker's own port from it."""
        return f"{LOOPBACK}:{self.port}"

    @property
    def child(self) -> Child | None:
        """The broker's process, while it runs."""
        return self._child

    def start(self) -> None:
        """Returns when it accepts connections and has every topic.

        Raises:
            DidNotStart: with the end of its log.
        """
        command = [sys.executable, "-m", "sluicegate_dev.embedded_broker", "--port", str(self.port)]
        child = self._child = Child("kafka", command, log=self._log)
        self._spawned(child)
        until = deadline(_READY_WITHIN_SECONDS)
        while not is_open(self.port):
            if child.exit_code is not None or time.monotonic() > until:
                raise DidNotStart("the embedded broker", child.log_tail())
            time.sleep(0.02)

    def stop(self) -> None:
        """Ends it."""
        if self._child is not None:
            self._child.stop()
            self._child = None

    def kill(self) -> None:
        """kill -9."""
        if self._child is not None:
            self._child.kill()
            self._child = None


async def serve(port: int) -> None:
    """The broker itself, until SIGTERM. Connections to `port` are handed on to the port that librdkafka was given."""
    cluster = MockCluster()
    cluster.create_topics(TOPICS)
    broker_port = int(cluster.bootstrap_servers.rpartition(":")[2])
    stopped = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)

    async def hand_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        broker_reader, broker_writer = await asyncio.open_connection(LOOPBACK, broker_port)
        await asyncio.gather(_copy(reader, broker_writer), _copy(broker_reader, writer))

    await asyncio.start_server(hand_on, LOOPBACK, port)
    await stopped.wait()


async def _copy(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
    try:
        while data := await source.read(65536):
            target.write(data)
            await target.drain()
    except OSError:
        pass
    finally:
        target.close()


def main() -> None:
    """Command line: `--port`."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    asyncio.run(serve(parser.parse_args().port))


if __name__ == "__main__":
    main()
