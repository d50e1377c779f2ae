"""`python -m sluicegate_schemas generate | check | freeze`: the files that others read of the contracts."""

import argparse
import sys

from sluicegate_schemas.generate import FOLDER, check, freeze, generate


def main() -> int:
    """The exit code: 1 if the files, or the promise, are not kept."""
    parser = argparse.ArgumentParser(prog="python -m sluicegate_schemas", description=__doc__)
    parser.add_argument("command", choices=["generate", "check", "freeze"])
    command = parser.parse_args().command
    if command == "generate":
        lines = [f"wrote {path.relative_to(FOLDER)}" for path in generate()]
        sys.stdout.write("".join(f"{line}\n" for line in lines))
        return 0
    findings = check() if command == "check" else freeze()
    sys.stderr.write("".join(f"{finding}\n" for finding in findings))
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())
