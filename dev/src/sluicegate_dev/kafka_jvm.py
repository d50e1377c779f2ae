"""Real Apache Kafka, one node in KRaft mode, started from Maven's jars."""

import base64
import shutil
import time
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from subprocess import run

from sluicegate_dev import kafka_topics
from sluicegate_dev.errors import DidNotStart
from sluicegate_dev.kafka_jars import classpath
from sluicegate_dev.ports import LOOPBACK, free_port, is_open
from sluicegate_dev.processes import Child, Spawned, deadline, nobody_cares
from sluicegate_schemas.broker.security import Security

_HEAP = ("-Xms256m", "-Xmx512m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1")
_LOGGING = Path(__file__).with_name("kafka-log4j2.properties")
_READY_WITHIN_SECONDS = 60
SETTINGS = Path(__file__).parents[3] / "deploy" / "kafka" / "server.properties"
"""What this broker has in common with that of docker-compose.yml: all but addresses and folders."""


@dataclass(frozen=True, slots=True)
class Door:
    """How clients are let in: by default, whoever comes."""

    security: Security = field(default_factory=Security)
    """An administrator's."""
    properties: Mapping[str, object] = field(default_factory=dict)
    """More of the broker's settings; the clients' listener is called CLIENTS."""
    format_arguments: Sequence[str] = ()
    """For `kafka-storage format`: users who are there from the start."""


class JvmKafka:
    """The broker's process, seen from outside. Its log lives in `folder` and survives everything but `wipe`."""

    name = "kafka"

    def __init__(
        self,
        folder: Path,
        *,
        port: int = 0,
        log: Path | None = None,
        spawned: Spawned = nobody_cares,
        door: Door = Door(),
    ) -> None:
        """`port` is a preference, kept over restarts; `spawned` is told of each process as soon as it exists."""
        self.folder = folder
        self.port = free_port(port)
        self._controller_port = free_port()
        self._log = log or folder / "kafka.log"
        self._spawned = spawned
        self._door = door
        self._child: Child | None = None

    @property
    def bootstrap_servers(self) -> str:
        """Where clients start."""
        return f"{LOOPBACK}:{self.port}"

    @property
    def child(self) -> Child | None:
        """The broker's process, while it runs; SIGSTOP pauses it."""
        return self._child

    def start(self) -> None:
        """Returns when it answers and has every topic.

        Raises:
            CannotRunHere: no Java, or no jars and no Maven.
            DidNotStart: with the end of its log.
        """
        java = ["java", *_HEAP, f"-Dlog4j2.configurationFile={_LOGGING}", "-cp", classpath()]
        properties = self._write_properties()
        if not (self._logs / "meta.properties").exists():
            _format(java, properties, self._door.format_arguments)
        child = self._child = Child("kafka", [*java, "kafka.Kafka", str(properties)], log=self._log)
        self._spawned(child)
        security = self._door.security
        until = deadline(_READY_WITHIN_SECONDS)
        while not (is_open(self.port) and kafka_topics.answers(self.bootstrap_servers, security=security)):
            if child.exit_code is not None or time.monotonic() > until:
                child.kill()
                raise DidNotStart("Apache Kafka", child.log_tail())
            time.sleep(0.05)
        kafka_topics.create_topics(self.bootstrap_servers, security=security)

    def stop(self) -> None:
        """Ends it in order."""
        if self._child is not None:
            self._child.stop()
            self._child = None

    def kill(self) -> None:
        """kill -9."""
        if self._child is not None:
            self._child.kill()
            self._child = None

    def wipe(self) -> None:
        """Kills it and removes its log directory: every record, topic and committed offset is gone."""
        self.kill()
        shutil.rmtree(self._logs, ignore_errors=True)

    @property
    def _logs(self) -> Path:
        return self.folder / "log"

    def _write_properties(self) -> Path:
        settings = {
            "controller.quorum.voters": f"1@{LOOPBACK}:{self._controller_port}",
            "listeners": f"CLIENTS://{LOOPBACK}:{self.port},CONTROLLER://{LOOPBACK}:{self._controller_port}",
            "listener.security.protocol.map": f"CLIENTS:{self._door.security.protocol},CONTROLLER:PLAINTEXT",
            "inter.broker.listener.name": "CLIENTS",
            "log.dirs": self._logs,
            **self._door.properties,
        }
        self.folder.mkdir(parents=True, exist_ok=True)
        path = self.folder / "server.properties"
        path.write_text(SETTINGS.read_text() + "".join(f"{name}={value}\n" for name, value in settings.items()))
        return path


def _format(java: list[str], properties: Path, more: Sequence[str]) -> None:
    cluster = base64.urlsafe_b64encode(uuid.uuid4().bytes).rstrip(b"=").decode()
    # A cluster id that begins with a dash would be read as an option.
    cluster = cluster.replace("-", "A", 1) if cluster.startswith("-") else cluster
    formatted = run(
        [*java, "kafka.tools.StorageTool", "format", "-t", cluster, "-c", str(properties), *more],
        capture_output=True,
        text=True,
    )
    if formatted.returncode:
        raise DidNotStart("kafka-storage format", formatted.stdout + formatted.stderr)
