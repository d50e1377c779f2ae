"""Each service reads what the contracts say it reads, in the group that it may read in."""

import pytest

from sluicegate_api import bootstrap as api
from sluicegate_checkpoint_svc import bootstrap as checkpoint_svc
from sluicegate_schemas.rights import group_of
from sluicegate_schemas.topics import TOPICS, Party
from sluicegate_worker import bootstrap as worker


@pytest.mark.parametrize(
    ("party", "subscribed", "group"),
    [
        (Party.API, set(api.TOPICS), api.GROUP),
        (Party.WORKER, {topic.name for topic in worker.TOPICS}, worker.GROUP),
        (Party.CHECKPOINT_SVC, set(checkpoint_svc.TOPICS), checkpoint_svc.GROUP),
    ],
)
def test_a_service_subscribes_to_what_it_may_read(party: Party, subscribed: set[str], group: str) -> None:
    assert subscribed == {topic.name for topic in TOPICS if party in topic.readers}
    assert group == group_of(party)
