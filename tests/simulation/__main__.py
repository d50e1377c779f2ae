"""`python -m tests.simulation SEED` replays one seed and says what it did; `FIRST-LAST` tries many.

Prints a line per violation and ends with 1 if there was one. With `--until G4` it stops at the first seed that breaks
that invariant. With `--source FOLDER` it makes sure that the services come from there.
"""

import argparse
import sys
from pathlib import Path

import sluicegate
import sluicegate_api
import sluicegate_checkpoint_svc
import sluicegate_kit
import sluicegate_schemas
import sluicegate_worker
from tests.simulation.simulation import Simulation

PACKAGES = (
    sluicegate,
    sluicegate_api,
    sluicegate_checkpoint_svc,
    sluicegate_kit,
    sluicegate_schemas,
    sluicegate_worker,
)


def main() -> int:
    """0: nothing was violated."""
    parser = argparse.ArgumentParser(prog="tests.simulation", description=__doc__)
    parser.add_argument("seeds")
    parser.add_argument("--until", metavar="INVARIANT")
    parser.add_argument("--source", type=Path)
    asked = parser.parse_args()
    if asked.source is not None:
        for package in PACKAGES:
            if not Path(str(package.__file__)).is_relative_to(asked.source):
                parser.error(f"{package.__name__} comes from {package.__file__}")
    first, _, last = asked.seeds.partition("-")
    worst = 0
    for seed in range(int(first), int(last or first) + 1):
        simulation = Simulation(seed)
        found = simulation.run()
        if found:
            worst = 1
        for each in found:
            sys.stdout.write(f"seed {seed}: {each}\n")
        if not last:
            sys.stdout.write("\n".join([*simulation.trace, f"fingerprint {simulation.fingerprint}", ""]))
        if any(each.startswith(f"{asked.until}:") for each in found):
            break
    return worst


if __name__ == "__main__":
    raise SystemExit(main())
