"""docs/operations.md says of each user what the contracts say."""

import re

import pytest

from sluicegate_schemas.generate import REPOSITORY
from sluicegate_schemas.rights import user_of
from sluicegate_schemas.topics import TOPICS, Party

LINES = (REPOSITORY / "docs" / "operations.md").read_text().splitlines()


@pytest.mark.parametrize("party", Party)
def test_the_table_of_users_is_right(party: Party) -> None:
    (row,) = (line for line in LINES if line.startswith(f"| `{user_of(party)}` | ") and line.count("|") == 5)
    _, _, writes, reads, *_ = row.split("|")
    assert set(re.findall(r"`(.+?)`", writes)) == {topic.event for topic in TOPICS if party in topic.writers}
    assert set(re.findall(r"`(.+?)`", reads)) == {topic.event for topic in TOPICS if party in topic.readers}
