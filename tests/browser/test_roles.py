"""Everybody sees the pages and the forms that are theirs, and no others."""

import pytest
from playwright.sync_api import expect

from sluicegate_kit.access.roles import Role
from sluicegate_kit.access.table import shipped
from sluicegate_kit.pages.navigation import shipped as navigation
from tests.browser.conftest import Visit
from tests.browser.console import INBOX, ROLES, Console


@pytest.mark.parametrize("name", ROLES)
def test_the_menu_has_the_pages_that_open(console: Console, visit: Visit, name: str) -> None:
    roles = {Role(role) for role in ROLES[name]}
    theirs = [entry.title for entry in navigation() if shipped().row(entry.service, "GET", entry.path).roles & roles]
    somebody = visit(name)
    somebody.page.goto(INBOX)
    assert somebody.page.locator(".tabs a").all_inner_texts() == theirs


@pytest.mark.parametrize("name", ["Vic", "Sam", "Olga"])
def test_who_may_not_decide_sees_no_form_to_decide(console: Console, visit: Visit, name: str) -> None:
    path = console.gated(f"Not for {name}")
    somebody = visit(name)
    somebody.page.goto(f"{INBOX}?q=Not+for")
    expect(somebody.page.get_by_role("checkbox")).to_have_count(0)
    expect(somebody.page.get_by_role("button", name="Approve…")).to_have_count(0)
    somebody.page.goto(path)
    expect(somebody.page.get_by_role("heading", name=f"Not for {name}")).to_be_visible()
    expect(somebody.page.locator("#decide form")).to_have_count(0)
    expect(somebody.page.get_by_role("link", name="Edit, then approve")).to_have_count(0)
    somebody.press("a", "r", "e")
    assert console.checkpoint(path)["state"] == "pending"


def test_a_viewer_sees_no_forms_at_all(console: Console, visit: Visit) -> None:
    path = console.gated("Only looking")
    vic = visit("Vic")
    for page in (INBOX, path):
        vic.page.goto(page)
        actions = vic.page.locator("main form[method=post]")
        expect(actions).to_have_count(0)


@pytest.mark.parametrize("last", ["0193e000-0000-7000-8000-00000000dead", "nonsense"])
def test_what_is_not_there_is_said_in_a_page(visit: Visit, last: str) -> None:
    ana = visit("Ana")
    with ana.watch.expecting("status 404"):
        ana.page.goto(f"{INBOX}/{last}")
    expect(ana.page.get_by_role("heading")).to_be_visible()
    expect(ana.page.locator(".tabs")).to_be_visible()


def test_a_page_that_is_not_theirs_says_which_role_it_takes(visit: Visit) -> None:
    vic = visit("Vic")
    with vic.watch.expecting("status 403"):
        vic.page.goto(f"{INBOX}/0193e000-0000-7000-8000-00000000dead/edit")
    expect(vic.page.locator("main")).to_contain_text("approver")
