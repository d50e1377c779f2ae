"""A console, a browser, and people who have signed in. Whatever goes wrong in one of their pages fails the test."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, expect, sync_playwright

from tests.browser.chromium import ARGUMENTS, find_chromium
from tests.browser.console import Console, open_console
from tests.browser.measures import watch_shifts
from tests.browser.watch import Watch
from tests.support.databases import Databases
from tests.support.kafka import RealKafka, forget_everything
from tests.support.requirements import lacking

Theme = Literal["light", "dark"]
WIDE = (1280, 800)
NARROW = (360, 740)
DEADLINE_MS = 30_000
"""Of every wait for something in a page, however slow the machine is; whatever comes sooner is not waited for."""


@pytest.fixture(scope="package")
def playwright() -> Iterator[Playwright]:
    """Its event loop runs in this thread: it has to end before other tests run theirs."""
    expect.set_options(timeout=DEADLINE_MS)
    with sync_playwright() as running:
        yield running


@pytest.fixture(scope="package")
def browser(playwright: Playwright) -> Iterator[Browser]:
    """Debian's Chromium, or another that is found."""
    found = find_chromium(playwright.chromium.executable_path)
    if found is None:
        lacking("browser", "no Chromium is found; `make chromium` installs it on Debian and Ubuntu")
    browser = playwright.chromium.launch(executable_path=found, args=ARGUMENTS)
    yield browser
    browser.close()


@pytest.fixture(scope="package")
def console(
    browser: Browser,
    databases: Databases,
    real_kafka_of_session: RealKafka,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Console]:
    """One for all tests: each looks at jobs of its own."""
    forget_everything(real_kafka_of_session)
    folder = tmp_path_factory.mktemp("console")
    with open_console(folder, databases, real_kafka_of_session.bootstrap_servers) as console:
        yield console


@dataclass(frozen=True, slots=True)
class Visitor:
    """Somebody at a browser."""

    name: str | None
    page: Page
    watch: Watch

    def press(self, *keys: str) -> None:
        """One key after the other, on whatever has the focus."""
        for key in keys:
            self.page.keyboard.press(key)


class Visit(Protocol):
    """Opens a browser for somebody."""

    def __call__(
        self,
        name: str | None = None,
        *,
        theme: Theme = "light",
        size: tuple[int, int] = WIDE,
        script: bool = True,
        **options: Any,
    ) -> Visitor:
        """With a session, if a name is given. `script` is whether JavaScript runs."""
        ...


@dataclass(slots=True)
class _Sessions:
    console: Console
    known: dict[str, list[dict[str, Any]]] = field(default_factory=dict)

    def of(self, name: str) -> list[dict[str, Any]]:
        if name not in self.known:
            self.known[name] = self.console.cookies(name)
        return self.known[name]


@pytest.fixture(scope="package")
def sessions(console: Console) -> _Sessions:
    """Everybody signs in once."""
    return _Sessions(console)


@pytest.fixture
def visit(browser: Browser, console: Console, sessions: _Sessions) -> Iterator[Visit]:
    """`ana = visit("Ana")`: a page of hers; at the end of the test nothing may have gone wrong in it."""
    contexts: list[BrowserContext] = []
    watches: list[Watch] = []

    def open_browser(
        name: str | None = None,
        *,
        theme: Theme = "light",
        size: tuple[int, int] = WIDE,
        script: bool = True,
        **options: Any,
    ) -> Visitor:
        width, height = size
        context = browser.new_context(
            base_url=console.origin,
            color_scheme=theme,
            viewport={"width": width, "height": height},
            java_script_enabled=script,
            reduced_motion="reduce",
            locale="en-GB",
            timezone_id="Europe/Berlin",
            **options,
        )
        context.set_default_timeout(DEADLINE_MS)
        contexts.append(context)
        if name is not None:
            context.add_cookies(sessions.of(name))  # type: ignore[arg-type]
        page = context.new_page()
        watch_shifts(page)
        watch = Watch(page)
        watches.append(watch)
        return Visitor(name, page, watch)

    yield open_browser
    mistakes = [mistake for watch in watches for mistake in watch.mistakes()]
    for context in contexts:
        context.close()
    assert not mistakes, "\n".join(mistakes)
