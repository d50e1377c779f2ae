"""Bugs that the checkers must catch: what to change in a copy of the source, and which invariant that breaks."""

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SOURCES = tuple(
    ROOT / member / "src"
    for member in ("schemas", "kit", "sdk", "services/api", "services/worker", "services/checkpoint-svc")
)


@dataclass(frozen=True, slots=True)
class Edit:
    """`old`, which is in the file exactly once, becomes `new`."""

    file: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class Bug:
    """One bug, and the invariant that it breaks."""

    name: str
    breaks: str
    edits: tuple[Edit, ...]


WORKER, CHECKPOINT, API, KIT, SDK, SCHEMAS = (
    "sluicegate_worker",
    "sluicegate_checkpoint_svc",
    "sluicegate_api",
    "sluicegate_kit",
    "sluicegate",
    "sluicegate_schemas",
)


def _bug(name: str, breaks: str, *edits: tuple[str, str, str]) -> Bug:
    return Bug(name, breaks, tuple(Edit(*edit) for edit in edits))


BUGS = (
    _bug(
        "a run that goes back into the queue gets no rank",
        "G1",
        (f"{WORKER}/domain/attempts.py", "        rank=resume_rank(now, run.priority),\n", ""),
    ),
    _bug(
        "a retry counts as the same run",
        "G1",
        (f"{WORKER}/domain/controls.py", "        run=run.run + 1,\n", "        run=run.run,\n"),
    ),
    _bug(
        "a log that was made anew passes for the one that was read",
        "G9",
        (
            f"{KIT}/kafka/positions.py",
            "    return another or not state.start <= position.next_offset <= state.end\n",
            "    return False\n",
        ),
    ),
    _bug(
        "a forged signature passes",
        "G2",
        (f"{SCHEMAS}/signature.py", "        key.verify(_unb64(event.signature), event.signed.encode())\n", ""),
    ),
    _bug(
        "an edit is dropped, and the bytes that were asked about run",
        "G2",
        (f"{WORKER}/executing/journal.py", "        entry.edited,\n", "        None,\n"),
    ),
    _bug(
        "a handler is told that a rejection was an approval",
        "G2",
        (f"{WORKER}/executing/journal.py", "        entry.outcome,\n", "        Outcome.APPROVED,\n"),
        (f"{WORKER}/executing/journal.py", "JournaledDecision, Kind, ", "JournaledDecision, Kind, Outcome, "),
    ),
    _bug(
        "a second decision replaces the first",
        "G3",
        (
            f"{CHECKPOINT}/domain/deciding.py",
            "    if checkpoint.state is not State.PENDING:\n",
            "    if checkpoint.decision_id == vote.decision_id:\n",
        ),
        (
            f"{CHECKPOINT}/domain/ruling.py",
            '    assert checkpoint.state is State.PENDING, "only a pending checkpoint is settled"\n',
            "",
        ),
    ),
    _bug(
        "a step's result is not written",
        "G4",
        (f"{WORKER}/operations/attempt.py", "        rows.put(JOURNALED, entry)\n", ""),
    ),
    _bug(
        "a recorded step is executed again on replay",
        "G4",
        (f"{SDK}/replay.py", "        return entry.result\n", "        return None\n"),
    ),
    _bug(
        "an old snapshot overwrites a new one, and nobody asks again",
        "G6",
        (f"{API}/domain/job.py", "    if snapshot.seq <= job.seq:\n        return job\n", ""),
        (
            f"{API}/domain/reporting.py",
            "    return asked._replace(report_at=now + silence.patience(asked.reports)), True\n",
            "    return asked._replace(report_at=now + silence.patience(asked.reports)), False\n",
        ),
    ),
    _bug(
        "the api keeps to the run that it heard of first",
        "G6",
        (f"{API}/domain/job.py", "        run=snapshot.run,\n", ""),
    ),
    _bug(
        "an attempt without its lease may write",
        "G7",
        (
            f"{WORKER}/domain/attempts.py",
            "    if not run.held_under(lease):\n        raise StaleLease",
            "    if False:\n        raise StaleLease",
        ),
    ),
    _bug(
        "the owner of a topic skips what it can't handle",
        "G9",
        (f"{KIT}/kafka/ingest.py", "topic.owner is self._party and", "topic.owner is not self._party and"),
    ),
    _bug(
        "an event that is there after a lost commit is refused",
        "G9",
        (f"{KIT}/outbox/row.py", 'key="id", insert_only=True)', 'key="id")'),
    ),
    _bug(
        "the answer to a control is not taken for one",
        "answers",
        (
            f"{API}/operations/project_lifecycle.py",
            '                rows.answered(f"job-control:{control.control_id}")\n',
            "",
        ),
    ),
    _bug(
        "the answer to a decision is not taken for one",
        "answers",
        (f"{CHECKPOINT}/operations/follow.py", "        rows.answered(waits_for(checkpoint.decision_id))\n", ""),
    ),
)


class DoesNotApply(Exception):
    """The source has changed, and the bug must be seeded anew."""


def copy_source(folder: Path) -> None:
    """All packages that the simulation runs, side by side."""
    for source in SOURCES:
        shutil.copytree(source, folder, dirs_exist_ok=True, ignore=shutil.ignore_patterns("__pycache__", "*.egg-info"))


def seed(folder: Path, bug: Bug) -> None:
    """Put the bug into a copy of the source.

    Raises:
        DoesNotApply
    """
    for edit in bug.edits:
        path = folder / edit.file
        text = path.read_text()
        if text.count(edit.old) != 1:
            raise DoesNotApply(f"{edit.file} holds {text.count(edit.old)} times: {edit.old!r}")
        path.write_text(text.replace(edit.old, edit.new))


def simulate(folder: Path, seeds: str, until: str) -> subprocess.CompletedProcess[str]:
    """Run the simulation on a copy of the source, in a process of its own."""
    command = [sys.executable, "-m", "tests.simulation", seeds, "--source", str(folder), "--until", until]
    environment = {**os.environ, "PYTHONPATH": str(folder), "PYTHONDONTWRITEBYTECODE": "1"}
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=300, check=False)
