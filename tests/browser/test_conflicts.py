"""Something changes while somebody looks: they are told who and what, and can't send what they no longer see."""

import re
from uuid import UUID

import pytest
from confluent_kafka import Producer
from playwright.sync_api import Page, expect

from sluicegate_schemas import envelope
from sluicegate_schemas.checkpoint_created import CheckpointCreated
from sluicegate_schemas.ids import checkpoint_id, new_id
from sluicegate_schemas.payload import digest
from tests.browser.conftest import Visit
from tests.browser.console import Console
from tests.browser.waits import live


def frozen(page: Page) -> None:
    """The form is there, with what was typed, and nothing of it can be sent."""
    expect(page.locator("#decide-forms")).to_have_class(re.compile("frozen"))
    for button in page.locator("#decide-forms button").all():
        expect(button).to_be_disabled()


def test_somebody_else_was_faster_the_form_freezes_and_says_who(console: Console, visit: Visit) -> None:
    path = console.gated("Two at once")
    ana, ben = visit("Ana"), visit("Ben")
    ana.page.goto(path)
    live(ana.page)
    ana.page.locator("summary", has_text="Approve").click()
    ana.page.get_by_label("Remark").fill("Looks fine to me")
    ben.page.goto(path)
    ben.page.locator("summary", has_text="Reject").click()
    ben.page.get_by_label("Why").fill("Wrong year")
    ben.press("Control+Enter")
    expect(ana.page.locator("#outcome")).to_contain_text(re.compile(r"Ben rejected this (now|\d+ s ago)"))
    expect(ana.page.locator("#outcome")).to_contain_text("Wrong year")
    frozen(ana.page)
    expect(ana.page.get_by_label("Remark")).to_have_value("Looks fine to me")
    ana.page.get_by_label("Remark").focus()
    ana.press("Control+Enter")
    ana.press("Escape", "a")
    assert console.checkpoint(path)["decision"]["by"] == ["Ben"]
    expect(ana.page.get_by_role("link", name="Next that waits")).to_be_visible()


def test_who_does_not_hear_of_it_is_told_on_sending(console: Console, visit: Visit) -> None:
    path = console.gated("Not heard of")
    ana = visit("Ana")
    ana.page.goto(path)
    live(ana.page)
    ana.press("p")
    expect(ana.page.locator("[data-live]")).to_have_attribute("data-state", "paused")
    console.reject(path, "first come")
    ana.page.locator("summary", has_text="Approve").click()
    ana.page.get_by_label("Remark").fill("Fine")
    with ana.watch.expecting("status 409"):
        ana.press("Control+Enter")
        expect(ana.page.get_by_role("alert")).to_contain_text("you were not the first")
    expect(ana.page.locator("#outcome")).to_contain_text("approver rejected this")
    expect(ana.page.locator("#outcome")).to_contain_text("first come")
    expect(ana.page.locator("#outcome")).to_contain_text("Fine")
    assert console.checkpoint(path)["state"] == "rejected"


def test_what_expires_while_it_is_open_freezes_and_is_not_called_a_rejection(console: Console, visit: Visit) -> None:
    path = console.gated("Soon over", expires_in_seconds=3600)
    ana = visit("Ana")
    ana.page.goto(path)
    live(ana.page)
    ana.page.locator("summary", has_text="Approve").click()
    console.expire(path)
    expect(ana.page.locator("#outcome")).to_contain_text("This expired: nobody decided in time")
    frozen(ana.page)
    expect(ana.page.locator("#standing")).to_have_text("Expired")
    assert console.checkpoint(path)["state"] == "expired"


def test_what_is_cancelled_while_it_is_open_freezes(console: Console, visit: Visit) -> None:
    job_id = console.submit("publish-note", {"title": "Called off"})
    ana = visit("Ana")
    ana.page.goto(console.waiting(job_id))
    live(ana.page)
    assert console.stack.cancel(job_id).status_code == 202
    expect(ana.page.locator("#outcome")).to_contain_text("This was cancelled: its run ended before anybody decided")
    frozen(ana.page)


@pytest.mark.parametrize("heard", [True, False], ids=["heard of", "not heard of"])
def test_a_payload_that_changed_takes_the_form_away(console: Console, visit: Visit, heard: bool) -> None:
    job_id = console.submit("publish-note", {"title": "First try"})
    path = console.waiting(job_id)
    ana = visit("Ana")
    ana.page.goto(path)
    live(ana.page)
    if not heard:
        ana.press("p")
        expect(ana.page.locator("[data-live]")).to_have_attribute("data-state", "paused")
    ana.page.locator("summary", has_text="Approve").click()
    ask_again(console, path, title="Second try")
    if heard:
        expect(ana.page.locator("#outcome")).to_contain_text("This was invalidated: a later ask took its place")
        frozen(ana.page)
    else:
        console.stack.wait_for_checkpoint(job_id)
        with ana.watch.expecting("status 409"):
            ana.page.get_by_role("button", name="Approve exactly this").click()
            expect(ana.page.get_by_role("alert")).to_contain_text("there is nothing left to decide")
    assert console.checkpoint(path)["state"] == "invalidated"


def ask_again(console: Console, path: str, *, title: str) -> None:
    """As a worker does whose handler has a new version: the same question about something else."""
    first = console.checkpoint(path)
    payload = '{"text":"It snows."}'
    ask = CheckpointCreated(
        checkpoint_id=checkpoint_id(first["jobId"], first["run"], first["key"], 2),
        job_id=first["jobId"],
        run=first["run"],
        job_type=first["jobType"],
        key=first["key"],
        ask=2,
        supersedes=UUID(first["checkpointId"]),
        kind=first["kind"],
        title=title,
        payload=payload,
        payload_digest=digest(payload.encode()),
        allowed_decisions=["approve", "reject"],
        handler_version="2",
        requested_by=first["requestedBy"],
        at=first["createdAt"],
    )
    message = envelope.write(ask, ce_id=new_id(), source="sluicegate/worker", at=ask.at)
    producer = Producer({"bootstrap.servers": console.stack.bootstrap_servers, "partitioner": "murmur2_random"})
    producer.produce(message.topic, key=message.key, value=message.value, headers=list(message.headers))
    assert producer.flush(10) == 0


def test_nobody_is_offered_to_decide_on_what_they_requested(console: Console, visit: Visit) -> None:
    path = console.gated("My own request")
    somebody = visit()
    somebody.page.goto(path)
    somebody.page.get_by_label("API key").fill(console.stack.keys.api_keys["submitter"])
    somebody.page.get_by_role("button", name="Sign in with this key").click()
    expect(somebody.page.get_by_role("heading", name="My own request")).to_be_visible()
    expect(somebody.page.locator("#decide form")).to_have_count(0)
