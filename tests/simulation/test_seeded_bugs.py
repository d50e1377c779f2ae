"""A check that can't fail is a defect: each bug, put into a copy of the source, is caught by its own invariant."""

from pathlib import Path

import pytest

from tests.simulation.seeded_bugs import BUGS, Bug, copy_source, seed, simulate
from tests.witness.invariants import INVARIANTS

SEEDS = "1-60"
SEEDS_WITHOUT_A_BUG = "1-10"
NAMES = [bug.name for bug in BUGS]


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy without a bug."""
    folder = tmp_path_factory.mktemp("source")
    copy_source(folder)
    return folder


def test_every_invariant_has_a_bug_that_breaks_it() -> None:
    assert {bug.breaks for bug in BUGS} == set(INVARIANTS)


@pytest.mark.parametrize("bug", BUGS, ids=NAMES)
def test_the_bug_still_fits_the_source(bug: Bug, tmp_path: Path) -> None:
    copy_source(tmp_path)
    seed(tmp_path, bug)
    for edit in bug.edits:
        compile((tmp_path / edit.file).read_text(), edit.file, "exec")


@pytest.mark.parametrize("bug", BUGS, ids=NAMES)
def test_the_bug_is_caught(bug: Bug, tmp_path: Path) -> None:
    copy_source(tmp_path)
    seed(tmp_path, bug)
    result = simulate(tmp_path, SEEDS, until=bug.breaks)
    assert f": {bug.breaks}: " in result.stdout, result.stdout[-2000:] + result.stderr[-2000:]


def test_the_copy_without_a_bug_breaks_nothing(source: Path) -> None:
    result = simulate(source, SEEDS_WITHOUT_A_BUG, until="nothing")
    assert (result.returncode, result.stdout) == (0, ""), result.stdout[-2000:] + result.stderr[-2000:]
