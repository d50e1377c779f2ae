"""Pages follow what happens, say whether they do, and go on after a restart, a nap and a pause."""

import re

from playwright.sync_api import Page, Route, expect

from tests.browser.conftest import DEADLINE_MS, Visit
from tests.browser.console import INBOX, Console
from tests.browser.measures import place, shifts
from tests.browser.waits import script_held


def state(page: Page, wanted: str) -> None:
    """Waits until the page says so; the tries of one that reconnects lie up to 19 s apart."""
    expect(page.locator("[data-live]")).to_have_attribute("data-state", wanted, timeout=2 * DEADLINE_MS)


def row_id(path: str) -> str:
    """Of what is reviewed there."""
    return f"row-{path.rpartition('/')[2]}"


def test_what_is_new_waits_for_a_key_and_nothing_jumps(console: Console, visit: Visit) -> None:
    first = row_id(console.gated("Live first"))
    ana = visit("Ana")
    ana.page.goto(f"{INBOX}?q=Live")
    state(ana.page, "live")
    before = place(ana.page, first)
    console.gated("Live second")
    expect(ana.page.locator("#news")).to_contain_text("1 new")
    assert ana.page.title().startswith("•")
    assert ana.page.locator("tbody [data-row]").count() == 1
    assert place(ana.page, first) == before
    assert shifts(ana.page) == []
    ana.press("n")
    expect(ana.page.locator("tbody [data-row]")).to_have_count(2)
    expect(ana.page.locator("#news")).to_be_hidden()
    expect(ana.page).to_have_title(re.compile(r"^\(2\)"))


def test_what_the_filters_keep_out_is_not_called_new(console: Console, visit: Visit) -> None:
    console.gated("Kept in first")
    ana = visit("Ana")
    ana.page.goto(f"{INBOX}?q=Kept+in")
    state(ana.page, "live")
    console.gated("Left out")
    console.gated("Kept in second")
    expect(ana.page.locator("#news")).to_contain_text("1 new")
    ana.press("n")
    expect(ana.page.locator("tbody [data-row]")).to_have_count(2)


def test_a_row_that_was_decided_says_so_in_its_place(console: Console, visit: Visit) -> None:
    paths = [console.gated(f"Stays {number}") for number in range(2)]
    ana = visit("Ana")
    ana.page.goto(f"{INBOX}?q=Stays")
    state(ana.page, "live")
    ana.press("j")
    row = ana.page.locator(f"#{row_id(paths[0])}")
    before = place(ana.page, row_id(paths[0]))
    console.reject(paths[0], "no")
    expect(row).to_contain_text("Rejected")
    assert place(ana.page, row_id(paths[0])) == before
    expect(row.locator("a.whole")).to_be_focused()
    assert ana.page.locator("tbody [data-row]").count() == 2
    assert shifts(ana.page) == []


def test_rows_that_are_decided_together_all_say_so(console: Console, visit: Visit) -> None:
    paths = [console.gated(f"At once {number}") for number in range(5)]
    ana = visit("Ana")
    ana.page.goto(f"{INBOX}?q=At+once")
    state(ana.page, "live")
    held: list[Route] = []
    ana.page.route(re.compile("/row$"), lambda route: held.append(route))
    with ana.page.expect_request(re.compile(f"{paths[-1]}/row$")):
        for path in paths:
            console.reject(path, "all of them")
    for route in held:
        route.continue_()
    for path in paths:
        expect(ana.page.locator(f"#{row_id(path)}")).to_contain_text("Rejected")


def test_what_happens_before_the_page_can_hear_of_it_is_not_missed(console: Console, visit: Visit) -> None:
    path = console.gated("Heard of late")
    ana = visit("Ana")
    with script_held(ana.page):
        ana.page.goto(path, wait_until="commit")
        expect(ana.page.get_by_role("heading", name="Heard of late")).to_be_visible()
        console.reject(path, "before you could hear")
        expect(ana.page.locator("[data-live]")).to_have_attribute("data-state", "connecting")
    expect(ana.page.locator("#outcome")).to_contain_text("before you could hear")


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
    before = place(watcher.page, row_id(path))
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
    expect(watcher.page.locator(f"#{row_id(path)}")).to_contain_text("Rejected")
    console.gated("Restart again")
    expect(watcher.page.locator("#news")).to_contain_text("1 new")
    assert place(watcher.page, row_id(path)) == before


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
