"""Waits until a page is what somebody would look at, and use."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Page, Route, expect


def live(page: Page) -> None:
    """Until the page hears of changes."""
    expect(page.locator("[data-live]")).to_have_attribute("data-state", "live")


def whole(page: Page) -> None:
    """Until all is there that the page fetches by itself."""
    expect(page.locator(".job-timeline > p")).to_have_count(0)
    expect(page.locator("[data-live][data-state=connecting]")).to_have_count(0)


@contextmanager
def script_held(page: Page) -> Iterator[None]:
    """The page that is opened in the block has come in but for its last script, which comes when the block ends."""
    held: list[Route] = []
    last = re.compile(r"/checkpoints\.[0-9a-f]+\.js$")
    page.route(last, lambda route: held.append(route))
    yield
    assert held
    for route in held:
        route.continue_()
    page.unroute(last)


def come_to(page: Page, address: str) -> None:
    """Until a link or a form has led to an address that ends so, and its page takes keys."""
    expect(page).to_have_url(re.compile(rf"{re.escape(address)}$"))
    live(page)
