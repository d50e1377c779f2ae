"""Assets are named by their content, kept for good, and of one service."""

import gzip
import re
from collections.abc import Callable

import httpx
import pytest

from sluicegate_kit.pages.assets import Assets, packaged
from tests.unit.kit.pages.conftest import SHOP

pytestmark = pytest.mark.anyio

Visit = Callable[[str | None], httpx.AsyncClient]
LINKED = re.compile(r'(?:href|src)="(/admin/shop/assets/[^"]+)"')


async def test_everything_that_a_page_loads_is_served_to_anybody_and_kept(visit: Visit) -> None:
    async with visit("viewer") as viewer, visit(None) as nobody:
        urls = LINKED.findall((await viewer.get(SHOP)).text)
        files = {url: await nobody.get(url) for url in urls}
    assert {re.sub(r"\.[0-9a-f]{12}\.", ".", url.rpartition("/")[2]) for url in urls} == {
        "console.css",
        "console.js",
        "htmx.min.js",
        "mark.svg",
        "shop.css",
    }
    for url, file in files.items():
        assert file.status_code == 200, url
        assert file.headers["cache-control"] == "public, max-age=31536000, immutable"
        assert file.headers["x-content-type-options"] == "nosniff"


async def test_the_whole_first_load_is_small(visit: Visit) -> None:
    async with visit("viewer") as browser:
        urls = [SHOP, *LINKED.findall((await browser.get(SHOP)).text)]
        loaded = 0
        for url in urls:
            async with browser.stream("GET", url, headers={"accept-encoding": "gzip"}) as answer:
                loaded += sum([len(chunk) async for chunk in answer.aiter_raw()])
    assert loaded < 40_000  # of 60,000: the rest is for what a service adds


async def test_another_version_s_file_is_not_there(visit: Visit) -> None:
    async with visit(None) as browser:
        answer = await browser.get(f"{SHOP}/assets/console.000000000000.css")
    assert answer.status_code == 404
    assert "another version" in answer.text


def test_other_content_is_another_name() -> None:
    one, other = (Assets("/x", {"a.css": data}).url("a.css") for data in (b"p{}", b"q{}"))
    assert one != other
    assert one == Assets("/x", {"a.css": b"p{}"}).url("a.css")


def test_a_file_is_compressed_without_a_time_in_it() -> None:
    files = packaged("sluicegate_kit", "pages/static", "pages/static/vendor")
    assert {"console.css", "console.js", "tokens.css", "htmx.min.js"} <= files.keys()
    one, other = (Assets("/x", files) for _ in range(2))
    assert [asset.gzipped for asset in one._served.values()] == [asset.gzipped for asset in other._served.values()]
    assert all(gzip.decompress(asset.gzipped) == asset.data for asset in one._served.values())
