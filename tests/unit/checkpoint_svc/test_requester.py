"""Who counts as having requested a job."""

import pytest

from sluicegate_checkpoint_svc.domain.requester import Decider, is_requester


@pytest.mark.parametrize("requested_by", ["ana", "upstream:crm/ana", "upstream:https://crm.example/x/ana"])
def test_a_person_is_the_requester_by_name_or_by_upstream_claim(requested_by: str) -> None:
    assert is_requester(Decider("ana", person=True), requested_by)


@pytest.mark.parametrize(
    "requested_by", ["Ana", "anna", "upstream:ana/ben", "upstream:crm/susana", "upstream:crm/unknown"]
)
def test_everyone_else_is_not(requested_by: str) -> None:
    assert not is_requester(Decider("ana", person=True), requested_by)


def test_a_name_with_a_slash_is_found_in_a_claim() -> None:
    assert is_requester(Decider("team/ana", person=True), "upstream:crm/team/ana")


def test_a_claim_is_about_persons_only() -> None:
    assert not is_requester(Decider("ci", person=False), "upstream:crm/ci")
    assert is_requester(Decider("ci", person=False), "ci")
