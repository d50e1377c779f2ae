"""How heavy a page is, and whether anything on it moves by itself."""

from playwright.sync_api import BrowserContext, Page

from tests.browser.waits import whole

SHIFTS = """
window.__shifts = [];
new PerformanceObserver((list) => {
  for (const shift of list.getEntries()) {
    if (shift.hadRecentInput) continue;
    const moved = shift.sources.map((source) => source.node?.outerHTML?.slice(0, 120));
    window.__shifts.push({value: shift.value, moved});
  }
}).observe({type: "layout-shift", buffered: true});
"""


def watch_shifts(page: Page) -> None:
    """From the next page on."""
    page.add_init_script(SHIFTS)


def shifts(page: Page) -> list[object]:
    """What has moved without anybody touching the page (Layout Instability API)."""
    found: list[object] = page.evaluate("window.__shifts")
    return found


def place(page: Page, element_id: str) -> object:
    """Where an element stands: one look, since a row may be drawn anew at any moment."""
    return page.evaluate("id => document.getElementById(id).getBoundingClientRect().toJSON()", element_id)


def bytes_of_first_load(context: BrowserContext, path: str) -> dict[str, int]:
    """What comes over the wire for a page and all that belongs to it, by address, headers included."""
    page = context.new_page()
    session = context.new_cdp_session(page)
    addresses: dict[str, str] = {}
    sizes: dict[str, int] = {}

    def sent(event: dict[str, object]) -> None:
        request = event["request"]
        assert isinstance(request, dict)
        addresses[str(event["requestId"])] = str(request["url"])

    def loaded(event: dict[str, object]) -> None:
        size = event["encodedDataLength"]
        assert isinstance(size, int | float)
        sizes[addresses[str(event["requestId"])]] = int(size)

    session.on("Network.requestWillBeSent", sent)
    session.on("Network.loadingFinished", loaded)
    session.send("Network.enable")
    session.send("Network.setCacheDisabled", {"cacheDisabled": True})
    page.goto(path, wait_until="load")
    whole(page)
    page.close()
    return sizes
