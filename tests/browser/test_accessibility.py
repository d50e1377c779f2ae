"""axe finds nothing on any page, in both themes; everything fits a small screen and a large magnification."""

from collections.abc import Callable
from dataclasses import dataclass

import pytest
from playwright.sync_api import expect

from tests.browser.axe import violations
from tests.browser.conftest import NARROW, Theme, Visit
from tests.browser.console import INBOX, Console

ZOOMED = (320, 256)
"""A window of 1280 × 1024 at 400 % (WCAG 2.2, 1.4.10)."""


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


@pytest.fixture(scope="module")
def places(console: Console) -> Places:
    """Made once."""
    approved, edited, rejected = (console.gated(f"Looked at {word}") for word in ("approved", "edited", "rejected"))
    expired = console.gated("Looked at expired", expires_in_seconds=0.5)
    console.approve(approved)
    console.reject(rejected, "because")
    with console.http("approver") as http:
        etag = http.get(f"/api{edited}").headers["etag"]
        done = http.post(f"/api{edited}", json={"editedPayload": {"text": "sun"}}, headers={"if-match": etag})
        assert done.status_code == 200
        said = http.post(f"/api{approved}/comments", json={"text": "Well done"})
        assert said.status_code == 201
    return Places(
        code=console.waiting(console.sample("code-generation-review")),
        data=console.waiting(console.sample("data-processing-clean")),
        note=console.gated("Looked at pending", risk="critical", expires_in_seconds=3600),
        approved=approved,
        edited=edited,
        rejected=rejected,
        expired=expired,
        info=f"{INBOX}/{console.infos(console.sample('simple-task'))[0]['checkpointId']}",
    )


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
}


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_on_any_page(places: Places, visit: Visit, theme: Theme) -> None:
    ana = visit("Ana", theme=theme)
    found = {}
    for name, path in LOOKS.items():
        ana.page.goto(path(places))
        if wrong := violations(ana.page):
            found[name] = wrong
    assert not found, "\n".join(f"{name}: {each}" for name, wrong in found.items() for each in wrong)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_in_what_opens_and_in_what_goes_wrong(
    console: Console, places: Places, visit: Visit, theme: Theme
) -> None:
    ana = visit("Ana", theme=theme)
    found = []
    ana.page.goto(places.note)
    for keys in (("?",), ("Escape", "a"), ("Escape", "r"), ("Escape", "y")):
        ana.press(*keys)
        found += violations(ana.page)
    ana.page.locator(".menu summary").click()
    found += violations(ana.page)
    frozen = console.gated(f"Frozen {theme}")
    ana.page.goto(frozen)
    expect(ana.page.locator("[data-live]")).to_have_attribute("data-state", "live")
    console.reject(frozen, "first")
    expect(ana.page.locator("#outcome")).to_contain_text("approver rejected this")
    found += violations(ana.page)
    with ana.watch.expecting("status 404"):
        ana.page.goto(f"{INBOX}/nonsense")
    found += violations(ana.page)
    with ana.watch.expecting("status 422"):
        ana.page.goto(f"{places.note}/edit")
        ana.page.get_by_label("The payload, as JSON").fill("{")
        ana.page.get_by_role("button", name="See what changes").click()
        expect(ana.page.get_by_role("alert")).to_be_visible()
    found += violations(ana.page)
    assert not found, "\n".join(found)


@pytest.mark.parametrize("size", [NARROW, ZOOMED], ids=["360 px", "400 %"])
def test_nothing_has_to_be_scrolled_sideways(places: Places, visit: Visit, size: tuple[int, int]) -> None:
    ana = visit("Ana", size=size)
    wide = []
    for name, path in LOOKS.items():
        ana.page.goto(path(places))
        width = ana.page.evaluate("document.documentElement.scrollWidth")
        if width > size[0]:
            wide.append(f"{name}: {width}")
    assert not wide


def test_the_language_the_title_and_the_first_heading_say_where_one_is(places: Places, visit: Visit) -> None:
    ana = visit("Ana")
    titles = set()
    for path in LOOKS.values():
        ana.page.goto(path(places))
        assert ana.page.locator("html").get_attribute("lang") == "en"
        expect(ana.page.locator("h1")).to_have_count(1)
        titles.add(ana.page.title())
    assert len(titles) >= len(LOOKS) - 6
