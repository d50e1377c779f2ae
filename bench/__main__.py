"""`python -m bench`: every scenario once, after a warm-up; prints one JSON line each."""

import argparse
import asyncio
import json
import sys
import tempfile
from dataclasses import asdict
from pathlib import Path

from bench.pages import pages
from bench.scenarios import Figures, decision_to_resume, gated_by_http, ungated_from_kafka
from bench.system import running

WARM_UP = 2_000
"""Jobs that are not measured: the broker's JVM compiles what is used often, each connection prepares its statements."""


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--slots", type=int, default=200, help="jobs that the one worker runs at once (default 200)")
    parser.add_argument("--ungated", type=int, default=10_000, help="jobs from Kafka; 0 leaves the scenario out")
    parser.add_argument("--gated", type=int, default=2_000, help="jobs by HTTP; 0 leaves the scenario out")
    parser.add_argument("--connections", type=int, default=100, help="HTTP connections of the load client")
    parser.add_argument("--latency-seconds", type=int, default=20, help="0 leaves the scenario out")
    parser.add_argument("--latency-rate", type=int, default=20, help="decisions per second")
    parser.add_argument("--pages", type=int, default=100_000, help="pending checkpoints; 0 leaves the scenario out")
    parser.add_argument("--page-samples", type=int, default=200, help="how often each page is asked for")
    parser.add_argument("--repeat", type=int, default=3, help="how often the throughput scenarios run")
    parser.add_argument("--keep", type=Path, help="keep data and logs in this folder")
    return parser.parse_args()


def _tell(figures: Figures) -> None:
    sys.stdout.write(json.dumps(asdict(figures), ensure_ascii=False) + "\n")
    sys.stdout.flush()


async def _run(arguments: argparse.Namespace, folder: Path) -> None:
    async with running(folder, slots=arguments.slots) as system:
        await ungated_from_kafka(system, WARM_UP)
        await gated_by_http(system, WARM_UP, arguments.connections)
        for _ in range(arguments.repeat):
            if arguments.ungated:
                _tell(await ungated_from_kafka(system, arguments.ungated))
            if arguments.gated:
                _tell(await gated_by_http(system, arguments.gated, arguments.connections))
        if arguments.latency_seconds:
            _tell(await decision_to_resume(system, arguments.latency_seconds, arguments.latency_rate))
        if arguments.pages:
            _tell(await pages(system, arguments.pages, samples=arguments.page_samples))


def main() -> None:
    """The command."""
    arguments = _arguments()
    if arguments.keep:
        arguments.keep.mkdir(parents=True, exist_ok=True)
        asyncio.run(_run(arguments, arguments.keep))
    else:
        with tempfile.TemporaryDirectory(prefix="sluicegate-bench-") as folder:
            asyncio.run(_run(arguments, Path(folder)))


main()
