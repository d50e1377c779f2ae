"""Jobs: the list, one job with its timeline, and what people do about it."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Visit
from tests.browser.console import JOBS, Console
from tests.browser.measures import place, shifts
from tests.browser.waits import come_to, live


def stands(page: Page, word: str) -> None:
    """Waits until the page says that the job stands so."""
    expect(page.locator(".head-line .badge")).to_have_text(word)


def test_the_list_is_narrowed_down_by_all_that_it_shows(console: Console, visit: Visit) -> None:
    waiting = console.submit("publish-note", {"title": "Listed"}, taskDescription="Listed: 100 % rain", tags=["listed"])
    done = console.submit("breaks", {"failing_runs": 0}, taskDescription="Listed: a print", tags=["listed", "b"])
    console.waiting(waiting)
    console.stack.wait_for_job(done, "succeeded")
    vic = visit("Vic")
    rows = vic.page.locator("tbody [data-row]")
    vic.page.goto(f"{JOBS}?tag=listed")
    expect(rows).to_have_count(2)
    expect(rows.first).to_contain_text("Listed: a print")

    statuses = vic.page.get_by_role("navigation", name="Status")
    statuses.get_by_role("link", name="Waiting").click()
    expect(rows).to_have_count(1)
    expect(rows).to_contain_text("Waits for a decision on “Listed”")
    expect(vic.page).to_have_url(re.compile("tag=listed"))
    statuses.get_by_role("link", name="Failed").click()
    expect(vic.page.locator("main")).to_contain_text("No job matches")
    statuses.get_by_role("link", name="All").click()
    expect(rows).to_have_count(2)
    vic.page.get_by_label("Type").select_option("breaks")
    expect(rows).to_have_count(1)
    expect(rows).to_contain_text("Listed: a print")
    vic.page.get_by_role("link", name="Clear").click()
    come_to(vic.page, JOBS)
    vic.press("/")
    vic.page.keyboard.type("100 % rain")
    vic.press("Enter")
    expect(rows).to_have_count(1)
    expect(rows).to_contain_text("Listed: 100 % rain")
    live(vic.page)
    vic.press("Escape", "j", "Enter")
    expect(vic.page).to_have_url(re.compile(waiting))


def test_rows_change_where_they_are_and_new_ones_wait_for_a_key(console: Console, visit: Visit) -> None:
    first = console.submit("publish-note", {"title": "Moving"}, tags=["moving"])
    path = console.waiting(first)
    ana = visit("Ana")
    ana.page.goto(f"{JOBS}?tag=moving")
    live(ana.page)
    row = ana.page.locator(f"#job-{first}")
    before = place(ana.page, f"job-{first}")
    console.approve(path)
    expect(row).to_contain_text("Succeeded")
    console.submit("publish-note", {"title": "Moving, too"}, tags=["moving"])
    expect(ana.page.locator("#news")).to_contain_text("1 new")
    assert place(ana.page, f"job-{first}") == before
    assert shifts(ana.page) == []
    ana.press("n")
    expect(ana.page.locator("tbody [data-row]")).to_have_count(2)


def test_a_failure_is_told_with_its_traceback_folded_and_another_run_is_asked_for(
    console: Console, visit: Visit
) -> None:
    job_id = console.submit("breaks", {}, maxAttempts=2)
    console.stack.wait_for_job(job_id, "failed")
    ana = visit("Ana")
    ana.page.goto(f"{JOBS}/{job_id}")
    live(ana.page)
    stands(ana.page, "Failed")
    expect(ana.page.get_by_role("region", name="Where it stands")).to_contain_text("the printer is on fire")
    timeline = ana.page.get_by_role("region", name="Timeline")
    expect(timeline.get_by_text("Attempt 2 on")).to_be_visible()
    traceback = timeline.get_by_role("group", name="Traceback").last
    expect(traceback).to_be_hidden()
    timeline.locator("summary", has_text="Traceback").last.click()
    expect(traceback).to_contain_text('raise RuntimeError("the printer is on fire")')

    ana.page.locator("summary", has_text="Run again…").click()
    ana.page.get_by_label("Why").fill("The fire is out")
    ana.page.get_by_role("button", name="Run it again").click()
    stands(ana.page, "Succeeded")
    expect(ana.page.get_by_role("region", name="Result", exact=True)).to_contain_text("printed")
    expect(timeline).to_contain_text("Ana had it run once more")
    expect(timeline.locator("blockquote")).to_have_text("The fire is out")
    runs = timeline.locator("details.run")
    expect(runs).to_have_count(2)
    expect(runs.first).not_to_have_attribute("open", "")
    expect(runs.last).to_have_attribute("open", "")


def test_a_worker_that_is_lost_is_named_and_what_the_journal_saved(
    console: Console, visit: Visit, tmp_path: Path
) -> None:
    until = tmp_path / "go-on"
    job_id = console.submit("long-work", {"until": str(until)})
    ana = visit("Ana")
    ana.page.goto(f"{JOBS}/{job_id}")
    live(ana.page)
    worker = console.stack.worker
    try:
        expect(ana.page.get_by_role("region", name="Progress", exact=True)).to_contain_text("held")
        worker.kill()
        worker.start(SLUICEGATE_WORKER_ID="worker-2")
        timeline = ana.page.get_by_role("region", name="Timeline")
        expect(timeline).to_contain_text("worker-1 lost; resumed on worker-2")
        until.touch()
        stands(ana.page, "Succeeded")
        expect(timeline).to_contain_text("resumed on worker-2; 3 steps replayed, 0 run again")
        for step in ("prepare-1", "prepare-2", "prepare-3"):
            expect(timeline.locator(".from-journal")).to_contain_text(step)
        expect(ana.page.get_by_role("region", name="Result", exact=True)).to_contain_text("released")
    finally:
        until.touch()
        worker.stop()
        worker.start()
        worker.wait_until_ready()


def test_work_is_cancelled_with_a_reason_and_says_who_did(console: Console, visit: Visit, tmp_path: Path) -> None:
    job_id = console.submit("long-work", {"until": str(tmp_path / "never")})
    ben, sam = visit("Ben"), visit("Sam")
    sam.page.goto(f"{JOBS}/{job_id}")
    stands(sam.page, "Running")
    ben.page.goto(f"{JOBS}/{job_id}")
    expect(ben.page.locator("summary", has_text="Cancel…")).to_have_count(0)
    sam.page.locator("summary", has_text="Cancel…").click()
    sam.page.get_by_label("Why").fill("Wrong day")
    sam.page.get_by_role("button", name="Cancel the job").click()
    for each in (sam, ben):
        stands(each.page, "Cancelled")
        expect(each.page.get_by_role("region", name="Timeline")).to_contain_text("Sam asked to cancel it")
        expect(each.page.locator("blockquote")).to_have_text("Wrong day")


def test_who_is_too_late_to_cancel_is_told_how_it_stands(console: Console, visit: Visit) -> None:
    job_id = console.submit("publish-note", {"title": "Too late"})
    path = console.waiting(job_id)
    sam = visit("Sam")
    sam.page.goto(f"{JOBS}/{job_id}")
    live(sam.page)
    sam.press("p")
    expect(sam.page.locator("[data-live]")).to_have_attribute("data-state", "paused")
    console.approve(path)
    console.stack.wait_for_job(job_id, "succeeded")
    sam.page.locator("summary", has_text="Cancel…").click()
    with sam.watch.expecting("status 409"):
        sam.page.get_by_role("button", name="Cancel the job").click()
        expect(sam.page.locator("main")).to_contain_text("That did not happen")
    stands(sam.page, "Succeeded")


def test_a_review_holds_the_timeline_of_its_job(console: Console, visit: Visit) -> None:
    ana = visit("Ana")
    ana.page.goto(console.waiting(console.sample("data-processing")))
    timeline = ana.page.locator(".job-timeline")
    expect(timeline).to_contain_text("Submitted by submitter")
    expect(timeline).to_contain_text("worker-1 worked on it")
    expect(timeline).to_contain_text("source-read")
    expect(timeline).to_contain_text("Waits for a decision")


@pytest.mark.parametrize("script", [True, False], ids=["with script", "without"])
def test_events_as_they_came_and_a_long_result_can_be_read(console: Console, visit: Visit, script: bool) -> None:
    job_id, short = (console.submit("simple-task", {"text": "x" * length}) for length in (30_000, 1))
    console.stack.wait_for_job(job_id, "succeeded")
    console.stack.wait_for_job(short, "succeeded")
    vic = visit("Vic", script=script)
    vic.page.goto(f"{JOBS}/{job_id}")
    result = vic.page.get_by_role("region", name="Result", exact=True)
    result.get_by_role("link", name="Show all").click()
    whole = result if script else vic.page.locator("main")
    expect(whole).to_contain_text("x" * 30_000)
    vic.page.goto(f"{JOBS}/{short}")
    vic.page.get_by_role("link", name="Events as they came").click()
    expect(vic.page.locator("main")).to_contain_text('"status": "succeeded"')
