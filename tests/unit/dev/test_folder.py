"""What one `make dev` leaves for the next."""

import json
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from sluicegate_dev.errors import AlreadyRunning
from sluicegate_dev.folder import DevFolder
from sluicegate_dev.ports import LOOPBACK, free_port
from sluicegate_dev.processes import Child, ProcessId


@pytest.fixture
def sleeper(tmp_path: Path) -> Iterator[Child]:
    child = Child("sleeper", [sys.executable, "-c", "import signal; signal.pause()"], log=tmp_path / "log")
    yield child
    child.kill()


def test_a_second_one_is_told_where_the_first_is(tmp_path: Path) -> None:
    first, second = DevFolder(tmp_path / "dev"), DevFolder(tmp_path / "dev")
    with first.held():
        first.dev_file.write_text(json.dumps({"origin": "http://127.0.0.1:8000"}))
        with pytest.raises(AlreadyRunning, match=r"http://127\.0\.0\.1:8000 \(pid \d+\)"), second.held():
            pass
    with second.held():
        pass


def test_the_hold_ends_with_its_process(tmp_path: Path) -> None:
    folder = tmp_path / "dev"
    program = (
        "import os, sys; from pathlib import Path; from sluicegate_dev.folder import DevFolder\n"
        "with DevFolder(Path(sys.argv[1])).held(): os.kill(os.getpid(), 9)"
    )
    assert subprocess.run([sys.executable, "-c", program, str(folder)]).returncode == -9
    with DevFolder(folder).held():
        pass


def test_a_process_left_behind_is_ended(tmp_path: Path, sleeper: Child) -> None:
    DevFolder(tmp_path / "dev").note(sleeper)
    assert DevFolder(tmp_path / "dev").end_leftovers() == ["sleeper"]
    assert sleeper.id.find() is None
    assert DevFolder(tmp_path / "dev").end_leftovers() == []


def test_another_process_that_got_the_same_pid_is_left_alone(tmp_path: Path, sleeper: Child) -> None:
    folder = DevFolder(tmp_path / "dev")
    sleeper.id = ProcessId(sleeper.pid, sleeper.id.started - 100)
    folder.note(sleeper)
    assert DevFolder(tmp_path / "dev").end_leftovers() == []
    assert sleeper.exit_code is None


def test_a_port_stays_the_same_over_starts(tmp_path: Path) -> None:
    port = DevFolder(tmp_path).port("kafka")
    assert DevFolder(tmp_path).port("kafka") == port


def test_a_taken_port_is_replaced(tmp_path: Path) -> None:
    with socket.create_server((LOOPBACK, 0)) as taken:
        port = taken.getsockname()[1]
        assert free_port(port) != port
        assert DevFolder(tmp_path).port("front-door", port) != port


def test_no_port_is_given_twice() -> None:
    given = [free_port() for _ in range(300)]
    assert len(set(given)) == len(given)
