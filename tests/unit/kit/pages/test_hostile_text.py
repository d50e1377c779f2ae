"""Text of the corpus stands on a page as text: nothing of it is markup, and what would hide in it is seen."""

import re
from html.parser import HTMLParser

import pytest

from sluicegate_kit.pages import visible
from tests.support.corpus import TextEntry, text_entries

ENTRIES = text_entries()
_MARK = re.compile(r"⟨(U\+[0-9A-F]{4,6})⟩")


class Page(HTMLParser):
    """What a browser makes of a piece of HTML: its elements, the text in all, the text in each kind of mark."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: set[str] = set()
        self.text = ""
        self.lookalikes = ""
        self.hidden: list[str] = []
        self._inside = ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.add(tag)
        self._inside = dict(attrs).get("class") or ""

    def handle_endtag(self, tag: str) -> None:
        self._inside = ""

    def handle_comment(self, data: str) -> None:
        self.elements.add("comment")

    def handle_decl(self, decl: str) -> None:
        self.elements.add("declaration")

    def handle_data(self, data: str) -> None:
        self.text += data
        if self._inside == "lookalike":
            self.lookalikes += data
        if self._inside == "hidden-char":
            self.hidden += _MARK.findall(data)


@pytest.mark.parametrize("entry", ENTRIES, ids=[f"{entry.file}: {entry.name}" for entry in ENTRIES])
def test_text_of_strangers_is_inert_and_visible(entry: TextEntry) -> None:
    page = Page(str(visible.block(entry.text)))
    assert page.elements <= {"mark"}
    assert tuple(page.hidden) == entry.marks
    assert page.lookalikes == entry.lookalikes
    assert entry.sees in page.text
    assert _written_back(page.text) == entry.text


@pytest.mark.parametrize("entry", ENTRIES, ids=[f"{entry.file}: {entry.name}" for entry in ENTRIES])
def test_on_one_line_its_ends_of_lines_are_seen_too(entry: TextEntry) -> None:
    page = Page(str(visible.line(entry.text)))
    assert page.elements <= {"bdi", "mark"}
    assert "\n" not in page.text
    assert page.hidden.count("U+000A") == entry.text.count("\n")
    assert _written_back(page.text) == entry.text


def _written_back(text: str) -> str:
    return _MARK.sub(lambda mark: chr(int(mark[1][2:], 16)), text)
