"""Records as large as they may be, and larger: none is lost, and nothing waits behind it."""

import json

import pytest

from sluicegate_schemas.envelope import Message
from sluicegate_schemas.job_lifecycle import Status
from sluicegate_schemas.limits import RECORD_BYTES
from sluicegate_schemas.topics import JOB_REQUESTED
from tests.integration.worker.replica import Town

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize("size", [RECORD_BYTES - 50, RECORD_BYTES, 5_000_000])
async def test_a_record_that_no_producer_takes_is_a_dead_letter_and_the_rest_goes_on(town: Town, size: int) -> None:
    """G9."""
    town.fleet()
    async with town.replica():
        town.broker.append(Message(JOB_REQUESTED.name, "large", b"x" * size))
        town.broker.append(Message(JOB_REQUESTED.name, "k" * size, b"x"))
        town.broker.append(Message(JOB_REQUESTED.name, "large", b"x", (("n" * size, b""), ("ce_id", b"x" * size))))
        town.submit("large", "echo")
        await town.reaches("large", Status.SUCCEEDED)
        await town.until(lambda: town.dead_letters() == ["not-json"] * 3)


async def test_a_request_of_the_largest_record_is_a_job(town: Town) -> None:
    """Members that nobody knows don't count."""
    town.fleet()
    async with town.replica():
        frame = json.dumps({"jobId": "full", "jobType": "echo", "taskDescription": "t", "unknown": ""}).encode()
        value = frame.replace(b'""', b'"%s"' % (b"x" * (RECORD_BYTES - len(frame))))
        assert len(value) == RECORD_BYTES
        town.broker.append(Message(JOB_REQUESTED.name, "full", value))
        await town.reaches("full", Status.SUCCEEDED)
    assert town.dead_letters() == []
