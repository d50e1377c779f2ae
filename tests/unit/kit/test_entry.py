"""A service's command line: says what is missing, serves until SIGTERM, and ends with a code that says why."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

PROGRAM = """
from sluicegate_kit.entry import run
from sluicegate_kit.lifecycle import Resource
from sluicegate_kit.metrics import Metrics
from sluicegate_kit.settings import StoringSettings
from sluicegate_kit.web.internal import internal_app
from sluicegate_kit.web.server import HttpServer

async def serve(settings):
    return [Resource("pool"), HttpServer("internal", internal_app(Metrics()), "127.0.0.1", settings.internal_port)]

raise SystemExit(run("test", "some_service", StoringSettings, serve))
"""
SETTINGS = {
    "SLUICEGATE_DATABASE_URL": "postgresql://u:secret-marker@127.0.0.1:1/d",
    "SLUICEGATE_KAFKA_BOOTSTRAP_SERVERS": "127.0.0.1:1",
    "SLUICEGATE_KEYS_FILE": "keys.json",
}
DEADLINE_SECONDS = 30


def start(command: str, **environment: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", PROGRAM, command],
        env={"PATH": os.environ["PATH"], **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_a_missing_variable_is_exit_2_and_its_name() -> None:
    with start("serve") as process:
        out, err = process.communicate(timeout=DEADLINE_SECONDS)
    assert process.returncode == 2
    assert out == ""
    assert "SLUICEGATE_DATABASE_URL is not set" in err
    assert "Traceback" not in err


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_is_exit_0_and_every_line_of_the_log_is_json(number: signal.Signals) -> None:
    with start("serve", **SETTINGS) as process:
        assert process.stdout is not None
        lines = []
        for line in process.stdout:
            lines.append(json.loads(line))
            if lines[-1]["event"] == "ready":
                break
        process.send_signal(number)
        out, err = process.communicate(timeout=DEADLINE_SECONDS)
    lines += [json.loads(line) for line in out.splitlines()]
    assert process.returncode == 0
    assert err == ""
    assert [line["event"] for line in lines] == ["listening", "ready", "draining", "drained"]


def test_a_taken_port_is_exit_1(tmp_path: Path) -> None:
    with start("serve", **SETTINGS) as first:
        assert first.stdout is not None
        port = json.loads(first.stdout.readline())["port"]
        with start("serve", **SETTINGS, SLUICEGATE_INTERNAL_PORT=str(port)) as second:
            out, _ = second.communicate(timeout=DEADLINE_SECONDS)
        first.terminate()
        first.communicate(timeout=DEADLINE_SECONDS)
    assert second.returncode == 1
    assert f"can't listen on 127.0.0.1:{port}" in out


def test_a_database_that_is_not_there_is_named_without_its_password() -> None:
    program = PROGRAM.replace('"some_service"', '"sluicegate_api"')
    done = subprocess.run(
        [sys.executable, "-c", program, "migrate"],
        env={"PATH": os.environ["PATH"], **SETTINGS},
        capture_output=True,
        text=True,
        timeout=DEADLINE_SECONDS,
        check=False,
    )
    assert done.returncode == 1
    assert "database not migrated" in done.stdout
    assert "secret-marker" not in done.stdout + done.stderr
