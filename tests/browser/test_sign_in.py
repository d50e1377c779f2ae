"""Signing in, staying signed in, and out."""

import re
from datetime import UTC, datetime, timedelta
from uuid import UUID

import jwt
import pytest
from playwright.sync_api import Page, expect

from sluicegate_dev.keys import SESSION_KEY_ID
from sluicegate_dev.services import CHECKPOINT_SVC
from sluicegate_kit.access.session_tokens import LASTS, SessionKey
from tests.browser.conftest import Visit
from tests.browser.console import INBOX, JOBS, Console
from tests.browser.waits import live, whole

COOKIE = "sluicegate_dev"
SIGN_IN = re.compile(r"/admin/sign-in(\?|$)")


def test_a_link_signs_in_once_and_not_by_being_opened(console: Console, visit: Visit) -> None:
    link = console.link("Ana")
    scanner, ana = visit(), visit()
    for _ in range(2):
        scanner.page.goto(link)
    ana.page.goto(link)
    ana.page.get_by_role("button", name="Sign in as Ana").click()
    expect(ana.page.get_by_role("heading", name="Inbox")).to_be_visible()
    expect(ana.page.locator(".menu-name")).to_have_text("Ana")
    with scanner.watch.expecting("status 410"):
        scanner.page.get_by_role("button", name="Sign in as Ana").click()
        expect(scanner.page.get_by_role("heading", name="This link has been used")).to_be_visible()
    expect(scanner.page.get_by_text("sluicegate login NAME")).to_be_visible()
    expect(scanner.page.get_by_role("link", name="sign in with an API key")).to_be_visible()


def test_a_link_that_was_never_made_says_how_to_get_one(visit: Visit) -> None:
    somebody = visit()
    with somebody.watch.expecting("status 404"):
        somebody.page.goto("/admin/sign-in/never-made")
    expect(somebody.page.get_by_role("heading", name="There is no such link")).to_be_visible()
    expect(somebody.page.get_by_text("sluicegate login NAME")).to_be_visible()


def test_a_pasted_key_signs_in_and_leads_where_somebody_wanted_to_go(console: Console, visit: Visit) -> None:
    path = console.gated("Look here after signing in")
    somebody = visit()
    somebody.page.goto(path)
    expect(somebody.page).to_have_url(SIGN_IN)
    somebody.page.get_by_label("API key").fill(f"  {console.stack.keys.api_keys['approver']} ")
    somebody.page.get_by_role("button", name="Sign in with this key").click()
    expect(somebody.page).to_have_url(re.compile(re.escape(path)))
    expect(somebody.page.locator(".menu-name")).to_have_text("approver")


@pytest.mark.parametrize("address", ["/", "/admin"])
def test_who_knows_the_address_alone_finds_the_inbox(visit: Visit, address: str) -> None:
    ana = visit("Ana")
    ana.page.goto(address)
    expect(ana.page.get_by_role("heading", name="Inbox")).to_be_visible()


@pytest.mark.parametrize(
    "key", ["sg_approver_0123456789abcdef0123456789abcdef", "nonsense", "<script>alert(1)</script>"]
)
def test_a_key_that_is_not_good_is_refused_and_forgotten(visit: Visit, key: str) -> None:
    somebody = visit()
    somebody.page.goto("/admin/sign-in")
    somebody.page.get_by_label("API key").fill(key)
    with somebody.watch.expecting("status 401"):
        somebody.page.get_by_role("button", name="Sign in with this key").click()
        expect(somebody.page.get_by_role("alert")).to_be_visible()
    expect(somebody.page.get_by_label("API key")).to_have_value("")
    assert key not in somebody.page.content()
    assert key not in somebody.page.url


def test_the_session_is_good_at_both_services(visit: Visit) -> None:
    ana = visit("Ana")
    ana.page.goto(INBOX)
    for path in ("/api/agent-jobs?limit=1", "/api/admin/agent-checkpoints?limit=1"):
        assert ana.page.evaluate("async (path) => (await fetch(path)).status", path) == 200


def test_signing_out_ends_the_session_everywhere(console: Console, visit: Visit) -> None:
    ben = visit()
    ben.page.goto(console.link("Ben"))
    ben.page.get_by_role("button", name="Sign in as Ben").click()
    expect(ben.page.get_by_role("heading", name="Inbox")).to_be_visible()
    (before,) = [each["value"] for each in ben.page.context.cookies() if each["name"] == COOKIE]
    ben.page.locator(".menu summary").click()
    ben.page.get_by_role("button", name="Sign out").click()
    expect(ben.page).to_have_url(SIGN_IN)
    ben.page.go_back()
    expect(ben.page).to_have_url(SIGN_IN)
    # The token that was thrown away is good until it expires, but gets no successor.
    with console.http(None) as http:
        renewed = http.get("/admin/session", params={"to": INBOX}, headers={"cookie": f"{COOKIE}={before}"})
    assert renewed.status_code == 401


