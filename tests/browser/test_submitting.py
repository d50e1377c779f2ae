"""A job is submitted by a form that is made from the schema of its input."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Visit
from tests.browser.console import JOBS, Console

NEW = f"{JOBS}/new"


@pytest.mark.parametrize("script", [True, False], ids=["with script", "without"])
def test_fields_are_filled_in_mended_and_submitted(console: Console, visit: Visit, script: bool) -> None:
    sam = visit("Sam", script=script)
    sam.page.goto(JOBS)
    sam.page.get_by_role("link", name="Submit a job").click()
    sam.page.get_by_role("link", name="long-work").click()
    steps = sam.page.get_by_label("Steps")
    expect(steps).to_have_value("3")
    expect(sam.page.get_by_text("1 to 20")).to_be_visible()
    attempts = sam.page.get_by_label("Attempts")
    steps.fill("21")
    attempts.fill("1000")
    with sam.watch.expecting("status 422"):
        sam.page.get_by_role("button", name="Submit the job").click()
        expect(sam.page.get_by_role("alert")).to_contain_text("Nothing was submitted: 4 things have to be mended")
    description, until = sam.page.get_by_label("Description"), sam.page.get_by_label("Until")
    for field in (description, until, steps, attempts):
        expect(field).to_have_attribute("aria-invalid", "true")
    description.fill("Until there is a file")
    until.fill("/")
    attempts.fill("1")
    steps.fill("many")
    with sam.watch.expecting("status 422"):
        sam.page.get_by_role("button", name="Submit the job").click()
        expect(description).not_to_have_attribute("aria-invalid", "true")
    expect(steps).to_have_attribute("aria-invalid", "true")
    expect(steps).to_have_value("many")
    steps.fill("2")
    sam.page.get_by_role("button", name="Submit the job").click()
    expect(sam.page.get_by_role("heading", name="Until there is a file")).to_be_visible()
    job_id = sam.page.url.rpartition("/")[2]
    job = console.stack.wait_for_job(job_id, "succeeded")
    assert (job["inputData"], job["maxAttempts"]) == ({"until": "/", "steps": 2}, 1)
    assert job["requestedBy"] == "Sam"


def test_a_list_grows_and_shrinks_and_the_input_is_text_when_somebody_wants_it(console: Console, visit: Visit) -> None:
    sam = visit("Sam")
    sam.page.goto(f"{NEW}?type=many-files")
    sam.page.get_by_label("Description").fill("Two files")
    sam.page.get_by_label("Title").fill("Two files")
    sam.page.get_by_label("Words").fill("They are short.")
    for many in (2, 3):
        sam.page.get_by_role("button", name="Add to Files").click()
        expect(sam.page.get_by_label("Path")).to_have_count(many)
    for number, (path, content) in enumerate((("a.txt", "eins"), ("b.txt", "zwei"), ("c.txt", "drei"))):
        sam.page.get_by_label("Path").nth(number).fill(path)
        sam.page.get_by_label("Content").nth(number).fill(content)
    sam.page.get_by_role("button", name="Remove File 2").click()
    expect(sam.page.get_by_label("Path")).to_have_count(2)
    sam.page.get_by_role("button", name="As JSON text").click()
    text = sam.page.get_by_role("textbox", name="Input")
    expect(text).to_have_value(re.compile(r'"path": "c.txt"'))
    expect(text).not_to_have_value(re.compile("b.txt"))
    text.fill(text.input_value().replace("drei", "9007199254740993"))
    sam.page.get_by_role("button", name="As fields").click()
    expect(sam.page.get_by_label("Content").nth(1)).to_have_value("9007199254740993")
    sam.page.get_by_label("Description").focus()
    sam.press("Control+Enter")
    expect(sam.page.get_by_role("heading", name="Two files")).to_be_visible()
    sent = console.stack.job(sam.page.url.rpartition("/")[2])
    assert sent is not None
    assert [file["path"] for file in sent["inputData"]["files"]] == ["a.txt", "c.txt"]


def test_another_like_it_is_filled_in_as_that_was(console: Console, visit: Visit) -> None:
    first = console.submit("publish-note", {"title": "Once", "risk": "high"}, taskDescription="Once", priority=8)
    sam = visit("Sam")
    sam.page.goto(f"{JOBS}/{first}")
    sam.press("s")
    expect(sam.page.get_by_label("Description")).to_have_value("Once")
    expect(sam.page.get_by_label("Title")).to_have_value("Once")
    expect(sam.page.get_by_label("Risk")).to_have_value('"high"')
    expect(sam.page.get_by_label("Priority")).to_have_value("8")
    sam.page.get_by_label("Title").fill("Twice")
    sam.page.get_by_role("button", name="Submit the job").click()
    expect(sam.page.get_by_role("heading", name="Once")).to_be_visible()
    second = console.stack.job(sam.page.url.rpartition("/")[2])
    assert second is not None
    assert second["jobId"] != first
    assert (second["inputData"]["title"], second["inputData"]["risk"], second["priority"]) == ("Twice", "high", 8)


def test_a_type_that_nobody_has_declared_takes_any_json_and_says_so(visit: Visit) -> None:
    sam = visit("Sam")
    sam.page.goto(NEW)
    sam.page.get_by_label("Another type").fill("paint-fence")
    sam.page.get_by_role("button", name="Go on").click()
    expect(sam.page.locator("main")).to_contain_text("No worker has declared this type")
    sam.page.get_by_label("Description").fill("A fence")
    sam.page.get_by_role("textbox", name="Input").fill('{"colour": ')
    with sam.watch.expecting("status 422"):
        sam.page.get_by_role("button", name="Submit the job").click()
        expect(sam.page.get_by_role("textbox", name="Input")).to_have_attribute("aria-invalid", "true")
    expect(sam.page.get_by_role("textbox", name="Input")).to_have_value('{"colour": ')


def test_who_may_not_submit_is_not_offered_to(visit: Visit) -> None:
    vic = visit("Vic")
    vic.page.goto(JOBS)
    expect(vic.page.get_by_role("link", name="Submit a job")).to_have_count(0)
    with vic.watch.expecting("status 403"):
        vic.page.goto(NEW)
    expect(vic.page.locator("main")).to_contain_text("submitter")
