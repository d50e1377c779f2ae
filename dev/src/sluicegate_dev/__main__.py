"""Command line: `python -m sluicegate_dev up | demo | reference`."""

import argparse
import asyncio
import os
import sys
from pathlib import Path

from sluicegate_dev import reference
from sluicegate_dev.demo import demo
from sluicegate_dev.errors import DevError
from sluicegate_dev.up import Options, up
from sluicegate_kit import logs

_FRONT_PORT = 8000


def main() -> int:
    """The exit code: 0 after Ctrl-C, 1 with a reason on stderr."""
    parser = argparse.ArgumentParser(prog="sluicegate_dev", description="Sluicegate on one machine.")
    parser.add_argument("--clone", type=Path, default=Path.cwd(), help="the clone whose .sluicegate is used")
    commands = parser.add_subparsers(dest="command", required=True)
    run = commands.add_parser("up", help="start everything, stop it at Ctrl-C")
    run.add_argument("--kafka", choices=("embedded", "jvm"), default="embedded", help="jvm: real Apache Kafka")
    run.add_argument("--handlers", help="your handler modules, comma-separated, or paths of them")
    run.add_argument("--port", type=int, default=_FRONT_PORT, help="another free one if taken")
    commands.add_parser("demo", help="submit one job of each type to what runs")
    pages = commands.add_parser("reference", help="write docs/configuration.md and docs/metrics.md from the code")
    pages.add_argument("--check", action="store_true", help="only say whether they are what the code says")
    given = parser.parse_args()
    logs.configure("dev", level="warning")
    try:
        if given.command == "demo":
            return demo(given.clone)
        if given.command == "reference":
            return _reference(given.clone, check=given.check)
        handlers = given.handlers or os.environ.get("SLUICEGATE_HANDLERS", "")
        asyncio.run(up(Options(given.clone.resolve(), given.kafka, handlers, given.port)))
    except DevError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


def _reference(clone: Path, *, check: bool) -> int:
    if check:
        return 0 if reference.check(clone) else 1
    reference.write(clone)
    return 0


if __name__ == "__main__":
    sys.exit(main())