def test_an_expired_token_is_renewed_on_the_way(console: Console, visit: Visit) -> None:
    ana = visit("Ana")
    _let_token_expire(console, ana.page)
    ana.page.goto(f"{INBOX}?state=all")
    expect(ana.page).to_have_url(re.compile(r"\?state=all$"))
    expect(ana.page.locator(".menu-name")).to_have_text("Ana")


def test_a_form_that_was_open_while_the_token_expired_is_sent_all_the_same(console: Console, visit: Visit) -> None:
    path = console.gated("A slow reader")
    ben = visit("Ben")
    ben.page.goto(path)
    whole(ben.page)
    _let_token_expire(console, ben.page)
    ben.page.locator("summary", has_text="Reject").click()
    ben.page.get_by_label("Why").fill("took me a quarter of an hour")
    ben.page.get_by_role("button", name="Reject", exact=False).last.click()
    expect(ben.page.locator("#outcome")).to_contain_text("Ben rejected this")
    assert console.checkpoint(path)["decision"]["reason"] == "took me a quarter of an hour"


def test_a_form_of_the_other_service_is_sent_all_the_same_too(console: Console, visit: Visit) -> None:
    sam = visit("Sam")
    sam.page.goto(f"{JOBS}/new?type=publish-note")
    sam.page.get_by_label("Description").fill("Typed slowly")
    sam.page.get_by_label("Title").fill("Typed slowly")
    _let_token_expire(console, sam.page)
    sam.page.get_by_role("button", name="Submit the job").click()
    expect(sam.page.get_by_role("heading", name="Typed slowly")).to_be_visible()
    expect(sam.page.locator(".head-line")).to_contain_text("asked for by Sam")


def test_a_session_that_is_over_submits_nothing_and_leads_back_to_the_form(console: Console, visit: Visit) -> None:
    somebody = visit()
    somebody.page.context.add_cookies(console.cookies("Sam"))  # type: ignore[arg-type]
    somebody.page.goto(f"{JOBS}/new?type=publish-note")
    somebody.page.get_by_label("Description").fill("Far too slow")
    somebody.page.get_by_label("Title").fill("Far too slow")
    _end_session(console, somebody.page)
    _let_token_expire(console, somebody.page)
    somebody.page.get_by_role("button", name="Submit the job").click()
    expect(somebody.page).to_have_url(SIGN_IN)
    somebody.page.get_by_label("API key").fill(console.stack.keys.api_keys["submitter"])
    somebody.page.get_by_role("button", name="Sign in with this key").click()
    expect(somebody.page.get_by_role("heading", name="Submit a job")).to_be_visible()
    with console.http("submitter") as http:
        assert http.get("/api/agent-jobs", params={"q": "Far too slow"}).json()["items"] == []


def test_a_session_that_is_over_leads_to_sign_in_and_back(console: Console, visit: Visit) -> None:
    path = console.gated("Come back to this")
    cleo = visit()
    cleo.page.context.add_cookies(console.cookies("Cleo"))  # type: ignore[arg-type]
    cleo.page.goto(path)
    live(cleo.page)
    whole(cleo.page)
    _end_session(console, cleo.page)
    _let_token_expire(console, cleo.page)
    with cleo.watch.expecting("status 401"):
        cleo.page.locator("summary", has_text="Approve").click()
        cleo.page.get_by_role("button", name="Approve exactly this").click()
        expect(cleo.page).to_have_url(SIGN_IN)
    assert console.checkpoint(path)["state"] == "pending"
    cleo.page.get_by_label("API key").fill(console.stack.keys.api_keys["approver"])
    cleo.page.get_by_role("button", name="Sign in with this key").click()
    expect(cleo.page).to_have_url(re.compile(re.escape(path)))


def _let_token_expire(console: Console, page: Page) -> None:
    """Gives the browser the token that it would have had a quarter of an hour ago."""
    (cookie,) = [each for each in page.context.cookies() if each["name"] == COOKIE]
    claims = jwt.decode(cookie["value"], options={"verify_signature": False})
    key = SessionKey.read(SESSION_KEY_ID, console.stack.keys.session_key)
    now = datetime.now(UTC)
    old = key.sign(UUID(claims["sid"]), claims["sub"], now - LASTS - timedelta(seconds=1), now + timedelta(hours=1))
    page.context.add_cookies([{"name": COOKIE, "value": old, "url": console.origin, "httpOnly": True}])


def _end_session(console: Console, page: Page) -> None:
    """As when its twelve hours are over."""
    (cookie,) = [each for each in page.context.cookies() if each["name"] == COOKIE]
    claims = jwt.decode(cookie["value"], options={"verify_signature": False})
    ended = "UPDATE sessions SET ends_at = now() - interval '1 s' WHERE session_id = %s RETURNING 1"
    assert console.stack.rows(CHECKPOINT_SVC, ended, claims["sid"])
