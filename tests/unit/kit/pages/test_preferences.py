"""Theme and keys are chosen without a script, and kept by the browser."""

from collections.abc import Callable

import httpx
import pytest

from tests.unit.kit.pages.conftest import SHOP

pytestmark = pytest.mark.anyio

Visit = Callable[[str | None], httpx.AsyncClient]


async def test_a_theme_that_is_chosen_is_on_every_page_from_then_on(visit: Visit) -> None:
    async with visit("viewer") as browser:
        assert 'data-theme="system" data-keys="on"' in (await browser.get(SHOP)).text
        chosen = await browser.post(f"{SHOP}/preferences", data={"theme": "dark", "back": f"{SHOP}?q=1"})
        page = (await browser.get(SHOP)).text
    assert (chosen.status_code, chosen.headers["location"]) == (303, f"{SHOP}?q=1")
    assert 'data-theme="dark" data-keys="on"' in page
    assert '<meta name="color-scheme" content="dark">' in page
    assert 'value="dark" aria-pressed="true"' in page


async def test_single_letter_keys_can_be_turned_off(visit: Visit) -> None:
    async with visit("viewer") as browser:
        await browser.post(f"{SHOP}/preferences", data={"keys": "off"})
        assert 'data-theme="system" data-keys="off"' in (await browser.get(SHOP)).text


@pytest.mark.parametrize("cookie", ["neon", "", "dark;", "d" * 3000])
async def test_a_cookie_that_says_nothing_known_is_as_none(visit: Visit, cookie: str) -> None:
    async with visit("viewer") as browser:
        page = await browser.get(SHOP, headers={"cookie": f"sluicegate_theme={cookie.replace(';', '%3B')}"})
    assert 'data-theme="system"' in page.text


@pytest.mark.parametrize("back", ["https://evil.example/", "//evil.example/admin/", "/\\evil", "", "/api/x"])
async def test_a_form_leads_back_to_pages_alone(visit: Visit, back: str) -> None:
    async with visit("viewer") as browser:
        chosen = await browser.post(f"{SHOP}/preferences", data={"theme": "light", "back": back})
    assert (chosen.status_code, chosen.headers["location"]) == (303, SHOP)


async def test_a_theme_that_does_not_exist_is_refused(visit: Visit) -> None:
    async with visit("viewer") as browser:
        assert (await browser.post(f"{SHOP}/preferences", data={"theme": "neon"})).status_code == 422


async def test_another_site_chooses_nothing(visit: Visit) -> None:
    async with visit(None) as browser:
        sent = await browser.post(
            f"{SHOP}/preferences", data={"theme": "dark"}, headers={"sec-fetch-site": "cross-site"}
        )
    assert sent.status_code == 403
    assert "set-cookie" not in sent.headers
