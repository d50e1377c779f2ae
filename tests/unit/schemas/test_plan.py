"""What would be changed on a broker, and what never is."""

from dataclasses import replace

import pytest

from sluicegate_schemas.broker.plan import (
    CreateTopic,
    Grant,
    RaisePartitions,
    SetConfig,
    User,
    Withdraw,
    plan_rights,
    plan_topics,
)
from sluicegate_schemas.broker.state import Acl, Kept, KeptTopic, config_of
from sluicegate_schemas.topics import CHECKPOINT_DECIDED, JOB_REQUESTED, TOPICS, Party

AS_DECLARED = Kept(
    {t.name: KeptTopic(t.partitions, {name: str(value) for name, value in config_of(t).items()}) for t in TOPICS}
)
USERS = [User(party, f"sluicegate-{party}") for party in Party]
ALL = frozenset(change.acl for change in plan_rights(USERS, Kept()).changes if isinstance(change, Grant))
DECIDED = Acl("User:sluicegate-upstream", "topic", CHECKPOINT_DECIDED.name, False, "WRITE")


def having(*, partitions: int = JOB_REQUESTED.partitions, **config: int) -> Kept:
    """As declared, but for `job-requested`."""
    told = {name: str(value) for name, value in config_of(JOB_REQUESTED).items()}
    told |= {name.replace("_", "."): str(value) for name, value in config.items()}
    return Kept({**AS_DECLARED.topics, JOB_REQUESTED.name: KeptTopic(partitions, told)})


def test_an_empty_broker_gets_every_topic() -> None:
    plan = plan_topics(TOPICS, Kept())
    assert plan.changes == tuple(map(CreateTopic, TOPICS))
    assert not plan.refused


def test_nothing_is_done_where_all_is_as_declared() -> None:
    assert plan_topics(TOPICS, AS_DECLARED, raise_partitions=True).changes == ()
    assert plan_rights(USERS, Kept(acls=ALL)).changes == ()


def test_partitions_are_raised_only_when_told() -> None:
    untold = plan_topics(TOPICS, having(partitions=2))
    assert untold.changes == ()
    assert "--raise-partitions" in untold.refused[0]
    told = plan_topics(TOPICS, having(partitions=2), raise_partitions=True)
    assert told.changes == (RaisePartitions(JOB_REQUESTED, 2),)
    assert not told.refused


def test_partitions_never_become_fewer() -> None:
    plan = plan_topics(TOPICS, having(partitions=9), raise_partitions=True)
    assert plan.changes == ()
    assert "has 9 partitions, 4 are declared" in plan.refused[0]


def test_what_keeps_too_little_keeps_more() -> None:
    plan = plan_topics(TOPICS, having(retention_ms=1000, max_message_bytes=2000))
    wanted = config_of(JOB_REQUESTED)
    assert plan.changes == (
        SetConfig(JOB_REQUESTED, "retention.ms", 1000, wanted["retention.ms"]),
        SetConfig(JOB_REQUESTED, "max.message.bytes", 2000, wanted["max.message.bytes"]),
    )


@pytest.mark.parametrize("kept", [{"retention_ms": -1}, {"retention_ms": 10**12}, {"max_message_bytes": 2**30}])
def test_what_keeps_more_never_keeps_less(kept: dict[str, int]) -> None:
    plan = plan_topics(TOPICS, having(**kept))
    assert plan.changes == ()
    assert "kafka-configs --alter" in plan.refused[0]


def test_a_right_too_many_of_ours_is_withdrawn() -> None:
    plan = plan_rights(USERS, Kept(acls=ALL | {DECIDED}))
    assert plan.changes == (Withdraw(DECIDED),)
    assert not plan.noted


@pytest.mark.parametrize(
    "other",
    [
        replace(DECIDED, principal="User:somebody"),
        replace(DECIDED, name="*"),
        replace(DECIDED, name="sluicegate.", prefixed=True),
        replace(DECIDED, name="", prefixed=True),
        replace(DECIDED, allow=False),
        replace(DECIDED, kind="group", name="sluicegate-w", prefixed=True),
        replace(DECIDED, name="sluicegate-insights-waits-changelog"),
    ],
)
def test_a_right_of_others_or_a_wider_one_is_named_and_left_alone(other: Acl) -> None:
    plan = plan_rights(USERS, Kept(acls=ALL | {other}))
    assert plan.changes == ()
    assert plan.noted == [f"left alone: {other}"]


@pytest.mark.parametrize(
    "unrelated",
    [
        replace(DECIDED, name="orders"),
        replace(DECIDED, name="sluicegate.job", prefixed=False),
        replace(DECIDED, kind="transactional_id", name="*"),
    ],
)
def test_rights_to_other_things_are_nobodys_business(unrelated: Acl) -> None:
    plan = plan_rights(USERS, Kept(acls=ALL | {unrelated}))
    assert (plan.changes, plan.noted) == ((), [])


def test_each_upstream_system_has_the_same_rights_and_groups_of_its_own() -> None:
    users = [User(Party.UPSTREAM, "billing"), User(Party.UPSTREAM, "erp")]
    granted = [str(change) for change in plan_rights(users, Kept()).changes]
    for user in ("billing", "erp"):
        assert [line for line in granted if f"User:{user} " in line] == [
            f"grant: User:{user} may READ group beginning with {user}-",
            f"grant: User:{user} may READ topic sluicegate.job-lifecycle.v1",
            f"grant: User:{user} may WRITE topic sluicegate.job-requested.v1",
        ]
