"""Many simulated lives of the house, each with its own disorder. SLUICEGATE_SIMULATION_SEEDS=1-5000 tries more."""

import os
import subprocess
import sys
from dataclasses import dataclass

import pytest

from tests.simulation.seeded_bugs import ROOT
from tests.simulation.simulation import Simulation

SEEDS = os.environ.get("SLUICEGATE_SIMULATION_SEEDS", "1-200")


@dataclass(frozen=True, slots=True)
class Lives:
    """What all of them came to."""

    violations: list[str]
    reached: set[str]


@pytest.fixture(scope="module")
def lives() -> Lives:
    first, _, last = SEEDS.partition("-")
    result = Lives([], set())
    for seed in range(int(first), int(last or first) + 1):
        simulation = Simulation(seed)
        result.violations.extend(f"seed {seed}: {each}" for each in simulation.run())
        result.reached.update(simulation.reached)
    return result


def test_whatever_happens_the_guarantees_hold(lives: Lives) -> None:
    replay = "replay one: .venv/bin/python -m tests.simulation SEED"
    assert not lives.violations, "\n".join([*lives.violations, replay])


def test_the_disorder_reaches_every_end(lives: Lives) -> None:
    runs = {f"run {status}" for status in ("waiting", "succeeded", "failed", "rejected", "expired", "cancelled")}
    states = {"pending", "approved", "rejected", "expired", "cancelled", "recorded"}
    codes = {"not-json", "invalid-data", "job-id-conflict", "digest-mismatch", "forged-decision"}
    wanted = runs | {f"checkpoint {state}" for state in states} | {f"dead letter {code}" for code in codes}
    wanted |= {f"decision {effect}" for effect in ("applied", "moot", "mismatched")}
    wanted |= {"cancel applied", "cancel refused", "retry applied"}
    wanted |= {"an effect without a record", "an effect that was repeated"}
    assert wanted <= lives.reached, sorted(wanted - lives.reached)


def test_a_seed_replays_exactly_in_another_process() -> None:
    here = Simulation(7)
    here.run()
    there = subprocess.run(
        [sys.executable, "-m", "tests.simulation", "7"],
        cwd=ROOT,
        env={**os.environ, "PYTHONHASHSEED": "7"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert there.returncode == 0, there.stderr
    assert there.stdout.splitlines()[-1] == f"fingerprint {here.fingerprint}"
