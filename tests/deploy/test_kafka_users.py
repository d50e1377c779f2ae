"""With what the chart gives their pods, `topics apply` does its work and every service gets in, on a Kafka that takes a
password and a certificate of everybody."""

import subprocess
import sys
from collections.abc import Iterator

import pytest
from confluent_kafka.admin import AdminClient

from sluicegate_schemas.broker.settings import KafkaSettings
from sluicegate_schemas.environment import load
from sluicegate_schemas.topics import DEAD_LETTER, TOPICS
from tests.deploy.rendered import Container, containers
from tests.support.guarded_kafka import ADMIN, GuardedKafka, guarded_kafka
from tests.support.waiting import eventually

(HOOK,) = (each for each in containers("full") if each.command == "apply")
SERVING = [each for each in containers("full") if each.command == "serve"]


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[GuardedKafka]:
    """Where nobody but the administrator has any right."""
    with guarded_kafka(tmp_path_factory.mktemp("guarded")) as kafka:
        yield kafka


def environment(container: Container, kafka: GuardedKafka) -> dict[str, str]:
    """All that the container is told of Kafka; address, password and files are those of this broker."""
    user = container.variables["SLUICEGATE_KAFKA_SASL_USERNAME"]
    assert user is not None
    who = kafka.security(user)
    here = {
        "SLUICEGATE_KAFKA_BOOTSTRAP_SERVERS": kafka.bootstrap_servers,
        "SLUICEGATE_KAFKA_SASL_PASSWORD": who.password,
    }
    files = {
        "/etc/sluicegate/kafka-ca.crt": who.ca_file,
        "/etc/sluicegate/kafka-user.crt": who.certificate_file,
        "/etc/sluicegate/kafka-user.key": who.key_file,
    }
    assert files.keys() <= container.files.keys()
    told = {name: here.get(name) or files.get(value or "") or value for name, value in container.variables.items()}
    return {name: str(value) for name, value in told.items() if name.startswith("SLUICEGATE_KAFKA_")}


def typed(kafka: GuardedKafka, *words: str) -> "subprocess.CompletedProcess[str]":
    """A command in the hook's container."""
    given = environment(HOOK, kafka)
    assert given.keys() == HOOK.variables.keys()
    return subprocess.run([sys.executable, *words], env=given, capture_output=True, text=True)


def test_the_hook_makes_topics_and_grants_rights(guarded: GuardedKafka) -> None:
    admin = AdminClient(guarded.client(ADMIN))
    admin.delete_topics([DEAD_LETTER.name])[DEAD_LETTER.name].result(20)
    eventually(lambda: DEAD_LETTER.name not in admin.list_topics(timeout=20).topics, "a topic is gone")

    python, *words = HOOK.words
    assert python == "python"
    applied = typed(guarded, *words)
    assert applied.returncode == 0, applied.stderr
    assert f"create {DEAD_LETTER.name}" in applied.stdout
    checked = typed(guarded, *("check" if word == "apply" else word for word in words))
    assert (checked.returncode, checked.stdout) == (0, "as declared\n")
    granted = {line.split()[1] for line in applied.stdout.splitlines() if line.startswith("grant")}
    names = [
        "sluicegate-api",
        "sluicegate-checkpoint-svc",
        "sluicegate-insights",
        "sluicegate-worker",
        "billing",
        "erp",
    ]
    assert granted == {f"User:{name}" for name in names}


@pytest.mark.parametrize("container", SERVING, ids=lambda container: container.service)
def test_a_service_gets_in(guarded: GuardedKafka, container: Container, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in environment(container, guarded).items():
        monkeypatch.setenv(name, value)
    settings = load(KafkaSettings)
    words = settings.kafka_security().librdkafka()
    admin = AdminClient({"bootstrap.servers": settings.kafka_bootstrap_servers, "log_level": 0, **words})
    found = admin.list_topics(timeout=20).topics
    assert found.keys() & {topic.name for topic in TOPICS}
