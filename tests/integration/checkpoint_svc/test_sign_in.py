"""Signing in by link and with a key, staying signed in, and no longer being so."""

import asyncio
import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import psycopg
import pytest

from sluicegate_checkpoint_svc.forgetting import Forgetting
from sluicegate_kit.access.identities import Identities
from sluicegate_kit.access.roles import Role
from tests.integration.checkpoint_svc.replicas import IDENTITIES, SECRET, Replica, World, person
from tests.support.sessions import SESSION_KEY, token

pytestmark = pytest.mark.anyio

HTML = {"accept": "text/html"}
OURS = {"sec-fetch-site": "same-origin"}
INBOX = "/admin/agent-checkpoints"
COOKIE = "sluicegate_dev"
RENEWAL = "/admin/session"


async def link(replica: Replica, name: str = "ben", by: str = "root") -> httpx.Response:
    key = {"authorization": f"Bearer sg_{by}_{SECRET}"}
    return await replica.http.post("/api/admin/login-links", json={"name": name}, headers=key)


async def post(replica: Replica, path: str, form: Mapping[str, str] | None = None, **headers: str) -> httpx.Response:
    return await replica.http.post(path, data=form or {}, headers=HTML | OURS | headers)


def session_of(answer: httpx.Response) -> dict[str, str]:
    """The cookie header that a browser sends from now on."""
    assert answer.status_code == 303, answer.text
    return {"cookie": answer.headers["set-cookie"].partition(";")[0]}


async def signed_in(replica: Replica, name: str = "ben") -> dict[str, str]:
    return session_of(await post(replica, (await link(replica, name)).json()["url"]))


async def with_key(replica: Replica, key: str, to: str = "") -> httpx.Response:
    replica.http.cookies.clear()
    return await post(replica, "/admin/sign-in", {"key": key, "to": to})


async def who(replica: Replica, session: Mapping[str, str]) -> int:
    """The status of a look at the inbox's list."""
    replica.http.cookies.clear()
    return (await replica.http.get("/api/admin/agent-checkpoints", headers=session)).status_code


def expired(session: Mapping[str, str], world: World) -> dict[str, str]:
    """The same session with a token of an hour ago."""
    with psycopg.connect(world.database) as connection:
        ((session_id, name, began),) = connection.execute("SELECT session_id, person, began_at FROM sessions")
    earlier: datetime = began - timedelta(hours=1)
    old = SESSION_KEY.sign(session_id, name, earlier, earlier + timedelta(hours=12))
    assert session["cookie"] != old
    return {"cookie": f"{COOKIE}={old}"}


async def test_a_link_is_opened_by_anybody_and_used_up_by_its_button(world: World) -> None:
    async with world.replicas(2) as (one, other):
        made = await link(one)
        path = made.json()["url"]
        assert made.status_code == 201
        assert made.json()["name"] == "ben"
        assert "T" in made.json()["expiresAt"]
        for replica in (one, other, one):
            page = await replica.http.get(path, headers=HTML)
            assert page.status_code == 200
            assert "ben" in page.text
            assert "set-cookie" not in page.headers
        answer = await post(other, path)
        assert answer.headers["location"] == INBOX
        assert re.fullmatch(
            rf"{COOKIE}=[\w.-]+; Max-Age=(43200|43199); Path=/; HttpOnly; SameSite=Strict", answer.headers["set-cookie"]
        )
        for replica in (one, other):
            assert await who(replica, session_of(answer)) == 200


async def test_a_used_link_says_so_and_how_to_get_another(world: World) -> None:
    async with world.replicas() as (replica,):
        path = (await link(replica)).json()["url"]
        await post(replica, path)
        for answer in (await replica.http.get(path, headers=HTML), await post(replica, path)):
            assert answer.status_code == 410
            assert "This link has been used" in answer.text
            assert "sluicegate login NAME" in answer.text
            assert "set-cookie" not in answer.headers


async def test_a_link_that_is_too_old_or_was_never_made_says_so(world: World) -> None:
    async with world.replicas() as (replica,):
        path = (await link(replica)).json()["url"]
        with psycopg.connect(world.database) as connection:
            connection.execute("UPDATE login_links SET expires_at = clock_timestamp()")
        old = [await replica.http.get(path, headers=HTML), await post(replica, path)]
        unknown = [await replica.http.get(f"{path}x", headers=HTML), await post(replica, f"{path}x")]
    assert [answer.status_code for answer in (*old, *unknown)] == [410, 410, 404, 404]
    assert all("too old" in answer.text for answer in old)
    assert all("sluicegate login NAME" in answer.text for answer in (*old, *unknown))


async def test_of_many_who_press_the_button_at_once_one_is_signed_in(world: World) -> None:
    async with world.replicas(2) as replicas:
        path = (await link(replicas[0])).json()["url"]
        answers = await asyncio.gather(*(post(replicas[number % 2], path) for number in range(8)))
    assert sorted(answer.status_code for answer in answers) == [303, *[410] * 7]


