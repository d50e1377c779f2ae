"""People are recognised by their session, sent to sign in on pages, and safe from what other sites have them send."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from sluicegate_kit.access.identities import Identities
from sluicegate_kit.access.public_keys import PublicKeys
from sluicegate_kit.access.roles import Role
from sluicegate_kit.access.table import parse
from sluicegate_kit.clock import ManualClock
from sluicegate_kit.metrics import Metrics
from sluicegate_kit.web.app import Hot, build_app
from sluicegate_kit.web.exchange import caller, exchange
from sluicegate_kit.web.people import People
from sluicegate_kit.web.problem import Problem
from sluicegate_kit.web.session_cookie import DEV, TLS, SessionCookie
from tests.support.callers import bearer, identity
from tests.support.sessions import token, write_key_set

pytestmark = pytest.mark.anyio

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
HTML = {"accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}
HTMX = {"hx-request": "true", "accept": "*/*"}
SAME = {"sec-fetch-site": "same-origin"}
ROWS = """
[[route]]
service = "test"
method = "GET"
path = "/api/things"
roles = ["approver", "admin"]
[[route]]
service = "test"
method = "POST"
path = "/api/things"
roles = ["approver", "admin"]
[[route]]
service = "test"
method = "GET"
path = "/admin/things"
roles = ["approver", "admin"]
page = true
[[route]]
service = "test"
method = "POST"
path = "/admin/things/{id}/approve"
roles = ["approver"]
page = true
[[route]]
service = "test"
method = "POST"
path = "/admin/sign-in"
public = true
page = true
[[route]]
service = "test"
method = "GET"
path = "/openapi/test.json"
public = true
"""


async def who(request: Request) -> Response:
    return JSONResponse({"caller": caller(request).name, "body": (await request.body()).decode()})


async def anybody(request: Request) -> Response:
    return Response(status_code=204)


def as_page(request: Request, problem: Problem) -> Response:
    title = f"<h1>{problem.status} {problem.type_slug}</h1><p>{exchange(request).request_id}</p>"
    return Response(title, problem.status, dict(problem.headers), "text/html")


class House:
    """A service with pages, and a clock of its own."""

    def __init__(self, folder: Path, cookie: SessionCookie = TLS) -> None:
        self.cookie = cookie
        self.clock = ManualClock(NOON)
        self.keys_file = folder / "keys.json"
        self.write("Ana", Role.ADMIN, Role.APPROVER)
        identities = Identities.from_file(self.keys_file, clock=self.clock)
        keys = PublicKeys(write_key_set(folder), clock=self.clock)
        app = build_app(
            "test",
            identities=identities,
            metrics=Metrics(),
            hot=[
                Hot("GET", "/api/things", who),
                Hot("POST", "/api/things", who),
                Hot("GET", "/admin/things", who),
                Hot("POST", "/admin/things/{id}/approve", who),
                Hot("POST", "/admin/sign-in", anybody),
            ],
            table=parse(ROWS),
            people=People(cookie, keys, identities, self.clock, as_page),
        )
        self.http = httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="https://127.0.0.1")

    def write(self, name: str, *roles: Role, person: bool = True) -> None:
        """The keys file now knows this one alone."""
        known = identity(name, *roles, person=person).model_dump_json(by_alias=True)
        self.keys_file.write_text(f'{{"identities": [{known}]}}')

    async def call(
        self, method: str, path: str, headers: Mapping[str, str] | None = None, cookie: str | None = None, **more: Any
    ) -> httpx.Response:
        """As Ana, with the token of a session that began at noon, if no other is given."""
        value = f"{self.cookie.name}={token('Ana', at=NOON) if cookie is None else cookie}"
        return await self.http.request(method, path, headers={"cookie": value, **(headers or {})}, **more)


@pytest.fixture
def house(tmp_path: Path) -> House:
    return House(tmp_path)


async def test_a_session_opens_pages_and_the_http_interface(house: House) -> None:
    for path in ("/admin/things", "/api/things"):
        assert (await house.call("GET", path)).json()["caller"] == "Ana"
    posted = await house.call("POST", "/api/things", SAME, content="x")
    assert posted.json() == {"caller": "Ana", "body": "x"}


async def test_a_role_that_is_taken_away_is_gone_at_once(house: House) -> None:
    house.write("Ana", Role.VIEWER)
    house.clock.advance(1)
    assert (await house.call("GET", "/api/things")).status_code == 403


@pytest.mark.parametrize(("name", "person"), [("Ben", True), ("Ana", False)])
async def test_who_is_no_longer_a_person_of_the_keys_file_is_nobody(house: House, name: str, person: bool) -> None:
    house.write(name, Role.ADMIN, person=person)
    house.clock.advance(1)
    assert (await house.call("GET", "/api/things")).status_code == 401


async def test_a_key_wins_over_a_session(house: House) -> None:
    assert (await house.call("GET", "/api/things", bearer("Ana"), cookie="nonsense")).status_code == 200
    refused = await house.call("GET", "/api/things", {"authorization": "Bearer sg_x_" + "0" * 32})
    assert refused.status_code == 401


async def test_an_expired_token_is_renewed_first_where_a_page_or_a_form_meets_it(house: House) -> None:
    house.clock.advance(15 * 60)
    clock = int(house.clock.now().timestamp())
    for method, path, headers in [
        ("GET", "/admin/things?q=a%20b&state=all", HTML),
        ("POST", "/admin/things/7/approve", HTML | SAME),
        ("GET", "/admin/things", HTMX),
        ("GET", "/admin/things", {"accept": "text/event-stream"}),
    ]:
        answer = await house.call(method, path, headers)
        assert answer.status_code == 307
        assert answer.headers["location"] == str(httpx.URL("/admin/session", params={"to": path, "clock": clock}))


async def test_elsewhere_an_expired_token_is_a_problem(house: House) -> None:
    house.clock.advance(15 * 60 - 1)
    assert (await house.call("GET", "/api/things", HTML)).status_code == 200
    house.clock.advance(1)
    answer = await house.call("GET", "/api/things", HTML)
    assert answer.status_code == 401
    assert answer.json()["type"].endswith("/session-expired")


@pytest.mark.parametrize("cookie", ["", "nonsense", "a.b.c"])
async def test_who_is_not_signed_in_is_sent_to_sign_in_and_back(house: House, cookie: str) -> None:
    answer = await house.call("GET", "/admin/things?state=all", HTML, cookie=cookie)
    assert (answer.status_code, answer.headers["location"]) == (
        303,
        "/admin/sign-in?to=%2Fadmin%2Fthings%3Fstate%3Dall",
    )
    program = await house.call("GET", "/admin/things", {"accept": "*/*"}, cookie=cookie)
    assert (program.status_code, program.headers["content-type"]) == (401, "application/problem+json")


async def test_a_script_of_a_page_that_is_no_longer_signed_in_has_the_page_left(house: House) -> None:
    current = {"hx-current-url": "https://127.0.0.1/admin/things?q=x"}
    elsewhere = {"hx-current-url": "https://evil.example/admin/things"}
    answers = [await house.call("GET", "/admin/things", HTMX | more, cookie="") for more in (current, elsewhere)]
    assert [answer.status_code for answer in answers] == [401, 401]
    assert answers[0].headers["hx-redirect"] == "/admin/sign-in?to=%2Fadmin%2Fthings%3Fq%3Dx"
    assert answers[1].headers["hx-redirect"] == "/admin/sign-in"


async def test_the_address_of_a_form_leads_to_the_page_that_it_stood_on(house: House) -> None:
    answer = await house.call("GET", "/admin/things/7/approve", HTML)
    assert (answer.status_code, answer.headers["location"]) == (303, "/admin/things")


async def test_refusals_on_pages_are_pages(house: House) -> None:
    house.write("Ana", Role.ADMIN)
    house.clock.advance(1)
    forbidden = await house.call("POST", "/admin/things/7/approve", HTML | SAME)
    missing = await house.call("GET", "/admin/nothing-here", HTML)
    for answer, title in ((forbidden, "403 forbidden"), (missing, "404 no-such-route")):
        assert answer.headers["content-type"].startswith("text/html")
        assert f"<h1>{title}</h1>" in answer.text
        assert answer.headers["x-request-id"] in answer.text
    program = await house.call("GET", "/admin/nothing-here", {"accept": "application/json"})
    assert program.headers["content-type"] == "application/problem+json"


ALLOWED: list[dict[str, str]] = [
    SAME,
    SAME | {"origin": "null"},
    {"origin": "https://127.0.0.1"},
    {"sec-fetch-site": "none", "origin": "https://127.0.0.1"},
]
REFUSED: list[dict[str, str]] = [
    {},
    {"origin": "null"},
    {"origin": "https://evil.example"},
    {"origin": "https://127.0.0.1.evil.example"},
    {"origin": "https://127.0.0.1:8443"},
    {"origin": "https://127.0.0.1@evil.example"},
    {"origin": "127.0.0.1"},
    {"origin": "https://[127.0.0.1"},
    {"sec-fetch-site": "cross-site", "origin": "https://127.0.0.1"},
    {"sec-fetch-site": "same-site", "origin": "https://127.0.0.1"},
    {"sec-fetch-site": "none"},
    {"referer": "https://127.0.0.1/admin/things"},
]


@pytest.mark.parametrize("path", ["/api/things", "/admin/things/7/approve", "/admin/sign-in"])
async def test_nothing_is_done_for_a_browser_that_another_site_sends(house: House, path: str) -> None:
    for headers in ALLOWED:
        assert (await house.call("POST", path, headers)).status_code in (200, 204), headers
    for headers in REFUSED:
        answer = await house.call("POST", path, headers)
        assert (answer.status_code, answer.json()["type"].rpartition("/")[2]) == (403, "cross-site"), headers


async def test_a_program_with_a_key_needs_no_origin(house: House) -> None:
    assert (await house.call("POST", "/api/things", bearer("Ana"))).status_code == 200


async def test_the_cookie_of_the_other_mode_is_no_session(tmp_path: Path) -> None:
    for house, other in ((House(tmp_path), DEV), (House(tmp_path, DEV), TLS)):
        cookie = {"cookie": f"{other.name}={token('Ana', at=NOON)}"}
        assert (await house.http.get("/api/things", headers=cookie)).status_code == 401


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("127.0.0.1:8000", 200),
        ("localhost:8000", 200),
        ("[::1]:8000", 200),
        ("sluicegate.example", 401),
        ("127.0.0.1.evil.example", 401),
        ("10.0.0.7:8000", 401),
        ("0.0.0.0:8000", 401),
        ("[::1", 401),
    ],
)
async def test_the_dev_cookie_is_refused_where_it_is_not_this_machine_that_is_spoken_to(
    tmp_path: Path, host: str, status: int
) -> None:
    assert (await House(tmp_path, DEV).call("GET", "/api/things", {"host": host})).status_code == status


async def test_a_401_speaks_of_make_dev_where_it_is_make_dev_alone(tmp_path: Path) -> None:
    said = {cookie: (await House(tmp_path, cookie).http.get("/api/things")).json()["detail"] for cookie in (TLS, DEV)}
    assert "SLUICEGATE_KEYS_FILE" in said[TLS]
    assert "make dev" not in said[TLS]
    assert ".sluicegate/dev.json" in said[DEV]


def test_the_cookies_are_for_no_script_no_other_site_and_no_other_path() -> None:
    everywhere = "Path=/; HttpOnly; SameSite=Strict"
    assert TLS.keep("t", 60) == f"__Host-sluicegate=t; Max-Age=60; {everywhere}; Secure"
    assert TLS.drop() == f"__Host-sluicegate=; Max-Age=0; {everywhere}; Secure"
    assert DEV.keep("t", 60) == f"sluicegate_dev=t; Max-Age=60; {everywhere}"


@pytest.mark.parametrize(
    "cookies", ["{0}", "a=b; {0}", "{0}; a=b", "a=b;{0};c=d", "other{0}; {0}", "{0}; __Host-sluicegate=second"]
)
async def test_the_session_is_found_among_other_cookies(house: House, cookies: str) -> None:
    own = f"__Host-sluicegate={token('Ana', at=NOON)}"
    answer = await house.http.get("/api/things", headers={"cookie": cookies.format(own)})
    assert answer.status_code == 200


async def test_a_session_of_somebody_who_began_later_lasts_longer(house: House) -> None:
    house.clock.advance(15 * 60)
    later = token("Ana", at=NOON + timedelta(minutes=1))
    assert (await house.call("GET", "/api/things", cookie=later)).status_code == 200
