"""Many decided at once: only what was shown, only what is harmless, and a result for each."""

from playwright.sync_api import expect

from tests.browser.conftest import Visit
from tests.browser.console import INBOX, Console


def test_selected_rows_are_approved_together_and_one_that_was_decided_meanwhile_says_so(
    console: Console, visit: Visit
) -> None:
    paths = [console.gated(f"Bulk approval {number}") for number in range(3)]
    ana = visit("Ana")
    ana.page.goto(f"{INBOX}?q=Bulk+approval")
    expect(ana.page.locator("tbody [data-row]")).to_have_count(3)
    for _ in range(3):
        ana.press("j", "x")
    expect(ana.page.locator("[data-selected]")).to_have_text("3 selected")
    ana.page.get_by_role("button", name="Approve…").click()
    expect(ana.page.get_by_role("heading", name="Approve 3 checkpoints")).to_be_visible()
    console.reject(paths[1], "I was first")
    ana.page.get_by_role("button", name="Approve 3").click()
    expect(ana.page.get_by_role("heading", name="2 of 3 approved")).to_be_visible()
    results = ana.page.get_by_role("region", name="Results")
    expect(results.get_by_role("row", name="Bulk approval 1")).to_contain_text("approver rejected this")
    states = [console.checkpoint(path)["state"] for path in paths]
    assert states == ["approved", "rejected", "approved"]


def test_rejections_need_one_reason_that_stands_with_each(console: Console, visit: Visit) -> None:
    paths = [console.gated(f"Bulk rejection {number}", risk="critical") for number in range(2)]
    ben = visit("Ben")
    ben.page.goto(f"{INBOX}?q=Bulk+rejection")
    for box in ben.page.get_by_role("checkbox").all():
        box.check()
    ben.page.get_by_role("button", name="Reject…").click()
    ben.page.get_by_label("Why").fill("Not this week")
    ben.press("Control+Enter")
    expect(ben.page.get_by_role("heading", name="2 of 2 rejected")).to_be_visible()
    assert [console.checkpoint(path)["decision"]["reason"] for path in paths] == ["Not this week"] * 2


def test_what_is_not_harmless_is_left_out_and_says_why(console: Console, visit: Visit) -> None:
    small, large = console.gated("Bulk mix small"), console.gated("Bulk mix large", risk="high")
    ben = visit("Ben")
    ben.page.goto(f"{INBOX}?q=Bulk+mix")
    for box in ben.page.get_by_role("checkbox").all():
        box.check()
    ben.page.get_by_role("button", name="Approve…").click()
    left_out = ben.page.get_by_role("region", name="Left out")
    expect(left_out.get_by_role("row", name="Bulk mix large")).to_contain_text("risk")
    ben.page.get_by_role("button", name="Approve 1").click()
    expect(ben.page.get_by_role("heading", name="1 of 1 approved")).to_be_visible()
    assert (console.checkpoint(small)["state"], console.checkpoint(large)["state"]) == ("approved", "pending")


def test_a_payload_that_is_no_longer_the_one_that_was_shown_is_not_approved(console: Console, visit: Visit) -> None:
    path = console.gated("Bulk forged digest")
    ben = visit("Ben")
    ben.page.goto(f"{INBOX}?q=Bulk+forged")
    ben.page.get_by_role("checkbox").check()
    ben.page.get_by_role("button", name="Approve…").click()
    item = ben.page.locator("form input[name=item]")
    shown = item.get_attribute("value")
    assert shown is not None
    which, _, tag = shown.partition("~")
    forged = f"{which}~{'0' * 64}{tag[64:]}" if tag[0] != '"' else f'{which}~"{"0" * 64}{tag[65:]}'
    item.evaluate("(field, value) => (field.value = value)", forged)
    ben.page.get_by_role("button", name="Approve 1").click()
    expect(ben.page.get_by_role("heading", name="0 of 1 approved")).to_be_visible()
    assert console.checkpoint(path)["state"] == "pending"