async def test_links_are_made_by_admins_and_for_people_of_the_keys_file(world: World) -> None:
    async with world.replicas() as (replica,):
        assert (await link(replica, by="ben")).status_code == 403
        for name in ("nobody", "Ben", "robot"):
            answer = await link(replica, name)
            assert (answer.status_code, answer.json()["type"].rpartition("/")[2]) == (404, "no-such-person")


async def test_a_link_of_somebody_who_is_gone_signs_nobody_in(world: World) -> None:
    async with world.replicas() as (replica,):
        path = (await link(replica)).json()["url"]
    async with world.replicas(identities=Identities([person("cleo", Role.APPROVER)])) as (replica,):
        assert (await post(replica, path)).status_code == 403


async def test_no_table_holds_what_a_link_holds(world: World) -> None:
    async with world.replicas() as (replica,):
        secret = (await link(replica)).json()["url"].rpartition("/")[2]
    with psycopg.connect(world.database) as connection:
        rows = connection.execute("SELECT login_links::text FROM login_links").fetchall()
    assert rows
    assert secret not in str(rows)


async def test_a_key_signs_its_person_in_and_leads_back(world: World) -> None:
    async with world.replicas() as (replica,):
        answer = await with_key(replica, f" sg_ben_{SECRET}\n", f"{INBOX}?state=all")
        assert answer.headers["location"] == f"{INBOX}?state=all"
        assert await who(replica, session_of(answer)) == 200


@pytest.mark.parametrize(
    ("key", "status", "says"),
    [
        ("", 401, "malformed"),
        ("hunter2", 401, "malformed"),
        (f"sg_ben_{SECRET[:-1]}x", 401, "unknown"),
        (f"sg_nobody_{SECRET}", 401, "unknown"),
        (f"sg_robot_{SECRET}", 403, "machine"),
        ("<script>alert(1)</script>", 401, "malformed"),
    ],
)
async def test_another_key_signs_nobody_in(world: World, key: str, status: int, says: str) -> None:
    async with world.replicas() as (replica,):
        answer = await with_key(replica, key, f"{INBOX}?q=x")
    assert answer.status_code == status
    assert says in answer.text
    assert f'value="{INBOX}?q=x"' in answer.text, "where to go is not forgotten"
    assert not key or key not in answer.text
    assert "set-cookie" not in answer.headers


@pytest.mark.parametrize("to", ["//evil.example", "https://evil.example/admin/", "/\\evil.example", "/admin/../api"])
async def test_nobody_is_led_elsewhere(world: World, to: str) -> None:
    async with world.replicas() as (replica,):
        asked = await replica.http.get("/admin/sign-in", params={"to": to}, headers=HTML)
        posted = await with_key(replica, f"sg_ben_{SECRET}", to)
        renewed = await replica.http.get(RENEWAL, params={"to": to}, headers=HTML | await signed_in(replica))
    assert [answer.status_code for answer in (asked, posted, renewed)] == [422, 422, 422]
    assert not any("location" in answer.headers or "set-cookie" in answer.headers for answer in (asked, posted))


async def test_a_session_gets_its_next_token_and_goes_back_with_method_and_body(world: World) -> None:
    async with world.replicas() as (replica,):
        old = expired(await signed_in(replica), world)
        assert await who(replica, old) == 401
        first = await replica.http.get(f"{INBOX}/events?x=1", headers=HTML | old)
        assert first.status_code == 307
        for method in ("GET", "POST"):
            replica.http.cookies.clear()
            answer = await replica.http.request(method, first.headers["location"], headers=HTML | OURS | old)
            assert (answer.status_code, answer.headers["location"]) == (307, f"{INBOX}/events?x=1")
            fresh = {"cookie": answer.headers["set-cookie"].partition(";")[0]}
            assert await who(replica, fresh) == 200


async def test_who_has_signed_out_gets_no_other_token(world: World) -> None:
    async with world.replicas(2) as (one, other):
        session = await signed_in(one)
        old = expired(session, world)
        out = await post(one, "/admin/sign-out", cookie=old["cookie"])
        assert (out.status_code, out.headers["location"]) == (303, "/admin/sign-in")
        assert out.headers["set-cookie"].startswith(f"{COOKIE}=; Max-Age=0;")
        for replica in (one, other):
            replica.http.cookies.clear()
            answer = await replica.http.get(RENEWAL, params={"to": INBOX}, headers=HTML | old)
            assert answer.status_code == 303
            assert answer.headers["location"].startswith("/admin/sign-in?to=")
            program = await replica.http.get(RENEWAL, params={"to": INBOX}, headers=old)
            assert program.status_code == 401
        again = await post(one, "/admin/sign-out", cookie=old["cookie"])
        assert again.status_code == 303


async def test_a_session_ends_after_its_time_however_often_it_was_renewed(world: World) -> None:
    async with world.replicas(session_longest_seconds=3600) as (replica,):
        session = await signed_in(replica)
        old = expired(session, world)
        with psycopg.connect(world.database) as connection:
            connection.execute("UPDATE sessions SET ends_at = clock_timestamp()")
        answer = await replica.http.get(RENEWAL, params={"to": INBOX}, headers=HTML | old)
        assert answer.headers["location"].startswith("/admin/sign-in")


