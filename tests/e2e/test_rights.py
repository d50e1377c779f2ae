"""On a broker that knows its users, the main job passes with the rights of the contracts, and nothing else does."""

import json
import subprocess
import sys
from collections.abc import Iterator
from itertools import product
from typing import Any

import pytest
from confluent_kafka import Consumer, Producer
from confluent_kafka.admin import (
    AclBinding,
    AclBindingFilter,
    AclOperation,
    AclPermissionType,
    AdminClient,
    ResourcePatternType,
    ResourceType,
)

from sluicegate_dev.processes import environment
from sluicegate_dev.services import INSIGHTS, PROCESSES
from sluicegate_schemas.broker.security import Security
from sluicegate_schemas.rights import Kind, group_of, rights_of, user_of
from sluicegate_schemas.topics import CHECKPOINT_DECIDED, JOB_LIFECYCLE, TOPICS, Party
from tests.conftest import StackFactory
from tests.e2e.recount import recount
from tests.e2e.recount import told as shown
from tests.e2e.rights import ON_CLUSTER, ON_GROUP, ON_TOPIC, Probe
from tests.e2e.upstream import produce, record
from tests.support.guarded_kafka import ADMIN, GuardedKafka, guarded_kafka
from tests.support.stack import ENDED
from tests.support.waiting import eventually

UPSTREAM_GROUP = f"{user_of(Party.UPSTREAM)}-erp"


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[GuardedKafka]:
    """With every right that `topics apply` grants."""
    with guarded_kafka(tmp_path_factory.mktemp("guarded")) as kafka:
        assert topics(kafka, "apply", "--users").returncode == 0
        yield kafka


def topics(kafka: GuardedKafka, *words: str, user: str = ADMIN, **settings: str) -> "subprocess.CompletedProcess[str]":
    """`python -m sluicegate_schemas topics …` as somebody who runs the broker would call it."""
    told = {"SLUICEGATE_KAFKA_BOOTSTRAP_SERVERS": kafka.bootstrap_servers, **kafka.settings(user), **settings}
    command = [sys.executable, "-m", "sluicegate_schemas", "topics", *words]
    return subprocess.run(command, env=environment(told), capture_output=True, text=True)


def test_the_main_job_passes_with_a_user_for_each_service_and_one_upstream(
    guarded: GuardedKafka, make_stack: StackFactory
) -> None:
    stack = make_stack(guarded.bootstrap_servers)
    for service in PROCESSES:
        stack.add(service, **guarded.settings(user_of(Party(service.name)))).start()
    stack.wait_until_ready()
    upstream = guarded.foreign_client(user_of(Party.UPSTREAM))
    asked: dict[str, Any] = {
        "jobId": "erp:1",
        "jobType": "code-generation",
        "taskDescription": "say hello",
        "inputData": {"files": [{"path": "hello.txt", "content": "Hello.\n"}], "target": "erp"},
    }
    produce(guarded.bootstrap_servers, [(asked["jobId"], *record("binary", asked))], **upstream)
    by_http = stack.submit("code-generation", {**asked["inputData"], "target": "http"})
    for job in (asked["jobId"], by_http):
        assert stack.approve(stack.wait_for_checkpoint(job)).status_code == 200
        stack.wait_for_job(job, "succeeded")
    for target in ("erp", "http"):
        assert (stack.workspace / target / "hello.txt").read_text() == "Hello.\n"
    assert told(guarded, asked["jobId"]) == "succeeded"
    stack.wait_until_answered()
    (insights,) = stack.replicas[INSIGHTS.name]
    counted = recount(stack)
    assert counted["code-generation"]["ended"] == {"succeeded": 2}
    eventually(lambda: shown(stack, insights) == counted, "insights shows both jobs")
    logs = "".join(replica.log.read_text() for each in stack.replicas.values() for replica in each)
    assert "AUTHORIZATION" not in logs.upper()
    for party in Party:
        assert (guarded.security(user_of(party)).password or "") not in logs


def told(kafka: GuardedKafka, job_id: str) -> str:
    """The terminal status that the upstream system reads of its job."""
    config = {"group.id": UPSTREAM_GROUP, "auto.offset.reset": "earliest"}
    consumer = Consumer(kafka.client(user_of(Party.UPSTREAM)) | config)
    consumer.subscribe([JOB_LIFECYCLE.name])

    def ended() -> str | None:
        read = consumer.poll(0.5)
        if read is None:
            return None
        assert read.error() is None, read.error()
        lifecycle = json.loads(read.value() or b"")
        return lifecycle["status"] if lifecycle["jobId"] == job_id and lifecycle["status"] in ENDED else None

    try:
        return eventually(ended, "its end is told")
    finally:
        consumer.close()


