"""Real Apache Kafka from its public image, where a container engine can be had."""

import contextlib
import os
import socket
import time
from collections.abc import Callable
from typing import Any

import docker
import docker.errors
import requests
from testcontainers.core.container import DockerContainer

from sluicegate_dev import kafka_topics
from sluicegate_dev.errors import CannotRunHere, DidNotStart
from sluicegate_dev.kafka_jars import VERSION
from sluicegate_dev.kafka_jvm import SETTINGS
from sluicegate_dev.ports import LOOPBACK, free_port
from sluicegate_dev.processes import deadline

IMAGE = f"apache/kafka:{VERSION}"
STAND_IN = "sluicegate.stand-in"
"""The label of images that tests/standins made."""
_ASKED_FOR_SECONDS = 10
_READY_WITHIN_SECONDS = 60


def require_image() -> None:
    """Asks the engine, once and for at most 10 s, whether it has the image or could pull it.

    Raises:
        CannotRunHere: no engine answers, or it can't get the image.
    """
    _require_engine()
    try:
        engine = docker.from_env(timeout=_ASKED_FOR_SECONDS)
    except docker.errors.DockerException as error:
        raise CannotRunHere("no container engine answers") from error
    with contextlib.closing(engine):
        try:
            image = engine.images.get(IMAGE)
        except docker.errors.ImageNotFound:
            try:
                engine.images.get_registry_data(IMAGE)
            except (docker.errors.APIError, requests.RequestException) as error:
                raise CannotRunHere(f"the container engine can't get {IMAGE}") from error
        else:
            if STAND_IN in image.labels:
                raise CannotRunHere(f"the container engine has a stand-in for {IMAGE} alone")


def _require_engine() -> None:
    # The docker package leaves a socket open when nobody listens, and a warning is an error here.
    address = os.environ.get("DOCKER_HOST", "unix:///var/run/docker.sock")
    if not address.startswith("unix://"):
        return
    with socket.socket(socket.AF_UNIX) as probe:
        if probe.connect_ex(address.removeprefix("unix://")):
            raise CannotRunHere(f"no container engine answers at {address}")


class ContainerKafka:
    """The same handle as `JvmKafka`, over a container whose log lives as long as the container."""

    def __init__(self) -> None:
        """Nothing runs before `start`."""
        self.port = free_port()
        self._container: DockerContainer | None = None

    @property
    def bootstrap_servers(self) -> str:
        """Where clients start."""
        return f"{LOOPBACK}:{self.port}"

    def start(self) -> None:
        """Returns when it answers and has every topic."""
        if self._container is None:
            self._container = self._new_container()
            self._container.start()
        else:
            self._in_container(lambda container: container.start())
        until = deadline(_READY_WITHIN_SECONDS)
        while not kafka_topics.answers(self.bootstrap_servers):
            if time.monotonic() > until:
                raise DidNotStart(IMAGE, "it did not answer in time")
            time.sleep(0.1)
        kafka_topics.create_topics(self.bootstrap_servers)

    def stop(self) -> None:
        """Ends it in order; its log stays."""
        self._in_container(lambda container: container.stop())

    def kill(self) -> None:
        """kill -9; its log stays."""
        self._in_container(lambda container: container.kill())

    def wipe(self) -> None:
        """Removes it with its log."""
        if self._container is not None:
            self._container.stop()
            self._container = None

    def _in_container(self, act: Callable[[Any], None]) -> None:
        if self._container is not None:
            act(self._container.get_wrapped_container())

    def _new_container(self) -> DockerContainer:
        settings = {
            "KAFKA_CONTROLLER_QUORUM_VOTERS": "1@localhost:9093",
            "KAFKA_LISTENERS": "PLAINTEXT://:9092,CONTROLLER://:9093",
            "KAFKA_ADVERTISED_LISTENERS": f"PLAINTEXT://{self.bootstrap_servers}",
        }
        container = DockerContainer(IMAGE).with_bind_ports(9092, self.port)
        container = container.with_volume_mapping(str(SETTINGS.parent), "/mnt/shared/config")
        for name, value in settings.items():
            container = container.with_env(name, value)
        return container
