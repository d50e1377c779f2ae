"""The README's own blocks, run as they stand in a fresh clone, and what it says beside them."""

import json
import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.e2e.terminal import DevWindow, Terminal
from tests.integration.dev.make_dev import left_running
from tests.support.requirements import lacking
from tests.support.waiting import eventually

REPOSITORY = Path(__file__).parents[2]
SENDS = re.compile(r"submit |approve |send_and_wait|-X POST")
"""A block that sends something is run once. One that looks is looked at again until there is what it looks for."""
INSTALLED_AND_READY_SECONDS, READY_SECONDS = 600, 180


@dataclass(frozen=True, slots=True)
class Block:
    """One piece of code of the README."""

    heading: str
    """Under which it stands."""
    language: str
    text: str


def blocks_of(readme: Path) -> list[Block]:
    """All that name a language, from the top."""
    found = []
    heading, inside = "", None
    for line in readme.read_text().splitlines(keepends=True):
        if inside is not None and line.startswith("```"):
            found.append(Block(heading, inside[0].strip("`\n"), "".join(inside[1:])))
            inside = None
        elif inside is not None or line.startswith("```"):
            inside = [*(inside or []), line]
        elif line.startswith("#"):
            heading = line.strip("# \n")
    return [block for block in found if block.language]


class Newcomer:
    """Somebody with a fresh clone and two terminals, who types what the README says."""

    def __init__(self, clone: Path, scratch: Path) -> None:
        self.clone = clone
        self.dev = DevWindow(clone, scratch)
        self.terminal = Terminal(clone, scratch)
        self._installed = False

    def blocks(self, heading: str) -> list[str]:
        """The shell blocks under the heading."""
        every = blocks_of(self.clone / "README.md")
        return [block.text for block in every if (block.heading, block.language) == (heading, "sh")]

    def start(self, command: str) -> None:
        """In the first terminal, where Ctrl-C ends what ran; the second one is made ready as the README says."""
        within_seconds = READY_SECONDS if self._installed else INSTALLED_AND_READY_SECONDS
        self.dev.start(command, within_seconds=within_seconds)
        self._installed = True
        self.type(self.blocks("Five minutes")[1])

    def type(self, text: str) -> str:
        """In the second terminal; what it shows."""
        if SENDS.search(text):
            ran = self.terminal.run(text)
            assert ran.ok, f"{text}\n{ran.output}"
            return ran.output
        tries = []

        def looked() -> bool:
            tries.append(self.terminal.run(text))
            return tries[-1].ok

        try:
            eventually(looked, text, within_seconds=90, every_seconds=0.2)
        except AssertionError as error:
            raise AssertionError(f"{error}\n{tries[-1].output}") from None
        return tries[-1].output

    def written(self, path: str) -> str:
        """A file of the workspace; `$job` is the job submitted last."""
        job = self.type('echo "$job"').strip()
        return (self.clone / ".sluicegate" / "workspace" / path.replace("$job", job)).read_text()


@pytest.fixture(scope="module")
def newcomer(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Newcomer]:
    """In a clone of what is committed. Its own installation shares the caches of this machine."""
    clone = tmp_path_factory.mktemp("newcomer") / "sluicegate"
    cloned = subprocess.run(
        ["git", "clone", "--quiet", str(REPOSITORY), str(clone)], capture_output=True, text=True, check=False
    )
    if cloned.returncode:
        lacking("git", cloned.stderr)
    someone = Newcomer(clone, tmp_path_factory.mktemp("typed"))
    yield someone
    someone.dev.interrupt()
    someone.terminal.close()
    for process in left_running(clone):
        process.kill()


def test_the_five_minutes_work_as_they_are_written(newcomer: Newcomer) -> None:
    make_dev, _, *blocks = newcomer.blocks("Five minutes")
    newcomer.start(make_dev)
    _, waiting, decided, read = map(newcomer.type, blocks)
    asked = json.loads((newcomer.clone / "examples/inputs/code-generation.json").read_text())["inputData"]["files"]
    assert json.loads(waiting)["files"][0]["content"] == asked[0]["content"]
    assert decided.split() == ["403", "approved"]
    assert asked[0]["content"] in read
    assert newcomer.written("jobs/$job/lib/auth.test.ts") == asked[1]["content"]

    _, waiting, read = map(newcomer.type, newcomer.blocks("The same on the command line"))
    assert "return given === expected" in waiting
    assert "timingSafeEqual(a, b)" in newcomer.written("site/lib/auth.ts")
    assert newcomer.written("site/lib/auth.ts") in read

    _, waiting = map(newcomer.type, newcomer.blocks("From Kafka"))
    assert "waiting" in waiting


def test_own_handlers_work_as_they_are_written_and_again_when_they_change(newcomer: Newcomer) -> None:
    make_dev, *blocks, test = newcomer.blocks("Your own handlers")
    assert "HANDLERS=my_jobs" in make_dev
    newcomer.start(make_dev)
    assert [*map(newcomer.type, blocks)][-1].endswith("sluicegate 1.0 is out.\n")
    assert "passed" in newcomer.type(test)

    module = newcomer.clone / "examples/own-handlers/my_jobs.py"
    module.write_text(module.read_text().replace("is out.", "has landed."))
    eventually(lambda: "worker          runs again" in newcomer.dev.screen, "the worker was started again")
    assert "my_jobs.py changed; drains and starts again" in newcomer.dev.screen
    assert [*map(newcomer.type, blocks)][-1].endswith("sluicegate 1.0 has landed.\n")

    newcomer.dev.interrupt()
    assert newcomer.dev.screen.rstrip().endswith("stopped; nothing is left running")
    assert left_running(newcomer.clone) == []


def test_the_python_that_is_shown_stands_in_the_example() -> None:
    example = REPOSITORY / "examples" / "own-handlers"
    code = "".join(file.read_text() for file in example.glob("*.py"))
    shown = [block.text for block in blocks_of(REPOSITORY / "README.md") if block.language == "python"]
    assert len(shown) == 2
    assert [text for text in shown if text not in code] == []


def test_every_file_that_is_linked_exists() -> None:
    links = re.findall(r"\]\((?!https:)([^)#]+)", (REPOSITORY / "README.md").read_text())
    assert "ARCHITECTURE.md" in links
    assert [link for link in links if not (REPOSITORY / link).exists()] == []
