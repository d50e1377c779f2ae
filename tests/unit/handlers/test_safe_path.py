"""Paths from a job's input."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sluicegate_handlers.errors import UnsafePath
from sluicegate_handlers.safe_path import job_folder, join, parse, refuse_overlaps

HOSTILE = [
    "",
    "/",
    "/etc/passwd",
    "//etc/passwd",
    "..",
    "../x",
    "a/../../x",
    "a/..",
    ".",
    "./a",
    "a/./b",
    "a//b",
    "a/",
    "a\\b",
    "..\\x",
    "C:\\x",
    "a\0b",
    "a\nb",
    "a\x1b[31mb",
    "a\u202eb",
    "a\u200bb",
    "\ud800",
    "x" * 256,
    "é" * 128,
    "/".join(["x" * 100] * 11),
]


@pytest.mark.parametrize("text", HOSTILE)
def test_a_path_that_could_lead_elsewhere_is_refused(text: str) -> None:
    with pytest.raises(UnsafePath):
        parse(text)


@pytest.mark.parametrize(
    "text", ["a", "lib/auth.ts", "a b/ü.txt", "..a", "a..", "...", ".hidden", "é" * 127, "-rf", "~"]
)
def test_a_plain_path_is_taken_apart_and_put_together_again(text: str) -> None:
    assert join(parse(text)) == text


@given(st.text(alphabet=st.sampled_from("a./\\\0~ .."), max_size=12))
def test_whatever_is_accepted_stays_below_its_folder(text: str) -> None:
    try:
        parts = parse(text)
    except UnsafePath:
        return
    assert parts
    assert all(part not in ("", ".", "..") and "/" not in part and "\0" not in part for part in parts)


def test_every_job_has_a_folder_of_its_own_whatever_its_id_is() -> None:
    ids = ["a", ".", "..", "_.", "_..", "...", "_a", "__a", ".a", "a:b"]
    folders = [job_folder(job_id) for job_id in ids]
    assert len(set(folders)) == len(ids)
    for folder in folders:
        assert parse(join(folder)) == folder


@pytest.mark.parametrize("paths", [["a", "a"], ["a", "a/b"], ["a/b/c", "a/b"]])
def test_files_that_cannot_stand_together_are_refused(paths: list[str]) -> None:
    with pytest.raises(UnsafePath):
        refuse_overlaps([parse(path) for path in paths])


def test_files_side_by_side_are_fine() -> None:
    refuse_overlaps([parse(path) for path in ("a/b", "a/c", "ab", "b/a")])
