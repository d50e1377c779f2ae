"""Text from strangers is inert on a page, and nothing in it hides."""

import html
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sluicegate_kit.pages import visible
from sluicegate_schemas.misleading import misleads

MARK = re.compile(r'<mark class="[a-z-]+" title="[^"<>]*">([^<]*)</mark>')
SHOWN = re.compile(r"⟨U\+([0-9A-F]{4,6})⟩")
TEXTS = st.text(
    st.one_of(st.characters(codec="utf-8"), st.sampled_from("ab <>&\"'\n\t\r\u202e\u200b\x1bа́\u0301Ж")), max_size=40
)


def text_of(markup: str) -> str:
    """What the markup shows, its numbers turned back into characters."""
    bare = html.unescape(MARK.sub(r"\1", markup.removeprefix("<bdi>").removesuffix("</bdi>")))
    return SHOWN.sub(lambda found: chr(int(found[1], 16)), bare)


@given(TEXTS.filter(lambda text: SHOWN.search(text) is None))
def test_a_line_shows_all_of_the_text_and_nothing_that_misleads(text: str) -> None:
    markup = str(visible.line(text))
    assert text_of(markup) == text
    assert not any(misleads(character) for character in markup)


@given(TEXTS.filter(lambda text: SHOWN.search(text) is None))
def test_a_block_keeps_ends_of_lines_and_tabs_alone(text: str) -> None:
    markup = str(visible.block(text))
    assert text_of(markup) == text
    assert not any(misleads(character) for character in markup if character not in "\n\t")


@given(TEXTS)
def test_no_markup_comes_from_the_text(text: str) -> None:
    outside = MARK.sub("", str(visible.line(text)))
    assert "<" not in outside.removeprefix("<bdi>").removesuffix("</bdi>")


@given(TEXTS)
def test_plain_text_has_nothing_to_hide_either(text: str) -> None:
    assert not any(misleads(character) for character in visible.plain(text))


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a\u202eb", '<bdi>a<mark class="hidden-char" title="right-to-left override">⟨U+202E⟩</mark>b</bdi>'),
        ("\x1b[31m", '<bdi><mark class="hidden-char" title="escape">⟨U+001B⟩</mark>[31m</bdi>'),
        ("<b>&</b>", "<bdi>&lt;b&gt;&amp;&lt;/b&gt;</bdi>"),
        ("{{7*7}} [x](javascript:y)", "<bdi>{{7*7}} [x](javascript:y)</bdi>"),
        ("Grüße, 世界", "<bdi>Grüße, 世界</bdi>"),
    ],
)
def test_what_each_looks_like(text: str, shown: str) -> None:
    assert visible.line(text) == shown


def test_a_letter_that_passes_for_a_latin_one_is_marked() -> None:
    assert visible.line("p\u0430ypal") == (
        '<bdi>p<mark class="lookalike" title="U+0430 cyrillic small letter a">\u0430</mark>ypal</bdi>'
    )


@pytest.mark.parametrize("text", ["привет", "λόγος", "Moskau Москва", "5 µs"])
def test_a_word_in_one_alphabet_is_not(text: str) -> None:
    assert visible.line(text) == f"<bdi>{text}</bdi>"


def test_accents_that_would_climb_into_other_lines_are_told_by_their_numbers() -> None:
    assert "⟨U+0301⟩" in visible.block("a" + "\u0301" * 5)
    assert visible.block("a\u0301\u0302") == "a\u0301\u0302"


@pytest.mark.parametrize(
    ("text", "count"),
    [("plain\n\ttext", 0), ("a\x00b\x1b", 2), ("\u202e\u200b\n", 2), ("p\u0430ypal", 1), ("é" * 9, 0)],
)
def test_places_are_counted(text: str, count: int) -> None:
    assert visible.count(text) == count
