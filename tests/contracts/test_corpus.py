"""The corpus of bad input is well formed, large enough, and asks for nothing that can't be."""

from collections import Counter

from tests.support.corpus import http_entries, text_entries

HTTP, TEXT = http_entries(), text_entries()
LEAST = 150


def test_it_is_large_enough() -> None:
    assert len(HTTP) >= LEAST
    assert len(HTTP) + len(TEXT) >= 2 * LEAST


def test_no_two_entries_of_a_file_have_one_name() -> None:
    names = Counter([(entry.file, entry.name) for entry in HTTP] + [(entry.file, entry.name) for entry in TEXT])
    assert [name for name, times in names.items() if times > 1] == []


def test_nothing_that_a_caller_sends_may_be_the_service_s_fault() -> None:
    assert [entry.name for entry in HTTP if entry.status >= 500] == []


def test_every_refusal_names_its_problem_and_every_success_something_to_look_for() -> None:
    assert [entry.name for entry in HTTP if not (entry.problem if entry.status >= 400 else entry.keeps)] == []


def test_what_is_to_be_seen_of_a_text_is_in_it() -> None:
    for entry in TEXT:
        assert entry.sees in entry.text, entry.name
        assert all(chr(int(mark[2:], 16)) in entry.text for mark in entry.marks), entry.name
        assert all(letter in entry.text for letter in entry.lookalikes), entry.name
