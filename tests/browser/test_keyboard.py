"""Everything by keys alone."""

import re

from playwright.sync_api import Page, expect

from tests.browser.conftest import Visit
from tests.browser.console import INBOX, Console
from tests.browser.waits import come_to, live, script_held, whole


def focused(page: Page, text: str) -> None:
    """Waits until the row so called has the focus."""
    expect(page.locator("a.whole", has_text=text)).to_be_focused()


def test_from_the_inbox_to_a_decision_and_on_to_the_next(console: Console, visit: Visit) -> None:
    first, second = console.gated("Typed one"), console.gated("Typed two")
    ben = visit("Ben")
    ben.page.goto(INBOX)
    ben.press("/")
    ben.page.keyboard.type("Typed ")
    ben.press("Enter")
    expect(ben.page.locator("tbody [data-row]")).to_have_count(2)
    live(ben.page)
    ben.press("Escape", "j")
    focused(ben.page, "Typed one")
    ben.press("j")
    focused(ben.page, "Typed two")
    ben.press("j")
    focused(ben.page, "Typed two")
    ben.press("k", "Enter")
    come_to(ben.page, first)
    ben.press("a", "Control+Enter")
    expect(ben.page.locator("#outcome")).to_contain_text("Ben approved this")
    ben.page.goto(second)
    ben.press("r")
    ben.page.keyboard.type("no, thank you")
    ben.press("Control+Enter")
    expect(ben.page.locator("#outcome")).to_contain_text("Ben rejected this")
    assert console.checkpoint(second)["decision"]["reason"] == "no, thank you"
    ben.press("g", "i")
    expect(ben.page.get_by_role("heading", name="Inbox")).to_be_visible()


def test_keys_that_come_before_the_rest_of_the_page_are_answered_when_it_is_there(
    console: Console, visit: Visit
) -> None:
    path = console.gated("Fast fingers")
    ben = visit("Ben")
    with script_held(ben.page):
        ben.page.goto(path, wait_until="commit")
        expect(ben.page.get_by_role("heading", name="Fast fingers")).to_be_visible()
        ben.press("r", "n", "o")
        expect(ben.page.locator("details.choice-form[open]")).to_have_count(0)
    expect(ben.page.get_by_label("Why")).to_be_focused()
    ben.page.keyboard.type("Too fast")
    ben.press("Control+Enter")
    expect(ben.page.locator("#outcome")).to_contain_text("Ben rejected this")
    with script_held(ben.page):
        ben.page.goto(f"{INBOX}?q=Fast+fingers&state=all", wait_until="commit")
        expect(ben.page.get_by_role("link", name="Fast fingers")).to_be_visible()
        ben.press("j", "Enter")
    come_to(ben.page, path)


def test_two_keystrokes_approve_and_one_does_not(console: Console, visit: Visit) -> None:
    path = console.gated("Two keystrokes")
    ben = visit("Ben")
    ben.page.goto(path)
    ben.press("a", "a", "Enter")
    assert console.checkpoint(path)["state"] == "pending"
    ben.press("Control+Enter")
    expect(ben.page.locator("#outcome")).to_contain_text("Ben approved this")


def test_help_theme_and_turning_keys_off(console: Console, visit: Visit) -> None:
    path = console.gated("Keys off")
    ben = visit("Ben")
    ben.page.goto(path)
    ben.press("?")
    expect(ben.page.get_by_role("dialog", name="Keys")).to_be_visible()
    ben.press("Escape")
    expect(ben.page.get_by_role("dialog", name="Keys")).to_be_hidden()
    ben.press("t")
    expect(ben.page.locator("html")).to_have_attribute("data-theme", "light")
    ben.press("t")
    expect(ben.page.locator("html")).to_have_attribute("data-theme", "dark")
    ben.page.locator(".menu summary").click()
    with ben.page.expect_response(re.compile("/preferences$")):
        ben.page.get_by_role("group", name="Single-letter keys").get_by_role("button", name="Off").click()
    ben.press("Escape")
    ben.page.reload()
    expect(ben.page.locator("html")).to_have_attribute("data-theme", "dark")
    ben.press("a", "?", "r", "p")
    expect(ben.page.locator("details.choice-form[open]")).to_have_count(0)
    expect(ben.page.get_by_role("dialog", name="Keys")).to_be_hidden()


def test_every_control_of_a_review_is_reached_by_tab_and_seen_when_it_is(console: Console, visit: Visit) -> None:
    path = console.gated("Tab through")
    ben = visit("Ben")
    ben.page.goto(path)
    whole(ben.page)
    reached: set[str] = set()
    for _ in range(60):
        ben.press("Tab")
        outlined, name = ben.page.evaluate(
            """() => {
              const here = document.activeElement, style = getComputedStyle(here);
              const outlined = style.outlineStyle !== 'none' && style.outlineWidth !== '0px';
              const name = here === document.body ? '' : here.innerText || here.ariaLabel || here.name || '';
              return [outlined || style.boxShadow !== 'none', name.trim()];
            }"""
        )
        if name == "":
            break
        assert outlined, f"{name} has the focus and does not show it"
        reached.add(name.split("\n")[0])
    for wanted in ("Skip to the content", "Inbox", "Approve", "Edit, then approve", "Reject", "Comment"):
        assert any(wanted in each for each in reached), (wanted, reached)


def test_the_first_tab_skips_to_the_content(visit: Visit) -> None:
    ben = visit("Ben")
    ben.page.goto(INBOX)
    ben.press("Tab", "Enter")
    expect(ben.page.locator("#content")).to_be_focused()
