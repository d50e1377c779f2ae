"""axe finds nothing on any page, in both themes; everything fits a small screen and a large magnification."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import Page, expect

from tests.browser.axe import OF_COLOURS, violations
from tests.browser.conftest import NARROW, WIDE, Visit
from tests.browser.console import INBOX, JOBS, LETTERS, WORKERS, Console
from tests.browser.records import COMPRESSING, REQUESTS, send
from tests.browser.waits import live, whole

ZOOMED = (320, 256)
"""A window of 1280 × 1024 at 400 % (WCAG 2.2, 1.4.10)."""
HALF = (760, 1000)
"""A tablet, or half of a large screen."""


@dataclass(frozen=True, slots=True)
class Places:
    """Something of every kind to look at."""

    code: str
    data: str
    note: str
    approved: str
    edited: str
    rejected: str
    expired: str
    info: str
    failed_job: str
    retried_job: str
    waiting_job: str
    bytes_letter: str
    text_letter: str
    cut_letter: str


@pytest.fixture(scope="module")
def places(console: Console) -> Iterator[Places]:
    """Made once."""
    failed, retried = (console.submit("breaks", {"failing_runs": runs}, maxAttempts=2) for runs in (9, 1))
    unhandled = console.submit("knit-scarf", {})
    approved, edited, rejected = (console.gated(f"Looked at {word}") for word in ("approved", "edited", "rejected"))
    expired = console.submit("publish-note", {"title": "Looked at expired", "expires_in_seconds": 0.5})
    console.approve(approved)
    console.reject(rejected, "because")
    with console.http("approver") as http:
        etag = http.get(f"/api{edited}").headers["etag"]
        done = http.post(f"/api{edited}", json={"editedPayload": {"text": "sun"}}, headers={"if-match": etag})
        assert done.status_code == 200
        said = http.post(f"/api{approved}/comments", json={"text": "Well done"})
        assert said.status_code == 201
    console.stack.wait_for_job(retried, "failed")
    with console.http("submitter") as http:
        assert http.patch(f"/api/agent-jobs/{retried}", json={"action": "retry", "reason": "so"}).status_code == 202
    letters = send(console, REQUESTS, {"look-at-bytes": b"\xff\x00{" * 16, "look-at-text": b'{"a": '})
    letters |= send(console, REQUESTS, {"look-at-a-part": b"x" * 5_000_000}, client=COMPRESSING)
    data = console.sample("data-processing-clean")
    console.stack.wait_for_job(failed, "failed")
    console.stack.wait_for_job(retried, "succeeded")
    console.stack.wait_for_job(expired, "expired")
    yield Places(
        code=console.waiting(console.sample("code-generation-review")),
        data=console.waiting(data),
        note=console.gated("Looked at pending", risk="critical", expires_in_seconds=3600),
        approved=approved,
        edited=edited,
        rejected=rejected,
        expired=console.asked(expired),
        info=f"{INBOX}/{console.infos(console.sample('simple-task'))[0]['checkpointId']}",
        failed_job=f"{JOBS}/{failed}",
        retried_job=f"{JOBS}/{retried}",
        waiting_job=f"{JOBS}/{data}",
        bytes_letter=f"{LETTERS}/{letters['look-at-bytes']}",
        text_letter=f"{LETTERS}/{letters['look-at-text']}",
        cut_letter=f"{LETTERS}/{letters['look-at-a-part']}",
    )
    console.stack.cancel(unhandled)


LOOKS: dict[str, Callable[[Places], str]] = {
    "inbox": lambda places: INBOX,
    "inbox, filtered": lambda places: f"{INBOX}?state=all&q=Looked",
    "inbox, nothing found": lambda places: f"{INBOX}?q=nothing+is+called+this",
    "code": lambda places: places.code,
    "data": lambda places: places.data,
    "tree": lambda places: places.note,
    "approved": lambda places: places.approved,
    "edited": lambda places: places.edited,
    "what was edited": lambda places: f"{places.edited}/edited",
    "rejected": lambda places: places.rejected,
    "expired": lambda places: places.expired,
    "information": lambda places: places.info,
    "edit of files": lambda places: f"{places.code}/edit",
    "edit of JSON": lambda places: f"{places.code}/edit?as=json",
    "payload": lambda places: f"{places.code}/payload",
    "one file": lambda places: f"{places.code}/files/0",
    "sign in": lambda places: "/admin/sign-in",
    "jobs": lambda places: JOBS,
    "jobs, nothing found": lambda places: f"{JOBS}?q=nothing+is+called+this",
    "job that failed": lambda places: places.failed_job,
    "job with two runs": lambda places: places.retried_job,
    "job that waits": lambda places: places.waiting_job,
    "timeline alone": lambda places: f"{places.retried_job}/timeline",
    "events as they came": lambda places: f"{places.failed_job}/raw",
    "input of a job": lambda places: f"{places.failed_job}/data/input",
    "types to submit": lambda places: f"{JOBS}/new",
    "form of fields": lambda places: f"{JOBS}/new?type=long-work",
    "form of lists": lambda places: f"{JOBS}/new?type=many-files",
    "form of text": lambda places: f"{JOBS}/new?type=simple-task",
    "workers, and what is in their way": lambda places: WORKERS,
    "dead letters": lambda places: LETTERS,
    "dead letter of bytes": lambda places: places.bytes_letter,
    "dead letter of text": lambda places: places.text_letter,
    "dead letter that is not whole": lambda places: places.cut_letter,
}


def in_both_themes(page: Page) -> list[str]:
    """What axe finds on a page as it stands; what does not depend on colours is looked for once."""
    found = violations(page)
    page.emulate_media(color_scheme="dark")
    found += violations(page, OF_COLOURS)
    page.emulate_media(color_scheme="light")
    return found


def test_pages_can_be_read_by_everybody(places: Places, visit: Visit) -> None:
    ana = visit("Ana")
    found, titles = [], set()
    for name, path in LOOKS.items():
        ana.page.set_viewport_size({"width": WIDE[0], "height": WIDE[1]})
        ana.page.goto(path(places))
        whole(ana.page)
        titles.add(ana.page.title())
        assert ana.page.locator("html").get_attribute("lang") == "en"
        expect(ana.page.locator("h1")).to_have_count(1)
        found += [f"{name}: {wrong}" for wrong in in_both_themes(ana.page)]
        for width, height in (NARROW, ZOOMED, HALF):
            ana.page.set_viewport_size({"width": width, "height": height})
            needed = ana.page.evaluate("document.documentElement.scrollWidth")
            found += [f"{name}: at {width} px it is {needed} px wide"] if needed > width else []
    assert not found, "\n".join(found)
    assert len(titles) >= len(LOOKS) - 6, "titles tell pages apart"


def test_the_menu_lies_above_the_page(places: Places, visit: Visit) -> None:
    ana = visit("Ana", size=NARROW)
    ana.page.goto(INBOX)
    ana.page.locator(".menu > summary").click()
    for button in ana.page.locator(".menu-sheet button").all():
        button.click(trial=True)


def test_what_was_decided_long_ago_does_not_take_the_focus(places: Places, visit: Visit) -> None:
    ana = visit("Ana")
    ana.page.goto(places.rejected)
    expect(ana.page.locator(".job-timeline")).to_contain_text("Rejected")
    assert ana.page.evaluate("document.activeElement === document.body")


def test_what_opens_and_what_goes_wrong_in_a_review(console: Console, places: Places, visit: Visit) -> None:
    ana = visit("Ana")
    found = []
    ana.page.goto(places.note)
    whole(ana.page)
    for keys in (("?",), ("Escape", "a"), ("Escape", "r"), ("Escape", "y")):
        ana.press(*keys)
        if "y" in keys:
            expect(ana.page.locator("#exact pre")).to_be_visible()
        found += in_both_themes(ana.page)
    ana.page.locator(".menu summary").click()
    found += in_both_themes(ana.page)
    frozen = console.gated("Frozen")
    ana.page.goto(frozen)
    live(ana.page)
    console.reject(frozen, "first")
    expect(ana.page.locator("#outcome")).to_contain_text("approver rejected this")
    expect(ana.page.locator("#what-runs")).to_have_text("What was asked")
    found += in_both_themes(ana.page)
    with ana.watch.expecting("status 404"):
        ana.page.goto(f"{INBOX}/nonsense")
    found += in_both_themes(ana.page)
    with ana.watch.expecting("status 422"):
        ana.page.goto(f"{places.note}/edit")
        ana.page.get_by_label("The payload, as JSON").fill("{")
        ana.page.get_by_role("button", name="See what changes").click()
        expect(ana.page.get_by_role("alert")).to_be_visible()
    found += in_both_themes(ana.page)
    assert not found, "\n".join(found)


def test_what_opens_and_what_goes_wrong_with_jobs(places: Places, visit: Visit) -> None:
    ana = visit("Ana")
    found = []
    ana.page.goto(places.failed_job)
    ana.page.evaluate("for (const fold of document.querySelectorAll('details')) fold.open = true")
    found += in_both_themes(ana.page)
    ana.page.goto(WORKERS)
    ana.page.locator("summary", has_text="Stop the fleet…").click()
    found += in_both_themes(ana.page)
    ana.page.goto(f"{JOBS}/new?type=many-files")
    with ana.watch.expecting("status 422"):
        ana.page.get_by_role("button", name="Submit the job").click()
        expect(ana.page.get_by_role("alert")).to_be_visible()
    found += in_both_themes(ana.page)
    with ana.watch.expecting("status 404"):
        ana.page.goto(f"{JOBS}/nothing-is-called-this")
    found += in_both_themes(ana.page)
    ana.page.goto(f"{LETTERS}?code=not-json")
    ana.page.get_by_role("row", name="look-at-text").get_by_role("checkbox").check()
    ana.page.get_by_role("button", name="Send the selected ones again").click()
    expect(ana.page.get_by_role("heading", name="1 of 1 sent again")).to_be_visible()
    found += in_both_themes(ana.page)
    assert not found, "\n".join(found)
