"""The page of figures: drawn by the server, usable without a mouse, on a small screen, in both themes."""

import pytest
from playwright.sync_api import expect

from tests.browser.axe import violations
from tests.browser.conftest import NARROW, Theme, Visit
from tests.browser.console import INBOX, Console
from tests.browser.test_accessibility import ZOOMED
from tests.support.waiting import eventually

PAGE = "/admin/insights?window=hour"


@pytest.fixture(scope="module")
def figures(console: Console) -> str:
    """Where there is something of everything to see: runs that ended well and badly, an answer, somebody who waits."""
    console.approve(console.gated("Drawn, approved"))
    rejected = console.gated("Drawn, rejected")
    console.reject(rejected, "no")
    console.gated("Drawn, pending")
    with console.http() as http:
        rejected_job = http.get(f"/api{rejected}").json()["jobId"]
    console.stack.wait_for_job(rejected_job, "rejected")

    def counted() -> bool:
        with console.http() as http:
            found = http.get("/api/admin/insights", params={"window": "hour", "jobType": "publish-note"})
        total = found.json()["total"]
        return bool(total["pending"] and total["ended"].get("succeeded") and total["ended"].get("rejected"))

    eventually(counted, "all of it is counted")
    return PAGE


def test_figures_are_drawn_and_come_anew_by_themselves(console: Console, figures: str, visit: Visit) -> None:
    vic = visit("Vic")
    vic.page.goto(INBOX)
    vic.press("g", "s")
    expect(vic.page.get_by_role("heading", level=1)).to_have_text("Insights")
    vic.page.get_by_role("link", name="Hour").click()
    expect(vic.page.locator("svg.chart")).to_have_count(2)
    box = vic.page.locator("svg.chart rect.of-rejected").first.bounding_box()
    assert box is not None
    assert box["width"] > 3
    assert box["height"] > 3
    rejected = vic.page.locator("dl.figures > div", has_text="Rejected").first.locator("dd")
    before = rejected.inner_text()
    console.reject(console.gated("Drawn, rejected later"), "no")
    expect(rejected).not_to_have_text(before)


def test_a_job_type_is_looked_at_alone_by_keyboard(figures: str, visit: Visit) -> None:
    ana = visit("Ana")
    ana.page.goto(figures)
    ana.page.get_by_role("link", name="publish-note").focus()
    ana.press("Enter")
    expect(ana.page.get_by_role("navigation", name="Window")).to_contain_text("publish-note alone")
    ana.page.locator("#numbers > summary").focus()
    ana.press("Enter")
    expect(ana.page.get_by_role("columnheader", name="Succeeded")).to_be_visible()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing(figures: str, visit: Visit, theme: Theme) -> None:
    ana = visit("Ana", theme=theme)
    ana.page.goto(figures)
    ana.page.get_by_text("The same in numbers").click()
    found = violations(ana.page)
    ana.page.goto(f"{figures}&jobType=nobody-does-this")
    assert not [*found, *violations(ana.page)]


@pytest.mark.parametrize("size", [NARROW, ZOOMED], ids=["360 px", "400 %"])
def test_nothing_has_to_be_scrolled_sideways(figures: str, visit: Visit, size: tuple[int, int]) -> None:
    ana = visit("Ana", size=size)
    ana.page.goto(figures)
    ana.page.get_by_text("The same in numbers").click()
    assert ana.page.evaluate("document.documentElement.scrollWidth") <= size[0]
