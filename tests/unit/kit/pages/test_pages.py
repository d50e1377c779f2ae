"""A page is whole, safe and small; a part of it is what a script asks for."""

import gzip
import re
from collections.abc import Callable

import httpx
import pytest

from sluicegate_kit.pages.pages import Pages
from tests.unit.kit.pages.conftest import SHOP

pytestmark = pytest.mark.anyio

Visit = Callable[[str | None], httpx.AsyncClient]


async def test_a_page_has_a_layout_and_knows_who_looks(visit: Visit) -> None:
    async with visit("viewer") as browser:
        page = await browser.get(SHOP)
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert page.text.startswith("<!doctype html>")
    assert "<title>Shop · Sluicegate</title>" in page.text
    assert '<p id="goods"><bdi>&lt;tea&gt;</bdi>4</p>' in page.text
    assert "<strong><bdi>viewer</bdi></strong>" in page.text
    assert 'data-now="2026-11-22T12:00:00.000Z"' in page.text


async def test_the_script_gets_the_block_that_it_asks_for_alone(visit: Visit) -> None:
    async with visit("viewer") as browser:
        part = await browser.get(SHOP, headers={"hx-request": "true"})
        restored = await browser.get(SHOP, headers={"hx-request": "true", "hx-history-restore-request": "true"})
    assert part.text == '<p id="goods"><bdi>&lt;tea&gt;</bdi>4</p>'
    assert restored.text.startswith("<!doctype html>")
    assert {"accept-encoding", "cookie", "hx-request"} <= set(part.headers["vary"].split(", "))


async def test_nothing_but_files_of_this_origin_may_run(visit: Visit) -> None:
    async with visit("viewer") as browser:
        page = await browser.get(SHOP)
    policy = dict(part.split(" ", 1) for part in page.headers["content-security-policy"].split("; "))
    assert policy["default-src"] == policy["frame-ancestors"] == policy["base-uri"] == "'none'"
    assert policy["script-src"] == policy["style-src"] == policy["form-action"] == "'self'"
    assert page.headers["x-content-type-options"] == "nosniff"
    assert page.headers["cache-control"] == "no-store"
    assert not re.search(r"\son\w+=|\sstyle=|<style|javascript:", page.text)
    assert all("src=" in script for script in re.findall(r"<script[^>]*>", page.text))


async def test_forms_are_there_for_those_who_may_send_them(visit: Visit) -> None:
    async with visit("viewer") as viewer, visit("admin") as admin:
        assert 'action="/admin/shop/buy"' not in (await viewer.get(SHOP)).text
        assert 'action="/admin/shop/buy"' in (await admin.get(SHOP)).text


async def test_the_pages_at_the_top_are_those_that_are_open_to_who_looks(visit: Visit) -> None:
    async with visit("viewer") as viewer, visit("admin") as admin:
        assert '<a href="/admin/agent-jobs" data-go="j">Jobs</a>' in (await viewer.get(SHOP)).text
        assert "data-go=" not in (await admin.get(SHOP)).text


@pytest.mark.parametrize(
    ("encoding", "packed"), [("gzip", True), ("br, gzip;q=0.5", True), ("gzip;q=0", False), ("", False)]
)
async def test_a_page_is_compressed_for_who_takes_that(visit: Visit, encoding: str, packed: bool) -> None:
    async with (
        visit("viewer") as browser,
        browser.stream("GET", f"{SHOP}?filler=20000", headers={"accept-encoding": encoding}) as answer,
    ):
        raw = b"".join([chunk async for chunk in answer.aiter_raw()])
    assert (answer.headers.get("content-encoding") == "gzip") is packed
    assert b"x" * 20_000 in (gzip.decompress(raw) if packed else raw)
    assert (len(raw) < 10_000) is packed


async def test_a_problem_is_a_page_with_its_status(visit: Visit) -> None:
    async with visit("viewer") as browser:
        page = await browser.get(f"{SHOP}/broken")
        lost = await browser.get(f"{SHOP}/nowhere")
    assert page.status_code == 409
    assert "<title>Conflict · Sluicegate</title>" in page.text
    assert "&lt;b&gt;Nothing&lt;/b&gt; is left." in page.text
    assert "<code>tea</code>: gone" in page.text
    assert (lost.status_code, lost.headers["content-type"]) == (404, "text/html; charset=utf-8")


async def test_a_problem_is_a_box_in_the_page_that_is_there(visit: Visit) -> None:
    async with visit("viewer") as browser:
        part = await browser.get(f"{SHOP}/broken", headers={"hx-request": "true"})
    assert part.status_code == 409
    assert "<html" not in part.text
    assert 'role="alert"' in part.text


def test_a_template_that_names_what_is_not_there_fails(package: str) -> None:
    pages = Pages(package, SHOP)
    with pytest.raises(KeyError):
        pages._assets.url("missing.css")
