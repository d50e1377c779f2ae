"""Without JavaScript: reading, deciding, talking and signing in work by links and forms alone."""

import re

from playwright.sync_api import expect

from tests.browser.conftest import Visit
from tests.browser.console import INBOX, Console


def test_signing_in_and_out(console: Console, visit: Visit) -> None:
    ben = visit(script=False)
    ben.page.goto(console.link("Ben"))
    ben.page.get_by_role("button", name="Sign in as Ben").click()
    expect(ben.page.get_by_role("heading", name="Inbox")).to_be_visible()
    ben.page.locator(".menu summary").click()
    ben.page.get_by_role("button", name="Sign out").click()
    expect(ben.page.get_by_label("API key")).to_be_visible()
    ben.page.get_by_label("API key").fill(console.stack.keys.api_keys["approver"])
    ben.page.get_by_role("button", name="Sign in with this key").click()
    expect(ben.page.get_by_role("heading", name="Inbox")).to_be_visible()


def test_finding_reading_and_approving(console: Console, visit: Visit) -> None:
    path = console.waiting(console.sample("code-generation-review", target="site-read"))
    ben = visit("Ben", script=False)
    ben.page.goto(INBOX)
    ben.page.get_by_label("Search").fill("Write 3 files")
    ben.press("Enter")
    expect(ben.page).to_have_url(re.compile(r"\?q=Write\+3\+files"))
    ben.page.locator(f"a.whole[href='{path}']").click()
    expect(ben.page.locator(".files")).to_contain_text("timingSafeEqual")
    ben.page.locator("#exact summary").click()
    ben.page.get_by_role("link", name="Show it").click()
    expect(ben.page.locator("main")).to_contain_text('{"files":[')
    ben.page.get_by_role("link", name="Back to the review").click()
    ben.page.locator("summary", has_text="Approve").click()
    ben.page.get_by_label("Remark").fill("read without script")
    ben.page.get_by_role("button", name="Approve exactly this").click()
    expect(ben.page.locator("#outcome")).to_contain_text("Ben approved this")
    assert console.checkpoint(path)["decision"]["reason"] == "read without script"


def test_rejecting_and_a_conflict(console: Console, visit: Visit) -> None:
    mine, theirs = console.gated("Reject without script"), console.gated("Conflict without script")
    ben = visit("Ben", script=False)
    ben.page.goto(mine)
    ben.page.locator("summary", has_text="Reject").click()
    ben.page.get_by_label("Why").fill("no")
    ben.page.get_by_role("button", name="Reject").click()
    expect(ben.page.locator("#outcome")).to_contain_text("Ben rejected this")
    ben.page.goto(theirs)
    ben.page.locator("summary", has_text="Approve").click()
    console.reject(theirs, "first")
    with ben.watch.expecting("status 409"):
        ben.page.get_by_role("button", name="Approve exactly this").click()
        expect(ben.page.get_by_role("alert")).to_contain_text("you were not the first")
    expect(ben.page.locator("#outcome")).to_contain_text("approver rejected this")


def test_editing(console: Console, visit: Visit) -> None:
    path = console.gated("Edit without script", text="a draft")
    ben = visit("Ben", script=False)
    ben.page.goto(path)
    ben.page.get_by_role("link", name="Edit, then approve").click()
    field = ben.page.get_by_label("The payload, as JSON")
    field.fill(field.input_value().replace("a draft", "before"))
    ben.page.get_by_role("button", name="See what changes").click()
    ben.page.get_by_role("button", name="Approve the edited payload").click()
    expect(ben.page.locator("#outcome")).to_contain_text("Ben approved an edited payload")
    assert console.checkpoint(path)["decision"]["editedPayload"] == {"text": "before"}


def test_an_edit_that_is_no_json_is_kept_and_explained(console: Console, visit: Visit) -> None:
    path = console.gated("Broken edit")
    ben = visit("Ben", script=False)
    ben.page.goto(f"{path}/edit")
    ben.page.get_by_label("The payload, as JSON").fill('{"text": ')
    with ben.watch.expecting("status 422"):
        ben.page.get_by_role("button", name="See what changes").click()
        expect(ben.page.get_by_role("alert")).to_be_visible()
    expect(ben.page.get_by_label("The payload, as JSON")).to_have_value('{"text": ')


def test_talking_acknowledging_deciding_many_and_choosing_colours(console: Console, visit: Visit) -> None:
    (info,) = console.infos(console.sample("simple-task"))
    paths = [console.gated(f"Many without script {number}") for number in range(2)]
    ben = visit("Ben", script=False)
    ben.page.goto(paths[0])
    ben.page.get_by_placeholder("Say something about it").fill("Hello")
    ben.page.get_by_role("button", name="Comment").click()
    expect(ben.page.locator("#said")).to_contain_text("Hello")
    ben.page.goto(f"{INBOX}/{info['checkpointId']}")
    ben.page.get_by_role("button", name="Acknowledge").click()
    expect(ben.page.locator("#outcome")).to_contain_text("Ben acknowledged this")
    ben.page.goto(f"{INBOX}?q=Many+without+script")
    for box in ben.page.get_by_role("checkbox").all():
        box.check()
    ben.page.get_by_role("button", name="Approve…").click()
    ben.page.get_by_role("button", name="Approve 2").click()
    expect(ben.page.get_by_role("heading", name="2 of 2 approved")).to_be_visible()
    ben.page.locator(".menu summary").click()
    ben.page.get_by_role("button", name="Dark").click()
    expect(ben.page.locator("html")).to_have_attribute("data-theme", "dark")
