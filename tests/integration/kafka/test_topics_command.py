"""`python -m sluicegate_schemas topics` brings Apache Kafka up to what is declared, and says what it leaves alone."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from confluent_kafka.admin import AdminClient, AlterConfigOpType, ConfigEntry, ConfigResource, ResourceType

from sluicegate_dev.kafka_topics import create_topics, delete_topics
from sluicegate_dev.ports import LOOPBACK, free_port
from sluicegate_schemas.broker import broker, command
from sluicegate_schemas.topics import DEAD_LETTER, FLEET_CONTROL, JOB_REQUESTED
from tests.support.kafka import RealKafka
from tests.support.waiting import eventually

Command = Callable[..., tuple[int, str]]


@pytest.fixture
def topics(real_kafka: RealKafka, capsys: pytest.CaptureFixture[str]) -> Command:
    """`topics("apply")`: the exit code, and what was said."""

    def run(*words: str) -> tuple[int, str]:
        code = command.main([*words, "--bootstrap-servers", real_kafka.bootstrap_servers])
        said = capsys.readouterr()
        return code, said.out + said.err

    return run


def remake(kafka: RealKafka, partitions: int) -> None:
    """`job-requested` with so many partitions."""
    delete_topics(kafka.bootstrap_servers, [JOB_REQUESTED])
    create_topics(kafka.bootstrap_servers, [replace(JOB_REQUESTED, partitions=partitions)])


def partitions_now(kafka: RealKafka) -> int:
    """Of `job-requested`."""
    found = AdminClient({"bootstrap.servers": kafka.bootstrap_servers}).list_topics(timeout=20).topics
    return len(found[JOB_REQUESTED.name].partitions) if JOB_REQUESTED.name in found else 0


def test_a_broker_that_is_as_declared_is_left_as_it_is(topics: Command) -> None:
    assert topics("check") == (command.AS_DECLARED, "as declared\n")
    assert topics("apply") == (command.AS_DECLARED, "nothing to change\n")


def test_what_lacks_is_made_once(topics: Command, real_kafka: RealKafka) -> None:
    delete_topics(real_kafka.bootstrap_servers, [DEAD_LETTER])
    keep_fleet_control_for(real_kafka, 1000)
    lines = [
        f"create {DEAD_LETTER.name}: 4 partitions, retention.ms=2592000000, max.message.bytes=3145728",
        f"set retention.ms of {FLEET_CONTROL.name} from 1000 to 2592000000",
    ]
    code, said = topics("check")
    assert (code, sorted(said.splitlines())) == (command.DIFFERS, [f"would {line}" for line in lines])
    code, said = topics("apply")
    assert (code, sorted(said.splitlines())) == (command.AS_DECLARED, lines)
    assert topics("check") == (command.AS_DECLARED, "as declared\n")


def test_partitions_are_added_only_when_told(topics: Command, real_kafka: RealKafka) -> None:
    remake(real_kafka, 2)
    code, said = topics("apply")
    assert (code, partitions_now(real_kafka)) == (command.DIFFERS, 2)
    assert f"{JOB_REQUESTED.name} has 2 partitions, 4 are declared: --raise-partitions adds them" in said
    code, said = topics("apply", "--raise-partitions")
    assert (code, partitions_now(real_kafka)) == (command.AS_DECLARED, 4)
    assert said == f"raise {JOB_REQUESTED.name} from 2 to 4 partitions\n"


def test_nothing_shrinks(topics: Command, real_kafka: RealKafka) -> None:
    remake(real_kafka, 9)
    keep_fleet_control_for(real_kafka, -1)
    code, said = topics("apply", "--raise-partitions")
    assert (code, partitions_now(real_kafka)) == (command.DIFFERS, 9)
    assert "has 9 partitions, 4 are declared: Kafka can't take any away" in said
    assert f"{FLEET_CONTROL.name} has retention.ms=-1, 2592000000 is declared" in said
    assert topics("check")[0] == command.DIFFERS


def test_rights_need_a_broker_that_keeps_them(topics: Command) -> None:
    code, said = topics("apply", "--users")
    assert code == command.NO_BROKER
    assert "authorizer" in said.lower()


def test_a_broker_that_does_not_answer_is_no_success(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(broker, "TIMEOUT_SECONDS", 1)
    code = command.main(["apply", "--bootstrap-servers", f"{LOOPBACK}:{free_port()}"])
    assert (code, capsys.readouterr().err.split(":")[0]) == (command.NO_BROKER, "the broker did not do it")


@pytest.mark.parametrize("words", [["apply", "--users", "boss=me"], ["apply", "--users", "upstream=sluicegate"]])
def test_users_that_make_no_sense_are_refused(topics: Command, words: list[str]) -> None:
    code, said = topics(*words)
    assert code == command.MISUSED
    assert "the parties are api, worker" in said or "would include sluicegate-" in said


def keep_fleet_control_for(kafka: RealKafka, retention_ms: int) -> None:
    """By hand."""
    entry = ConfigEntry("retention.ms", str(retention_ms), incremental_operation=AlterConfigOpType.SET)
    resource = ConfigResource(ResourceType.TOPIC, FLEET_CONTROL.name, incremental_configs=[entry])
    client = AdminClient({"bootstrap.servers": kafka.bootstrap_servers})
    (changed,) = client.incremental_alter_configs([resource]).values()
    changed.result(20)

    def shown() -> bool:
        found = broker.Broker(kafka.bootstrap_servers).topics([FLEET_CONTROL])
        return found.topics[FLEET_CONTROL.name].config["retention.ms"] == str(retention_ms)

    eventually(shown, "the broker shows it")
