"""`make screenshots`: the picture of the figures of a week."""

from datetime import UTC, datetime

import pytest
from confluent_kafka import Producer

from tests.browser.a_week import KINDS, a_week
from tests.browser.conftest import Visit
from tests.browser.console import Console
from tests.browser.test_pictures import keep
from tests.support.waiting import eventually

pytestmark = pytest.mark.pictures


def test_insights(console: Console, visit: Visit) -> None:
    producer = Producer({"bootstrap.servers": console.stack.bootstrap_servers, "partitioner": "murmur2_random"})
    for message in a_week(datetime.now(UTC)):
        producer.produce(message.topic, message.value, message.key, headers=list(message.headers))
    assert producer.flush(30) == 0
    ana = visit("Ana", size=(1280, 1060))

    def all_is_counted() -> bool:
        ana.page.goto("/admin/insights?window=week")
        return all(ana.page.locator(f"#type-{kind.name}").count() for kind in KINDS)

    eventually(all_is_counted, "every job type is counted", every_seconds=0.5)
    with console.http() as http:
        eventually(lambda: http.get("/api/admin/insights").json()["behind"] == 0, "all of it is read")
    ana.page.reload()
    keep(ana.page, "insights")
