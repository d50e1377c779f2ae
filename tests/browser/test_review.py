"""A change is read, edited, approved or rejected, and its job goes on."""

import re

from playwright.sync_api import expect

from tests.browser.conftest import Visit
from tests.browser.console import INBOX, Console
from tests.browser.waits import live


def test_a_code_change_is_read_as_a_diff_edited_approved_and_done(console: Console, visit: Visit) -> None:
    target = "site-edited"
    job_id = console.submit(
        "code-generation",
        {"target": target, "files": [{"path": "hello.ts", "content": 'export const hello = "wrld";\n'}]},
        priority=8,
    )
    console.waiting(job_id)
    ana = visit("Ana")
    ana.page.goto(f"{INBOX}?jobId={job_id}")
    ana.page.get_by_role("link", name=f"Write 1 file to {target}").click()

    expect(ana.page.locator(".files")).to_contain_text('export const hello = "wrld";')
    expect(ana.page.locator(".files")).to_contain_text("new file")
    ana.press("e")
    field = ana.page.get_by_label("hello.ts")
    field.fill(field.input_value().replace("wrld", "world"))
    ana.page.get_by_role("button", name="See what changes").click()
    expect(ana.page.get_by_role("heading", name="What your edit changes")).to_be_visible()
    expect(ana.page.locator("main")).to_contain_text('export const hello = "world";')
    ana.page.get_by_role("button", name="Approve the edited payload").click()

    expect(ana.page.locator("#outcome")).to_contain_text("Ana approved an edited payload")
    expect(ana.page.locator("#outcome")).to_contain_text("The job has taken it up")
    job = console.stack.wait_for_job(job_id, "succeeded")
    assert job["result"]["edited"] is True
    written = console.stack.workspace / target / "hello.ts"
    assert written.read_text() == 'export const hello = "world";\n'
    ana.page.get_by_role("link", name="what was changed").click()
    expect(ana.page.locator("main")).to_contain_text("wrld")


def test_a_rejection_has_a_reason_and_ends_the_job(console: Console, visit: Visit) -> None:
    job_id = console.submit("publish-note", {"title": "Publish the secret"})
    ben = visit("Ben")
    ben.page.goto(console.waiting(job_id))
    ben.page.locator("summary", has_text="Reject").click()
    send = ben.page.locator("#decide form", has=ben.page.get_by_label("Why")).get_by_role("button")
    send.click()
    assert ben.page.get_by_label("Why").evaluate("(field) => field.validity.valueMissing")
    assert console.checkpoint(ben.page.url.removeprefix(console.origin))["state"] == "pending"
    ben.page.get_by_label("Why").fill("Nobody may know.\nNot even me.")
    send.click()
    expect(ben.page.locator("#outcome")).to_contain_text("Ben rejected this")
    expect(ben.page.locator("#outcome .reason")).to_have_text("Nobody may know.\nNot even me.")
    assert console.stack.wait_for_job(job_id, "rejected")["status"] == "rejected"


def test_people_talk_about_a_checkpoint_and_see_each_other_at_once(console: Console, visit: Visit) -> None:
    path = console.gated("Is this ours?")
    ana, ben = visit("Ana"), visit("Ben")
    for each in (ana, ben):
        each.page.goto(path)
        live(each.page)
    ana.press("c")
    ana.page.keyboard.type("Ben, is this ours?")
    ana.press("Control+Enter")
    expect(ben.page.locator("#said .comment")).to_have_text(re.compile("Ana.*Ben, is this ours\\?", re.S))
    ben.page.get_by_placeholder("Say something about it").fill("Yes.")
    ben.page.get_by_role("button", name="Comment").click()
    expect(ana.page.locator("#said .comment")).to_have_count(2)
    assert [each["text"] for each in console.checkpoint(path)["timeline"] if each["event"] == "commented"] == [
        "Ben, is this ours?",
        "Yes.",
    ]


def test_the_exact_payload_is_one_key_away(console: Console, visit: Visit) -> None:
    path = console.gated("Exactly this", text="9007199254740993 > 9007199254740992")
    ben = visit("Ben")
    ben.page.goto(path)
    ben.press("y")
    expect(ben.page.locator("#exact pre")).to_have_text('{"text":"9007199254740993 > 9007199254740992"}')
    expect(ben.page.locator("#exact .digest")).to_have_text(console.checkpoint(path)["payloadDigest"])
