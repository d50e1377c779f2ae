"""`make screenshots`: the pictures of the docs, taken of the real system."""

from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from sluicegate_dev.services import WORKER
from tests.browser.conftest import NARROW, Visit
from tests.browser.console import INBOX, JOBS, REPOSITORY, WORKERS, Console, Submit
from tests.browser.stage import earlier, person, submit, submit_from_upstream
from tests.browser.waits import live, whole

pytestmark = pytest.mark.pictures
PICTURES = REPOSITORY / "docs" / "pictures"
WIDE = (1280, 720)
SESSIONS = "code-generation-review"


def keep(page: Page, name: str) -> None:
    """Of what the window shows."""
    page.mouse.move(0, 0)
    PICTURES.mkdir(exist_ok=True)
    page.screenshot(path=PICTURES / f"{name}.png", animations="disabled", caret="hide")


def sam(console: Console) -> Submit:
    """He submits."""
    return partial(submit, console, "Sam")


def minutes(number: float) -> timedelta:
    """So many."""
    return timedelta(minutes=number)


def test_inbox(console: Console, visit: Visit) -> None:
    notes = (
        ("Olga", "Tell 1,204 customers about the outage", "critical", minutes(11.5), minutes(8.5)),
        ("Sam", "Publish the release notes of 2.4", "low", minutes(4.5), minutes(41.5)),
        ("Olga", "Close 17 stale tickets", "medium", minutes(190.5), minutes(60 * 22.5)),
        ("Ana", "Thank the contributors", "low", minutes(1.5), None),
    )
    for who, title, risk, ago, left in notes:
        earlier(
            console,
            console.waiting(submit(console, who, "publish-note", {"title": title, "risk": risk})),
            ago,
            expires_in=left,
        )
    samples = (
        ("code-generation-review", minutes(7.5), minutes(60 * 3.2)),
        ("code-generation", minutes(52.5), None),
        ("data-processing-clean", minutes(33.5), minutes(60 * 8.1)),
        ("data-processing", minutes(60 * 26.5), None),
    )
    for name, ago, left in samples:
        earlier(console, console.waiting(console.sample(name, by=sam(console))), ago, expires_in=left)
    note = {"title": "Send 3 reminders of unpaid invoices", "risk": "high"}
    upstream = submit_from_upstream(console, "billing", "Mia", "invoice-reminders-48", "publish-note", note)
    earlier(console, console.waiting(upstream), minutes(14.5), expires_in=minutes(60 * 1.6))
    console.infos(submit(console, "Sam", "simple-task", {"test": "data"}))
    with console.http("approver") as http:
        told = http.get("/api/admin/agent-checkpoints", params={"kind": "info"}).json()["items"]
    for number, info in enumerate(told):
        earlier(console, f"{INBOX}/{info['checkpointId']}", minutes(2.5 + 31 * number))
    ben = visit("Ben", size=WIDE)
    ben.page.goto(INBOX)
    live(ben.page)
    expect(ben.page.locator("tbody [data-row]")).to_have_count(12)
    ben.press("j", "j", "x")
    keep(ben.page, "inbox")


def test_code_review_and_the_same_on_a_telephone(console: Console, visit: Visit) -> None:
    path = console.waiting(console.sample(SESSIONS, target="shop", by=sam(console)))
    earlier(console, path, minutes(6.5))
    ben = visit("Ben", theme="dark", size=(1440, 900))
    ben.page.goto(path)
    live(ben.page)
    expect(ben.page.locator(".job-timeline")).to_contain_text("Waits for a decision")
    keep(ben.page, "code-review")
    small = visit("Ben", size=NARROW)
    small.page.goto(path)
    live(small.page)
    whole(small.page)
    keep(small.page, "review-360")


def test_publish_approval(console: Console, visit: Visit) -> None:
    job_id = console.sample("data-processing-clean", by=sam(console))
    plan = console.waiting(job_id)
    with person(console, "Ben") as ben:
        assert ben.post(f"/api{plan}").status_code == 200
    path = console.waiting(job_id)
    earlier(console, path, minutes(2.5))
    ana = visit("Ana", size=(1440, 900))
    ana.page.goto(path)
    live(ana.page)
    whole(ana.page)
    ana.press("a")
    keep(ana.page, "publish-approval")


