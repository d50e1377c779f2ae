"""What forms send is read strictly, and their answers lead to where to look."""

from collections.abc import Callable

import httpx
import pytest

from tests.unit.kit.pages.conftest import SHOP

pytestmark = pytest.mark.anyio

Visit = Callable[[str | None], httpx.AsyncClient]
TYPE = {"content-type": "application/x-www-form-urlencoded"}


async def test_a_form_that_did_its_work_leads_on(visit: Visit) -> None:
    async with visit("admin") as browser:
        answer = await browser.post(f"{SHOP}/buy", data={"goods": "tea", "amounts": ["1", "2"]})
    assert (answer.status_code, answer.headers["location"]) == (303, f"{SHOP}?bought=tea&amounts=3")


async def test_ends_of_lines_are_what_was_typed_whatever_the_browser_sends(visit: Visit) -> None:
    async with visit("admin") as browser:
        answer = await browser.post(f"{SHOP}/buy", content=b"goods=a%0D%0Ab%0Dc%0Ad", headers=TYPE)
    assert answer.headers["location"] == f"{SHOP}?bought=a%0Ab%0Ac%0Ad&amounts=0"


@pytest.mark.parametrize(
    ("content", "status"),
    [
        (b"", 422),
        (b"goods=tea&goods=milk", 422),
        (b"goods=tea&surplus=1", 422),
        (b"goods=tea&amounts=many", 422),
        (b"goods=%FF%FE", 400),
        (b"goods=%ED%A0%80", 400),
        (b"goods=a%00b", 400),
        ("goods=tée".encode(), 400),
        (b"&".join(b"amounts=1" for _ in range(1001)), 400),
    ],
)
async def test_a_form_that_is_none_is_refused(visit: Visit, content: bytes, status: int) -> None:
    async with visit("admin") as browser:
        answer = await browser.post(f"{SHOP}/buy", content=content, headers=TYPE)
    assert (answer.status_code, answer.headers["content-type"]) == (status, "text/html; charset=utf-8")


@pytest.mark.parametrize("media_type", ["application/json", "multipart/form-data; boundary=x", "text/plain"])
async def test_another_kind_of_body_is_refused(visit: Visit, media_type: str) -> None:
    async with visit("admin") as browser:
        answer = await browser.post(f"{SHOP}/buy", content=b"goods=tea", headers={"content-type": media_type})
    assert answer.status_code == 415
