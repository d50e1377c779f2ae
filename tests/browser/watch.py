"""Notes whatever goes wrong in a page, so that no test has to ask."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

from playwright.sync_api import ConsoleMessage, Error, Page, Request

from tests.support.waiting import eventually

_STATUS = re.compile(r"the server responded with a status of (\d+)")
_LEFT = "net::ERR_ABORTED"
"""By the page itself: it was left, or does not follow where it is sent."""

VIOLATIONS = """
addEventListener("securitypolicyviolation", (event) => {
  console.error(`content security policy: ${event.violatedDirective} refused ${event.blockedURI} ${event.sample}`);
});
"""


class Watch:
    """The errors of one page: of its scripts, its console, its requests, its content security policy."""

    def __init__(self, page: Page) -> None:
        self.found: list[str] = []
        self._expected: list[re.Pattern[str]] = []
        self._page = page
        page.add_init_script(VIOLATIONS)
        page.on("console", self._console)
        page.on("pageerror", self._error)
        page.on("requestfailed", self._failed)

    @contextmanager
    def expecting(self, *patterns: str) -> Iterator[None]:
        """What matches is no mistake from now on, and has to come by the end of the block."""
        wanted = [re.compile(pattern) for pattern in patterns]
        before = len(self.found)
        yield
        for pattern in wanted:
            eventually(partial(self._noted, pattern, before), f"something like {pattern.pattern!r} is noted")
        self._expected += wanted

    def forgive(self, pattern: str) -> None:
        """What matches is no mistake, whether it comes or not."""
        self._expected.append(re.compile(pattern))

    def _noted(self, pattern: re.Pattern[str], before: int) -> bool:
        """What a page notes arrives while the browser is asked something."""
        self._page.context.cookies()
        return any(pattern.search(each) for each in self.found[before:])

    def mistakes(self) -> list[str]:
        """What nobody expected."""
        return [each for each in self.found if not any(pattern.search(each) for pattern in self._expected)]

    def _console(self, message: ConsoleMessage) -> None:
        if message.type not in ("error", "warning"):
            return
        status = _STATUS.search(message.text)
        where = message.location.get("url", "")
        self.found.append(f"status {status[1]} of {where}" if status else f"console {message.type}: {message.text}")

    def _error(self, error: Error) -> None:
        self.found.append(f"script: {error}")

    def _failed(self, request: Request) -> None:
        if request.failure == _LEFT:
            return
        self.found.append(f"request {request.method} {request.url}: {request.failure}")
