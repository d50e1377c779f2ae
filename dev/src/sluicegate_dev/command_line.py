"""Command line: `python -m sluicegate_dev up | demo | compose-keys | nginx | reference`."""

import argparse
import asyncio
import json
import os
import sys
from pathlib import Path

from sluicegate_dev import reference
from sluicegate_dev.compose_secrets import make_compose_secrets
from sluicegate_dev.demo import demo, find_dev
from sluicegate_dev.errors import DevError
from sluicegate_dev.nginx import render, rendered
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
    show = commands.add_parser("demo", help="submit one job of each type to what runs")
    show.add_argument("--origin", help="not `make dev`, but what answers there")
    show.add_argument("--keys", type=Path, help="the file of its API keys")
    make = commands.add_parser("compose-keys", help="make what docker-compose.yml must be told, where it is missing")
    make.add_argument("--env-file", type=Path, default=Path(".env"))
    make.add_argument("--folder", type=Path, default=Path("deploy", "secrets"), help="where the keys are kept")
    front = commands.add_parser("nginx", help="render deploy/nginx/nginx.conf from deploy/routes.toml")
    front.add_argument("--check", action="store_true", help="only say whether it is up to date")
    pages = commands.add_parser("reference", help="write docs/configuration.md and docs/metrics.md from the code")
    pages.add_argument("--check", action="store_true", help="only say whether they are what the code says")
    given = parser.parse_args()
    logs.configure("dev", level="warning")
    try:
        return _do(given)
    except DevError as error:
        sys.stderr.write(f"{error}\n")
        return 1


def _do(given: argparse.Namespace) -> int:
    match given.command:
        case "demo":
            keys = json.loads(given.keys.read_text()) if given.keys else {}
            return demo(given.clone, *((given.origin, keys) if given.origin else find_dev(given.clone)))
        case "compose-keys":
            make_compose_secrets(given.env_file, given.folder)
            return 0
        case "nginx":
            return _nginx(given.clone, check=given.check)
        case "reference":
            return _reference(given.clone, check=given.check)
        case _:
            handlers = given.handlers or os.environ.get("SLUICEGATE_HANDLERS", "")
            asyncio.run(up(Options(given.clone.resolve(), given.kafka, handlers, given.port)))
            return 0


def _nginx(clone: Path, *, check: bool) -> int:
    file, text = rendered(clone), render(clone)
    if not check:
        file.write_text(text)
    elif file.read_text() != text:
        sys.stderr.write(f"{file} is not what deploy/routes.toml says: run `make nginx`.\n")
        return 1
    return 0


def _reference(clone: Path, *, check: bool) -> int:
    if check:
        return 0 if reference.check(clone) else 1
    reference.write(clone)
    return 0
