"""Pages follow what happens, say whether they do, and go on after a restart, a nap and a pause."""

import re

from playwright.sync_api import Page, expect

from tests.browser.conftest import Visit
from tests.browser.console import INBOX, Console
from tests.browser.measures import shifts


def state(page: Page, wanted: str) -> None:
    """Waits until the page says so."""
    expect(page.locator("[data-live]")).to_have_attribute("data-state", wanted, timeout=30_000)


def test_what_is_new_waits_for_a_key_and_nothing_jumps(console: Console, visit: Visit) -> None:
    console.gated("Live first")
    ana = visit("Ana")
    ana.page.goto(f"{INBOX}?q=Live")
    state(ana.page, "live")
    before = ana.page.locator("tbody [data-row]").first.bounding_box()
    console.gated("Live second")
    expect(ana.page.locator("#news")).to_contain_text("new")
    assert ana.page.title().startswith("•")
    assert ana.page.locator("tbody [data-row]").count() == 1
    assert ana.page.locator("tbody [data-row]").first.bounding_box() == before
    assert shifts(ana.page) == []
    ana.press("n")
    expect(ana.page.locator("tbody [data-row]")).to_have_count(2)
    expect(ana.page.locator("#news")).to_be_hidden()
    expect(ana.page).to_have_title(re.compile(r"^\(2\)"))


def test_a_row_that_was_decided_says_so_in_its_place(console: Console, visit: Visit) -> None:
    paths = [console.gated(f"Stays {number}") for number in range(2)]
    ana = visit("Ana")
    ana.page.goto(f"{INBOX}?q=Stays")
    state(ana.page, "live")
    ana.press("j")
    row = ana.page.locator(f"#row-{paths[0].rpartition('/')[2]}")
    before = row.bounding_box()
    console.reject(paths[0], "no")
    expect(row).to_contain_text("Rejected")
    assert row.bounding_box() == before
    assert ana.page.evaluate("document.activeElement.closest('[data-row]')?.id") == f"row-{paths[0].rpartition('/')[2]}"
    assert ana.page.locator("tbody [data-row]").count() == 2
    assert shifts(ana.page) == []


def test_a_paused_page_stands_still_until_it_is_told_to_go_on(console: Console, visit: Visit) -> None:
    path = console.gated("Paused")
    ana = visit("Ana")
    ana.page.goto(path)
    state(ana.page, "live")
    ana.press("p")
    state(ana.page, "paused")
    console.approve(path)
    expect(ana.page.locator("#outcome")).to_contain_text("This waits for a decision")
    ana.press("p")
    state(ana.page, "live")
    expect(ana.page.locator("#outcome")).to_contain_text("approver approved this")


def test_updates_survive_a_restart_of_the_service(console: Console, visit: Visit) -> None:
    path = console.gated("Restart")
    reader, watcher = visit("Ana"), visit("Ben")
    reader.page.goto(path)
    watcher.page.goto(f"{INBOX}?q=Restart")
    for each in (reader, watcher):
        state(each.page, "live")
    service = console.stack.checkpoint_svc
    with reader.watch.expecting("."), watcher.watch.expecting("."):
        service.kill()
        for each in (reader, watcher):
            state(each.page, "reconnecting")
        service.start()
        service.wait_until_ready()
        console.reject(path, "while you were away")
        for each in (reader, watcher):
            state(each.page, "live")
    expect(reader.page.locator("#outcome")).to_contain_text("while you were away")
    expect(watcher.page.locator("#list")).not_to_contain_text("Restart ")
    console.gated("Restart again")
    expect(watcher.page.locator("#news")).to_contain_text("new")


def test_updates_go_on_after_a_laptop_has_slept(console: Console, visit: Visit) -> None:
    path = console.gated("Asleep")
    ana = visit("Ana")
    ana.page.clock.install()
    ana.page.goto(path)
    state(ana.page, "live")
    expect(ana.page.locator(".job-timeline")).to_contain_text("Waits for a decision")
    session = ana.page.context.new_cdp_session(ana.page)
    session.send("Network.enable")
    nothing = {"offline": True, "latency": 0, "downloadThroughput": 0, "uploadThroughput": 0}
    session.send("Network.emulateNetworkConditions", nothing)
    console.reject(path, "while you slept")
    ana.page.clock.fast_forward("10:00")
    session.send(
        "Network.emulateNetworkConditions",
        {"offline": False, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1},
    )
    for _ in range(10):
        ana.page.clock.run_for(5_000)
    state(ana.page, "live")
    expect(ana.page.locator("#outcome")).to_contain_text("while you slept")
    ana.watch.forgive("net::|Failed to fetch|ERR_INTERNET|htmx:error: timeout")