@pytest.fixture(scope="module")
def filled(guarded: GuardedKafka) -> GuardedKafka:
    """Every topic has a record."""
    producer = Producer(guarded.client(ADMIN))
    for topic in TOPICS:
        producer.produce(topic.name, b"{}", partition=0)
    assert producer.flush(20) == 0
    return guarded


def a_group_of(party: Party) -> str:
    """In which it reads."""
    several = {Party.UPSTREAM: UPSTREAM_GROUP, Party.INSIGHTS: f"{group_of(Party.INSIGHTS)}-1"}
    return several.get(party, group_of(party))


@pytest.mark.parametrize("party", Party)
def test_what_is_not_granted_is_refused_one_by_one(filled: GuardedKafka, party: Party) -> None:
    user = user_of(party)
    rights = rights_of(party, user)
    granted = {(right.name, str(operation)) for right in rights for operation in right.operations}
    granted |= {(name, "Describe") for name, _ in granted}
    my_group = a_group_of(party)
    granted |= {(my_group, operation) for operation in ("Read", "Describe")}
    readable = next(r.name for r in rights if r.kind is Kind.TOPIC and "Read" in r.operations)
    groups = [a_group_of(each) for each in Party]

    probe = Probe(filled.client(user), my_group)
    try:
        on_topics = {
            (topic.name, operation): probe.may_on_topic(operation, topic.name)
            for topic, operation in product(TOPICS, ON_TOPIC)
        }
        on_groups = {
            (group, operation): probe.may_on_group(operation, group, readable)
            for group, operation in product(groups, ON_GROUP)
        }
        on_cluster = {operation: probe.may_on_cluster(operation, user) for operation in ON_CLUSTER}
    finally:
        probe.close()
    assert on_topics == {tried: tried in granted for tried in on_topics}
    assert on_groups == {tried: tried in granted for tried in on_groups}
    assert on_cluster == dict.fromkeys(ON_CLUSTER, False)


def test_a_right_too_many_is_withdrawn_and_other_peoples_rights_are_named(guarded: GuardedKafka) -> None:
    admin = AdminClient(guarded.client(ADMIN))
    decided = (ResourceType.TOPIC, CHECKPOINT_DECIDED.name, ResourcePatternType.LITERAL)
    write = ("*", AclOperation.WRITE, AclPermissionType.ALLOW)
    added = [AclBinding(*decided, f"User:{name}", *write) for name in (user_of(Party.UPSTREAM), "bob")]
    for answer in admin.create_acls(added).values():
        answer.result(20)
    upstream, bob = (
        f"User:{name} may WRITE topic {CHECKPOINT_DECIDED.name}" for name in ("sluicegate-upstream", "bob")
    )

    def found() -> list[str]:
        return topics(guarded, "check", "--users").stdout.splitlines()

    eventually(lambda: found() == [f"would withdraw: {upstream}", f"left alone: {bob}"], "both show")
    applied = topics(guarded, "apply", "--users")
    assert (applied.returncode, applied.stdout.splitlines()) == (0, [f"withdraw: {upstream}", f"left alone: {bob}"])
    assert found() == [f"left alone: {bob}", "as declared"]
    for answer in admin.delete_acls([AclBindingFilter(*decided, "User:bob", *write)]).values():
        answer.result(20)


def test_who_may_not_grant_rights_is_told_so(guarded: GuardedKafka) -> None:
    refused = topics(guarded, "apply", "--users", user=user_of(Party.API))
    assert refused.returncode == 3
    assert "authorization failed" in refused.stderr


def test_strangers_do_not_get_in(guarded: GuardedKafka) -> None:
    known = guarded.security(user_of(Party.API))
    let_in = {why: comes_in(guarded, who) for why, who in {"nothing wrong": known, **guarded.strangers()}.items()}
    assert let_in == {"nothing wrong": True, **dict.fromkeys(guarded.strangers(), False)}


def comes_in(kafka: GuardedKafka, security: Security) -> bool:
    """Whether a client so equipped gets an answer before an error."""
    errors: list[object] = []
    config: dict[str, Any] = {"bootstrap.servers": kafka.bootstrap_servers, "log_level": 0, "error_cb": errors.append}
    client = AdminClient(config | security.librdkafka())
    answer = client.describe_cluster(request_timeout=20)
    eventually(lambda: client.poll(0.05) or errors or answer.done(), "an answer, or an error")
    return not errors
