"""kill -9 of each service at every named crash point of the main path, with 20 jobs of every fate under way.

Only the victim serves its part until it is dead; then another replica finishes what it left, and every guarantee is
checked on all that has happened so far.
"""

import re
import signal
from pathlib import Path
from threading import Thread

import pytest

from sluicegate_dev.services import API, CHECKPOINT_SVC, WORKER, Service
from tests.e2e.conftest import TownFactory
from tests.e2e.town import REPOSITORY, Town

JOBS = 20

SWEEP = [
    (API, "write_loop.before_commit", 8),
    (API, "write_loop.after_commit", 8),
    (API, "ingest.after_commit", 4),
    (CHECKPOINT_SVC, "write_loop.before_commit", 6),
    (CHECKPOINT_SVC, "write_loop.after_commit", 6),
    (CHECKPOINT_SVC, "ingest.after_commit", 2),
    (WORKER, "write_loop.before_commit", 10),
    (WORKER, "write_loop.after_commit", 10),
    (WORKER, "ingest.after_commit", 5),
    (WORKER, "relay.before_delete", 3),
    (WORKER, "worker.claim.after_commit", 4),
    (WORKER, "worker.step.before_record", 12),
    (WORKER, "worker.step.after_record", 12),
    (WORKER, "worker.suspend.after_commit", 5),
    (WORKER, "worker.resume.before_handler", 3),
    (WORKER, "worker.finish.before_record", 3),
    (WORKER, "worker.finish.after_commit", 3),
    (WORKER, "handler.before_effect", 2),
]
"""Whom to kill, where, and at which hit of the point: late enough that jobs are in mixed states."""


@pytest.fixture(scope="module")
def town(make_town: TownFactory) -> Town:
    return make_town(SLUICEGATE_LEASE_SECONDS="2")


def test_every_crash_point_in_the_source_is_swept() -> None:
    sources = [file for folder in ("kit", "services") for file in (REPOSITORY / folder).rglob("src/**/*.py")]
    named = {name for file in sources for name in re.findall(r'crash_point\("([^"]+)"\)', file.read_text())}
    assert named == {point for _, point, _ in SWEEP if not point.startswith("handler.")}


@pytest.mark.parametrize(
    ("service", "point", "hit"), SWEEP, ids=[f"{service.name}-{point}" for service, point, _ in SWEEP]
)
def test_a_kill_there_loses_nothing_and_repeats_nothing(
    town: Town, service: Service, point: str, hit: int, tmp_path: Path
) -> None:
    kill_at(town, service, point, hit, tmp_path)


@pytest.mark.sweep
@pytest.mark.parametrize("hit", [1, 2, 5])
@pytest.mark.parametrize(("service", "point"), [(service, point) for service, point, _ in SWEEP])
def test_a_kill_at_another_moment_neither(town: Town, service: Service, point: str, hit: int, tmp_path: Path) -> None:
    kill_at(town, service, point, hit, tmp_path)


def kill_at(town: Town, service: Service, point: str, hit: int, tmp_path: Path) -> None:
    """Let the victim die at the hit-th time that it reaches the point, then see that everything ends right."""
    marker = tmp_path / "reached"
    replicas = town.stack.replicas[service.name]
    victim, others = replicas[0], replicas[1:]
    for replica in replicas:
        replica.kill()
    victim.start(SLUICEGATE_CRASH_POINT=f"{point}:{hit}", SLUICEGATE_CRASH_MARKER=str(marker))
    submitting = Thread(target=town.submit_mixture, args=(JOBS,))
    submitting.start()
    assert victim.wait_until_dead(within_seconds=180) == -signal.SIGKILL
    assert marker.read_text() == point
    for replica in others or replicas:
        replica.start()
    submitting.join()
    town.wait_for_ends()
    town.check()
    for replica in replicas:
        if not replica.runs:
            replica.start()
