"""Text from strangers can't steer a terminal, or hide from a reviewer."""

import json
import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sluicegate.cli import payload_view, terminal_safe
from sluicegate_schemas.misleading import misleads
from tests.support.corpus import TextEntry, text_entries
from tests.support.http_api import CHECKPOINT_ID, api, job, ok, shown_checkpoint
from tests.unit.cli.command_line import against

HOSTILE = "safe\x1b[2J\x9b31m\u202eevil\u200b\u2066\rover\x00\u00a0\U000e0041\ufe0f\u3164[red]:smile:"


@given(st.text(st.characters(codec="utf-8")))
def test_a_line_holds_no_control_format_or_line_break(text: str) -> None:
    shown = terminal_safe.line(text)
    assert not any(unicodedata.category(character) in ("Cc", "Cf", "Zl", "Zp", "Cs") for character in shown)


@given(st.text(st.characters(codec="utf-8")))
def test_a_block_keeps_its_lines_and_tabs_only(text: str) -> None:
    shown = terminal_safe.block(text)
    assert shown.count("\n") == text.count("\n")
    assert terminal_safe.line(shown.replace("\n", "").replace("\t", "")) == shown.replace("\n", "").replace("\t", "")


def test_plain_text_stays_as_it_is() -> None:
    assert terminal_safe.line("Grüße, 世界! [x] \\n {}") == "Grüße, 世界! [x] \\n {}"


@pytest.mark.parametrize("character", ["\x1b", "\x9b", "\u202e", "\u2066", "\u200d", "\u00a0", "\u3164", "\U000e0041"])
def test_what_a_terminal_would_obey_or_hide_is_named(character: str) -> None:
    assert terminal_safe.line(character) == f"⟨U+{ord(character):04X}⟩"


def _is_clean(printed: str) -> bool:
    return terminal_safe.block(printed) == printed


@pytest.mark.parametrize("form", ["table", "json"])
def test_a_hostile_job_prints_clean(form: str) -> None:
    hostile = job(
        "failed",
        taskDescription=HOSTILE,
        requestedBy=HOSTILE,
        tags=[HOSTILE],
        result={HOSTILE: [HOSTILE, {"x": HOSTILE + "\n" + HOSTILE}]},
        error={"type": HOSTILE, "message": HOSTILE, "retryable": False},
    )
    listed = ok({"items": [hostile], "nextCursor": None})
    for command in (["jobs", "list"], ["jobs", "watch", "job-1"], ["jobs", "show", "job-1"]):
        answers = [listed] if command[1] == "list" else [ok(hostile), ok({"items": [], "nextCursor": None})]
        printed = against(api(*answers)).run(*command, "-o", form).stdout
        assert "safe" in printed
        assert _is_clean(printed), command


def test_a_hostile_checkpoint_is_reviewed_clean() -> None:
    hostile = shown_checkpoint(
        {"files": [{"path": HOSTILE, "content": f"{HOSTILE}\n{HOSTILE}"}]}, title=HOSTILE, requestedBy=HOSTILE
    ) | {"description": HOSTILE}
    done = against(api(ok(hostile, etag='"e"'))).run("checkpoints", "approve", CHECKPOINT_ID, typed="n\n")
    assert "[red]:smile:" in done.stderr
    assert _is_clean(done.stderr)


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(st.characters(codec="utf-8"), max_size=8),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
        max_leaves=8,
    )
)
def test_any_payload_is_laid_out_clean(value: object) -> None:
    for line in payload_view.lines(json.loads(json.dumps(value))):
        assert terminal_safe.line(line) == line


def test_text_of_several_lines_cannot_pass_as_structure() -> None:
    lines = list(payload_view.lines({"content": 'x\n"path": "/etc/passwd"', "path": "a"}))
    assert lines == ['"content":', "  │ x", '  │ "path": "/etc/passwd"', '"path": "a"']


@pytest.mark.parametrize("entry", text_entries(), ids=lambda entry: f"{entry.file}: {entry.name}")
def test_the_corpus_is_printed_clean_and_can_be_seen(entry: TextEntry) -> None:
    shown = terminal_safe.block(entry.text)
    named = [mark for mark in entry.marks if misleads(chr(int(mark[2:], 16)))]
    assert _is_clean(shown)
    assert re.findall(r"⟨(U\+[0-9A-F]+)⟩", shown) == named
    assert entry.sees in shown