async def test_a_browser_is_not_sent_in_circles_between_clocks_that_differ(world: World) -> None:
    async with world.replicas() as (replica,):
        old = expired(await signed_in(replica), world)
        now = int(datetime.now(UTC).timestamp())
        for ahead, status in ((14 * 60, 307), (-3600, 307), (20 * 60, 409)):
            asked = {"to": INBOX, "clock": str(now + ahead)}
            answer = await replica.http.get(RENEWAL, params=asked, headers=HTML | old)
            assert answer.status_code == status
    assert "ahead of the database that keeps the sessions" in answer.text
    assert "set-cookie" not in answer.headers


async def test_a_session_that_began_with_a_key_ends_with_it(world: World) -> None:
    async with world.replicas() as (replica,):
        old = expired(session_of(await with_key(replica, f"sg_ben_{SECRET}")), world)
    without_key = person("ben", Role.APPROVER).model_copy(update={"keys": ()})
    async with world.replicas(identities=Identities([without_key])) as (replica,):
        answer = await replica.http.get(RENEWAL, params={"to": INBOX}, headers=HTML | old)
        assert answer.headers["location"].startswith("/admin/sign-in")


async def test_a_session_of_somebody_who_is_gone_is_not_renewed(world: World) -> None:
    async with world.replicas() as (replica,):
        session = await signed_in(replica)
    async with world.replicas(identities=Identities([person("cleo", Role.APPROVER)])) as (replica,):
        answer = await replica.http.get(RENEWAL, params={"to": INBOX}, headers=HTML | session)
        assert answer.headers["location"].startswith("/admin/sign-in")
        assert await who(replica, session) == 401


async def test_a_token_of_a_session_that_never_was_is_not_renewed(world: World) -> None:
    async with world.replicas() as (replica,):
        forged = {"cookie": f"{COOKIE}={token('ben')}"}
        answer = await replica.http.get(RENEWAL, params={"to": INBOX}, headers=HTML | forged)
        assert answer.headers["location"].startswith("/admin/sign-in")


async def test_a_person_decides_within_a_session_and_not_for_another_site(world: World) -> None:
    async with world.replicas() as (replica,):
        session = await signed_in(replica)
        for headers, status in ((session, 403), (session | OURS, 404)):
            answer = await replica.http.delete(
                f"/api/admin/agent-checkpoints/{'0' * 8}-0000-7000-8000-{'0' * 12}?reason=no", headers=headers
            )
            assert answer.status_code == status


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
async def test_who_comes_by_a_link_from_elsewhere_is_asked_again_for_the_session(world: World, site: str) -> None:
    async with world.replicas() as (replica,):
        came = {"sec-fetch-site": site}
        page = await replica.http.get("/admin/sign-in", params={"to": INBOX}, headers=HTML | came)
        refresh = re.search(r'http-equiv="refresh" content="0; url=([^"]+)"', page.text)
        assert refresh is not None
        assert refresh[1] == "/admin/session?to=%2Fadmin%2Fagent-checkpoints"
        nobody = await replica.http.get(refresh[1], headers=HTML)
        at_last = await replica.http.get(nobody.headers["location"], headers=HTML | came)
        assert "refresh" not in at_last.text
        from_here = await replica.http.get("/admin/sign-in", params={"to": INBOX}, headers=HTML | OURS)
        assert "refresh" not in from_here.text


async def test_sessions_that_are_over_and_old_links_are_forgotten(world: World) -> None:
    async with world.replicas() as (replica,):
        await signed_in(replica)
        await link(replica, "cleo")
        forgetting = Forgetting(replica.service.writes)
        await forgetting.forget()
        assert count(world) == (2, 1)
        with psycopg.connect(world.database) as connection:
            connection.execute("UPDATE sessions SET ends_at = clock_timestamp()")
            connection.execute(
                "UPDATE login_links SET expires_at = clock_timestamp() - interval '1 day' WHERE person = 'ben'"
            )
        await forgetting.forget()
    assert count(world) == (1, 0)


def count(world: World) -> tuple[Any, Any]:
    with psycopg.connect(world.database) as connection:
        links = connection.execute("SELECT count(*) FROM login_links").fetchall()
        sessions = connection.execute("SELECT count(*) FROM sessions").fetchall()
    return links[0][0], sessions[0][0]


async def test_every_page_forbids_what_no_page_of_ours_does(world: World) -> None:
    async with world.replicas() as (replica,):
        path = (await link(replica)).json()["url"]
        for page in ("/admin/sign-in", path, "/admin/sign-in/nothing", "/admin/nothing"):
            headers = (await replica.http.get(page, headers=HTML)).headers
            assert headers["content-type"] == "text/html; charset=utf-8"
            assert "default-src 'none'" in headers["content-security-policy"]
            assert headers["cache-control"] == "no-store"
            assert headers["referrer-policy"] == "same-origin"


def test_the_people_of_this_test_are_who_it_says() -> None:
    robot = IDENTITIES.holder(f"sg_robot_{SECRET}")[0]
    assert not robot.person
    assert IDENTITIES.person("robot") is None
