"""The corpus of hostile text, wherever somebody looks at it: it runs nothing, and nothing of it hides."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Visit
from tests.browser.console import INBOX, Console
from tests.support.corpus import TextEntry, text_entries

SHORT = [entry for entry in text_entries() if 0 < len(entry.text) <= 200]
LONG = [entry for entry in text_entries() if len(entry.text) > 5_000]


def elements(page: Page) -> dict[str, int]:
    """How many of each element there are that hostile text could add."""
    found: dict[str, int] = page.evaluate(
        """() => Object.fromEntries(['script', 'style', 'link', 'meta', 'base', 'img', 'iframe', 'object', 'embed',
            'math', 'form', 'input', 'button', 'b', 'details', 'svg:not([aria-hidden])', '[style]']
          .map((name) => [name, document.querySelectorAll(name).length]))"""
    )
    return found


def everything(entries: list[TextEntry]) -> dict[str, Any]:
    """A payload with a file for each text, named by a number."""
    return {"files": [{"path": f"{number}.txt", "content": entry.text} for number, entry in enumerate(entries)]}


@pytest.mark.parametrize("script", [True, False], ids=["with script", "without"])
def test_a_review_of_all_of_it(console: Console, visit: Visit, script: bool) -> None:
    calm, wild = (
        console.waiting(console.submit("many-files", {"title": title, **everything(entries), "words": words}))
        for title, entries, words in (
            ("calm", [TextEntry("", "", "a", (), "", "") for _ in SHORT], "a"),
            ("<svg/onload=document.title='owned'>", SHORT, "\n".join(entry.text for entry in SHORT)),
        )
    )
    ana = visit("Ana", script=script)
    ana.page.on("dialog", lambda dialog: pytest.fail(dialog.message))
    if script:
        timeline = ana.page.locator(".job-timeline")
        ana.page.goto(calm)
        expect(timeline).to_contain_text("Waits for a decision")
        usual = elements(ana.page)
        ana.page.goto(wild)
        expect(timeline).to_contain_text("Waits for a decision")
        assert elements(ana.page) == usual
        names = "[...document.querySelectorAll('*')].flatMap((one) => one.getAttributeNames())"
        assert not [name for name in ana.page.evaluate(names) if name.startswith("on")]
        ana.page.evaluate("for (const fold of document.querySelectorAll('details.file')) fold.open = true")
        expect(ana.page.get_by_role("link", name="Show this file")).to_have_count(0)
        assert "owned" not in ana.page.title().replace("document.title='owned'", "")
    else:
        ana.page.goto(wild)
    drawn = [number for number in range(len(SHORT)) if ana.page.locator(f"#file-{number} .diff").count()]
    assert len(drawn) == len(SHORT) if script else len(drawn) > 1
    for number in drawn:
        entry, file = SHORT[number], ana.page.locator(f"#file-{number}")
        assert file.locator("mark.hidden-char").all_inner_texts() == [f"⟨{mark}⟩" for mark in entry.marks], entry.name
        assert "".join(file.locator("mark.lookalike").all_inner_texts()) == entry.lookalikes, entry.name
        for piece in entry.sees.split("\n"):
            assert piece in _text(file.locator(".diff")), entry.name


def test_titles_in_the_inbox_and_everything_in_the_discussion(console: Console, visit: Visit) -> None:
    titles = [entry for entry in SHORT if entry.file in ("markup", "hidden")][:12]
    paths = [console.gated(f"hostile {entry.text}"[:200]) for entry in titles]
    ana = visit("Ana")
    ana.page.on("dialog", lambda dialog: pytest.fail(dialog.message))
    ana.page.goto(f"{INBOX}?q=hostile")
    expect(ana.page.locator("tbody [data-row]")).to_have_count(len(titles))
    shown = ana.page.locator("tbody a.whole").all_inner_texts()
    for entry in titles:
        assert any(entry.sees in text for text in shown), entry.name
        assert all(any(mark in text for text in shown) for mark in entry.marks), entry.name
    ana.page.goto(paths[0])
    ana.page.get_by_placeholder("Say something about it").fill(
        "<img src=x onerror=\"document.title='owned'\">\u202eabc"
    )
    ana.page.get_by_role("button", name="Comment").click()
    expect(ana.page.locator("#said .comment")).to_contain_text("<img src=x onerror=")
    expect(ana.page.locator("#said mark.hidden-char")).to_have_text(["⟨U+202E⟩"])
    ana.page.locator("summary", has_text="Reject").click()
    ana.page.get_by_label("Why").fill("</textarea><script>document.title='owned'</script>")
    ana.press("Control+Enter")
    expect(ana.page.locator("#outcome .reason")).to_have_text("</textarea><script>document.title='owned'</script>")
    assert "owned" not in ana.page.title()


@pytest.mark.parametrize("entry", LONG, ids=lambda entry: entry.name)
def test_a_text_that_is_too_long_stays_in_its_place(console: Console, visit: Visit, entry: TextEntry) -> None:
    path = console.waiting(console.submit("many-files", {"title": "Long", **everything([entry]), "words": "a"}))
    ana = visit("Ana")
    ana.page.goto(path)
    expect(ana.page.get_by_role("heading", name="Long")).to_be_visible()
    assert ana.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert ana.page.evaluate("document.querySelectorAll('*').length") < 20_000
    expect(ana.page.locator("summary", has_text="Approve")).to_be_visible()


def _text(place: Any) -> str:
    return str(place.evaluate("(node) => node.textContent"))
