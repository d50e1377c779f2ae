"""The fleet: start, stop, who works, and a sentence when nothing moves."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Visit
from tests.browser.console import JOBS, WORKERS, Console


@pytest.fixture
def held(console: Console, tmp_path: Path) -> Iterator[list[str]]:
    """As many jobs at work as there are slots; they end with the test."""
    until = tmp_path / "go-on"
    jobs = [console.submit("long-work", {"until": str(until)}) for _ in range(3)]
    for job in jobs:
        console.stack.wait_for_job(job, "running")
    yield jobs
    until.touch()
    for job in jobs:
        console.stack.wait_for_job(job)


def test_the_fleet_is_stopped_and_started_by_who_means_it(console: Console, visit: Visit) -> None:
    olga, sam = visit("Olga"), visit("Sam")
    olga.page.goto(WORKERS)
    expect(olga.page.locator("#fleet .badge").first).to_have_text("Started")
    expect(olga.page.get_by_role("row", name="worker-1")).to_contain_text("Ready")
    olga.page.locator("summary", has_text="Stop the fleet…").click()
    olga.page.get_by_role("button", name="Stop the fleet", exact=True).click()
    try:
        expect(olga.page.locator("#fleet .badge").first).to_have_text("Stopped")
        expect(olga.page.get_by_text("by Olga")).to_be_visible()
        hindered = olga.page.get_by_role("region", name="Why nothing moves")
        expect(hindered).to_contain_text("The fleet is stopped.")
        job_id = console.submit("publish-note", {"title": "Stands still"})
        expect(hindered).to_contain_text("The fleet is stopped; 1 job waits")
        sam.page.goto(f"{JOBS}/{job_id}")
        expect(sam.page.get_by_role("region", name="Where it stands")).to_contain_text("The fleet is stopped.")
    finally:
        olga.page.locator("summary", has_text="Start the fleet…").click()
        olga.page.get_by_role("button", name="Start the fleet", exact=True).click()
    console.waiting(job_id)
    expect(olga.page.locator("#fleet")).to_contain_text("Nothing waits for a slot.")
    expect(sam.page.locator(".head-line .badge")).to_have_text("Waiting")


def test_a_job_type_that_nobody_handles_is_named(console: Console, visit: Visit) -> None:
    job_id = console.submit("paint-house", {})
    sam, olga = visit("Sam"), visit("Olga")
    sam.page.goto(f"{JOBS}/{job_id}")
    expect(sam.page.locator(".head-line .badge")).to_have_text("Blocked")
    expect(sam.page.get_by_role("region", name="Where it stands")).to_contain_text("No worker handles paint-house")
    olga.page.goto(WORKERS)
    hindered = olga.page.get_by_role("region", name="Why nothing moves")
    expect(hindered).to_contain_text("No worker handles paint-house; 1 job waits")
    expect(olga.page.get_by_role("row", name="paint-house")).to_contain_text("no worker handles it")
    assert console.stack.cancel(job_id).status_code == 202
    expect(olga.page.get_by_role("row", name="paint-house")).to_have_count(0)


def test_slots_that_are_all_busy_are_counted(console: Console, visit: Visit, held: list[str]) -> None:
    waiting = console.submit("publish-note", {"title": "No room"})
    olga, sam = visit("Olga"), visit("Sam")
    olga.page.goto(WORKERS)
    hindered = olga.page.get_by_role("region", name="Why nothing moves")
    expect(hindered).to_contain_text("All 3 slots are busy; 1 job of type publish-note waits")
    expect(olga.page.get_by_role("row", name="worker-1")).to_contain_text("3 of 3")
    expect(olga.page.locator("#queue-publish-note")).to_contain_text("1")
    sam.page.goto(f"{JOBS}/{waiting}")
    expect(sam.page.get_by_role("region", name="Where it stands")).to_contain_text("All 3 slots are busy")


def test_who_only_looks_has_nothing_to_press(visit: Visit) -> None:
    vic = visit("Vic")
    vic.page.goto(WORKERS)
    expect(vic.page.get_by_role("heading", name="Replicas")).to_be_visible()
    expect(vic.page.locator("main form[method=post]")).to_have_count(0)