def test_a_frozen_form(console: Console, visit: Visit) -> None:
    path = console.waiting(console.sample(SESSIONS, target="store", by=sam(console)))
    earlier(console, path, minutes(3.5))
    ana = visit("Ana", size=WIDE)
    ana.page.clock.install()
    ana.page.goto(path)
    live(ana.page)
    ana.press("a")
    ana.page.keyboard.type("Constant time now, and tested")
    with person(console, "Ben") as ben:
        why = "lib/access.ts hides an “admins only” behind invisible characters"
        assert ben.delete(f"/api{path}", params={"reason": why}).status_code == 200
    expect(ana.page.locator("#outcome")).to_contain_text("Ben rejected this")
    at = datetime.fromisoformat(console.checkpoint(path)["decision"]["at"]).timestamp() * 1000
    ana.page.clock.fast_forward(int(at + 12_300 - ana.page.evaluate("sluicegate.now()")))
    expect(ana.page.locator("#outcome")).to_contain_text("Ben rejected this 12 s ago")
    keep(ana.page, "frozen-form")


def test_a_lost_worker(console: Console, visit: Visit) -> None:
    job_id = console.sample(SESSIONS, target="web", by=sam(console))
    path = console.waiting(job_id)
    first = console.stack.worker
    second = console.stack.add(WORKER, SLUICEGATE_WORKER_ID="worker-2")
    first.stop()
    second.start(SLUICEGATE_CRASH_POINT="worker.step.after_record:2")
    second.wait_until_ready()
    with person(console, "Ben") as ben:
        assert ben.post(f"/api{path}", json={"reason": "Read every line"}).status_code == 200
    second.wait_until_dead()
    first.start()
    console.stack.wait_for_job(job_id, "succeeded")
    vic = visit("Vic", size=WIDE)
    vic.page.goto(f"{JOBS}/{job_id}")
    live(vic.page)
    expect(vic.page.locator(".timeline")).to_contain_text("worker-2 lost; resumed on worker-1")
    keep(vic.page, "lost-worker")
    # Whoever only vanished counts as live for a while, with free slots: this one ends as others do.
    second.start()
    second.wait_until_ready()
    second.stop()


def test_nothing_moves(console: Console, visit: Visit, tmp_path: Path) -> None:
    until = tmp_path / "go-on"
    held = [submit(console, "Sam", "long-work", {"until": str(until)}) for _ in range(3)]
    for job in held:
        console.stack.wait_for_job(job, "running")
    notes = [submit(console, "Olga", "publish-note", {"title": f"Note {number}"}) for number in range(4)]
    blocked = [submit(console, "Olga", "translate-page", {}) for _ in range(2)]
    try:
        olga = visit("Olga", size=WIDE)
        olga.page.goto(WORKERS)
        live(olga.page)
        hindered = olga.page.get_by_role("region", name="Why nothing moves")
        expect(hindered).to_contain_text("All 3 slots are busy; 4 jobs of type publish-note wait, the oldest for")
        expect(hindered).to_contain_text("No worker handles translate-page; 2 jobs wait")
        expect(olga.page.get_by_role("row", name="translate-page").get_by_role("cell").last).to_have_text("2 blocked")
        keep(olga.page, "nothing-moves")
    finally:
        until.touch()
    for job in blocked:
        assert console.stack.cancel(job).status_code == 202
    for job in notes:
        console.waiting(job)


def test_expired_beside_rejected(console: Console, visit: Visit) -> None:
    def asked(who: str, title: str, **more: object) -> tuple[str, str]:
        job_id = submit(console, who, "publish-note", {"title": f"Announce {title}", **more})
        return job_id, console.waiting(job_id)

    expired_job, expired = asked("Sam", "the spring sale", expires_in_seconds=3600)
    _, rejected = asked("Olga", "the merger", risk="high")
    _, approved = asked("Sam", "release 2.4")
    cancelled_job, cancelled = asked("Ana", "the summer party")
    _, pending = asked("Olga", "the maintenance window", risk="medium")
    with person(console, "Ben") as ben:
        assert ben.delete(f"/api{rejected}", params={"reason": "Not before the board has met"}).status_code == 200
        assert ben.post(f"/api{approved}").status_code == 200
    console.stack.cancel(cancelled_job)
    console.expire(expired)
    for job_id, status in ((expired_job, "expired"), (cancelled_job, "cancelled")):
        console.stack.wait_for_job(job_id, status)
    for path, ago in ((expired, 95.5), (rejected, 48.5), (approved, 31.5), (cancelled, 12.5), (pending, 3.5)):
        earlier(console, path, minutes(ago))
    vic = visit("Vic", size=(1280, 400))
    vic.page.goto(f"{INBOX}?state=all&q=Announce")
    live(vic.page)
    for word in ("Pending", "Expired", "Rejected", "Approved", "Cancelled"):
        expect(vic.page.locator("tbody .badge", has_text=word)).to_be_visible()
    keep(vic.page, "expired-and-rejected")
