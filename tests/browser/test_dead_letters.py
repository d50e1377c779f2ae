"""Records that could not be handled: what, why, their bytes, and sending them again after a fix."""

import json
import re

from playwright.sync_api import expect

from tests.browser.conftest import Visit
from tests.browser.console import LETTERS, Console
from tests.browser.records import COMPRESSING, DECISIONS, REQUESTS, Headers, send
from tests.support.waiting import eventually


def test_bytes_are_shown_and_nothing_of_them_runs(console: Console, visit: Visit) -> None:
    send(
        console,
        REQUESTS,
        {"shown-1": b"\x00\xff\x1b[31m<script>alert(1)</script>", "shown-2": b'{"a": "<img src=x>\xe2\x80\xae"'},
    )
    olga = visit("Olga")
    olga.page.goto(LETTERS)
    olga.page.get_by_role("row", name="shown-1").get_by_role("link").click()
    value = olga.page.get_by_role("region", name="The bytes")
    expect(value.get_by_role("row").first).to_contain_text("00 ff 1b 5b 33 31 6d 3c 73 63 72 69 70 74 3e 61")
    expect(value.get_by_role("row").first).to_contain_text("...[31m<script>a")
    expect(olga.page.get_by_role("row", name="x-from")).to_contain_text("fe 3c 62 3e")
    assert olga.page.locator("main script").count() == 0
    olga.page.goto(LETTERS)
    olga.page.get_by_role("row", name="shown-2").get_by_role("link").click()
    text = olga.page.get_by_role("region", name="The bytes")
    expect(text).to_contain_text('{"a": "<img src=x>')
    expect(text.locator("mark.hidden-char")).to_have_text(["⟨U+202E⟩"])
    assert olga.page.locator("main img").count() == 0


def test_one_that_is_still_wrong_comes_back_and_says_how_often(console: Console, visit: Visit) -> None:
    event: Headers = (
        ("ce_specversion", "1.0"),
        ("ce_id", "event-1"),
        ("ce_type", REQUESTS),
        ("ce_source", "billing"),
        ("content-type", "application/json"),
    )
    send(console, REQUESTS, {"still-wrong": b"[1, 2"}, event)
    olga = visit("Olga")
    olga.page.goto(f"{LETTERS}?code=not-json")
    olga.page.get_by_role("row", name="still-wrong").get_by_role("link").click()
    olga.page.get_by_role("button", name="Send it again").click()
    expect(olga.page.get_by_role("status").first).to_contain_text(f"Sent again to {REQUESTS}.")
    expect(olga.page.get_by_role("complementary")).to_contain_text("1 time, last by Olga")
    path = olga.page.url.removesuffix("/redrive")

    def back() -> bool:
        olga.page.goto(path)
        return "it came back" in olga.page.get_by_role("complementary").inner_text()

    eventually(back, "it came back", every_seconds=0.2)


def test_many_are_sent_again_after_a_fix_and_become_jobs(console: Console, visit: Visit) -> None:
    worker = console.stack.worker
    worker.stop()
    worker.start(SLUICEGATE_MAX_INPUT_BYTES="1000")
    worker.wait_until_ready()
    jobs = [f"too-large-{number}" for number in range(3)]
    body = {"jobType": "simple-task", "taskDescription": "Large", "inputData": {"text": "x" * 2000}}
    try:
        send(console, REQUESTS, {job: json.dumps({"jobId": job, **body}).encode() for job in jobs})
    finally:
        worker.stop()
        worker.start()
        worker.wait_until_ready()
    olga = visit("Olga")
    olga.page.goto(f"{LETTERS}?code=input-too-large")
    rows = olga.page.locator("tbody [data-row]")
    expect(rows).to_have_count(3)
    expect(rows.first).to_contain_text("at most 1,000 are allowed")
    for number in (2, 1):
        olga.page.get_by_role("row", name=jobs[number]).get_by_role("checkbox").check()
    olga.page.get_by_role("button", name="Send the selected ones again").click()
    expect(olga.page.get_by_role("heading", name="2 of 2 sent again")).to_be_visible()
    for number in (2, 1):
        console.stack.wait_for_job(jobs[number], "succeeded")
    assert console.stack.job(jobs[0]) is None
    expect(olga.page.get_by_role("region", name="What became of each").get_by_role("link")).to_have_count(2)


def test_what_is_too_large_to_be_kept_whole_says_so_and_cannot_be_sent_again(console: Console, visit: Visit) -> None:
    """Compressed, it passes the broker: a record of 5 MB is larger than any that a service may send."""
    large = json.dumps(
        {"jobId": "large", "jobType": "simple-task", "taskDescription": "ä" * 2_500_000}, ensure_ascii=False
    )
    send(console, REQUESTS, {"five-mb": large.encode(), "few-bytes": b"{"}, client=COMPRESSING)
    olga = visit("Olga")
    olga.page.goto(LETTERS)
    expect(olga.page.get_by_role("row", name="few-bytes").get_by_role("checkbox")).to_be_enabled()
    row = olga.page.get_by_role("row", name="five-mb")
    expect(row).to_contain_text("invalid-data")
    expect(row.get_by_role("checkbox")).to_have_count(0)
    row.get_by_role("link").click()
    expect(olga.page.get_by_role("heading", name="invalid-data")).to_be_visible()
    expect(olga.page.get_by_role("main")).to_contain_text(re.compile(r"first 2\s752\s51\d bytes of 5\s000\s\d{3}"))
    expect(olga.page.get_by_role("region", name="The bytes")).to_contain_text('{"jobId": "large"')
    button = olga.page.get_by_role("button", name="Send it again")
    expect(button).to_be_disabled()
    expect(button).to_have_accessible_description(re.compile("record-not-whole.*whoever sent it has to send it again"))


def test_what_its_owner_sends_again_by_itself_can_only_be_looked_at(console: Console, visit: Visit) -> None:
    send(console, DECISIONS, {"not-ours": b"{}"})
    olga = visit("Olga")
    olga.page.goto(f"{LETTERS}?topic={DECISIONS}")
    row = olga.page.get_by_role("row", name="not-ours")
    expect(row.get_by_role("checkbox")).to_have_count(0)
    row.get_by_role("link").click()
    expect(olga.page).to_have_url(re.compile(f"{LETTERS}/"))
    expect(olga.page.get_by_role("complementary")).to_contain_text("resent-by-owner")
    expect(olga.page.get_by_role("button", name="Send it again")).to_have_count(0)
