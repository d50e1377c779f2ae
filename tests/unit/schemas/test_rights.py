"""Who may do what on the broker, said here once more, by hand: whoever changes it changes this, too."""

import pytest

from sluicegate_schemas.rights import Kind, Operation, Right, UnsafeUser, group_of, rights_of, user_of
from sluicegate_schemas.topics import TOPICS, Party


def allowed(party: Party, kind: Kind = Kind.TOPIC) -> set[tuple[str, str]]:
    """(operation, name) with the names' common parts left out; a prefix ends with `*`."""
    return {
        (operation, right.name.removeprefix("sluicegate.").removesuffix(".v1") + ("*" if right.prefixed else ""))
        for right in rights_of(party, user_of(party))
        for operation in right.operations
        if right.kind is kind
    }


@pytest.mark.parametrize(
    ("party", "reads", "writes"),
    [
        (
            Party.API,
            {"job-lifecycle", "worker-status", "checkpoint-created", "checkpoint-decided", "dead-letter"},
            {"job-requested", "job-control", "fleet-control", "dead-letter"},
        ),
        (
            Party.WORKER,
            {"job-requested", "job-control", "fleet-control", "checkpoint-decided", "checkpoint-recorded"},
            {"job-lifecycle", "worker-status", "checkpoint-created", "dead-letter"},
        ),
        (
            Party.CHECKPOINT_SVC,
            {"checkpoint-created", "job-lifecycle"},
            {"checkpoint-decided", "checkpoint-recorded", "dead-letter"},
        ),
        (Party.UPSTREAM, {"job-lifecycle"}, {"job-requested"}),
    ],
)
def test_a_party_reads_and_writes_these_topics_and_no_others(party: Party, reads: set[str], writes: set[str]) -> None:
    assert allowed(party) == {*(("Read", name) for name in reads), *(("Write", name) for name in writes)}


def test_insights_only_reads_and_has_topics_of_its_own() -> None:
    own = {(operation, "sluicegate-insights-*") for operation in ("Read", "Write", "Create")}
    read = {("Read", name) for name in ("job-lifecycle", "checkpoint-created", "checkpoint-decided")}
    assert allowed(Party.INSIGHTS) == read | own


def test_decisions_are_written_by_checkpoint_svc_alone() -> None:
    writers = [party for party in Party if ("Write", "checkpoint-decided") in allowed(party)]
    assert writers == [Party.CHECKPOINT_SVC]


def test_a_service_has_a_group_of_its_own() -> None:
    for service in (Party.API, Party.WORKER, Party.CHECKPOINT_SVC):
        assert allowed(service, Kind.GROUP) == {("Read", f"sluicegate-{service}")}


def test_an_upstream_system_names_its_groups_below_its_user() -> None:
    groups = [right for right in rights_of(Party.UPSTREAM, "billing") if right.kind is Kind.GROUP]
    assert groups == [Right(Kind.GROUP, "billing-", (Operation.READ,), prefixed=True)]


@pytest.mark.parametrize("user", ["sluicegate", "sluicegate-checkpoint"])
def test_no_upstream_user_is_named_so_that_its_groups_are_a_services(user: str) -> None:
    with pytest.raises(UnsafeUser, match="would include sluicegate-"):
        rights_of(Party.UPSTREAM, user)


def test_the_default_users_are_safe_and_their_groups_apart() -> None:
    groups = [group_of(party) for party in Party]
    assert len(set(groups)) == len(groups)
    assert rights_of(Party.UPSTREAM, user_of(Party.UPSTREAM))


def test_every_topic_is_written_by_somebody_and_read_by_its_owner() -> None:
    for topic in TOPICS:
        assert topic.writers, topic.name
        assert topic.owner in topic.readers, topic.name
