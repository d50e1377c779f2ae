"""The three samples, as somebody meets them who has just run `make demo`."""

from playwright.sync_api import expect

from tests.browser.conftest import Visit
from tests.browser.console import INBOX, Console


def test_a_simple_task_informs_and_is_acknowledged_with_one_key(console: Console, visit: Visit) -> None:
    job_id = console.sample("simple-task")
    (info,) = console.infos(job_id)
    ana = visit("Ana")
    ana.page.goto(INBOX)
    group = ana.page.get_by_role("region", name="For information")
    row = group.locator(f"#row-{info['checkpointId']}")
    expect(row).to_contain_text("Simple task received")
    row.locator("a.whole").focus()
    ana.press("a")
    expect(row).to_contain_text("Acknowledged")
    with console.http("approver") as http:
        shown = http.get(f"/api/admin/agent-checkpoints/{info['checkpointId']}").json()
    assert shown["acknowledged"]["by"] == "Ana"
    assert console.stack.wait_for_job(job_id)["status"] == "succeeded"


def test_code_is_shown_as_a_difference_with_what_hides_in_it(console: Console, visit: Visit) -> None:
    path = console.waiting(console.sample("code-generation-review"))
    ana = visit("Ana", size=(1600, 900))
    ana.page.goto(path)
    head = ana.page.locator(".section-head", has=ana.page.get_by_role("heading", name="What will run"))
    for fact in ("3 files", "+20", "−3", "target", "site"):
        expect(head).to_contain_text(fact)
    expect(ana.page.locator("#exact .digest")).to_have_text(console.checkpoint(path)["payloadDigest"])
    changed, new, hiding = ana.page.locator("details.file").all()
    before, after = changed.locator("del").first, changed.locator("ins").first
    assert before.bounding_box()["x"] < after.bounding_box()["x"], "side by side where there is width"  # type: ignore[index]
    expect(new).to_contain_text("new file")
    expect(hiding.get_by_text("4 hidden characters")).to_be_visible()
    marks = hiding.locator("mark.hidden-char")
    expect(marks).to_have_text(["⟨U+202E⟩", "⟨U+2066⟩", "⟨U+2069⟩", "⟨U+2066⟩"])
    said = ana.page.get_by_role("region", name="What the agent says")
    expect(said).to_contain_text("untrusted")
    expect(said).to_contain_text("<b>without reading</b>")
    assert said.locator("b").count() == 0


def test_code_stands_in_one_column_where_there_is_no_width(console: Console, visit: Visit) -> None:
    path = console.waiting(console.sample("code-generation-review"))
    ana = visit("Ana", size=(360, 740))
    ana.page.goto(path)
    changed = ana.page.locator("details.file").first
    old, new = changed.locator("del").first.bounding_box(), changed.locator("ins").first.bounding_box()
    assert old is not None
    assert new is not None
    assert old["x"] == new["x"]
    assert ana.page.evaluate("document.documentElement.scrollWidth") <= 360


def test_data_are_shown_as_a_plan_with_a_profile_and_then_as_rows_before_and_after(
    console: Console, visit: Visit
) -> None:
    job_id = console.sample("data-processing-clean")
    ana = visit("Ana")
    ana.page.goto(console.waiting(job_id))
    main = ana.page.locator(".review-main")
    expect(main.locator(".words")).to_contain_text("Keep the rows whose “status” is not “refunded”")
    profile = main.get_by_role("table").first
    for column in ("type", "absent", "distinct", "least", "greatest"):
        expect(profile.get_by_role("columnheader", name=column)).to_be_visible()
    ana.press("a", "Control+Enter")
    expect(ana.page.locator("#outcome")).to_contain_text("The job has taken it up")
    ana.page.goto(console.waiting(job_id))
    expect(ana.page.get_by_role("heading", name="Publish orders.csv")).to_be_visible()
    expect(main.locator("tr.changed").first.locator("del")).to_be_visible()
    expect(main.locator("tr.changed").first.locator("ins")).to_be_visible()
    expect(main).to_contain_text("dropped")
    ana.press("a", "Control+Enter")
    assert console.stack.wait_for_job(job_id, "succeeded")["result"]["rows"]["before"] == 9


def test_any_other_payload_is_a_tree_whose_big_numbers_are_exact(console: Console, visit: Visit) -> None:
    path = console.gated("A tree", text="plain")
    ana = visit("Ana")
    ana.page.goto(path)
    expect(ana.page.locator(".tree")).to_contain_text("plain")
