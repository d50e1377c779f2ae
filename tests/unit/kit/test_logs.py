"""A log line is JSON, carries the bound ids, and holds nobody's data."""

import io
import json
import logging
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
import structlog

from sluicegate_kit import logs


@pytest.fixture
def lines() -> Iterator[io.StringIO]:
    root = logging.getLogger()
    handlers, level, before = root.handlers[:], root.level, structlog.get_config()
    levels = {name: logging.getLogger(name).level for name in ("alembic", "asyncio", "sqlalchemy", "uvicorn")}
    written = io.StringIO()
    logs.configure("test", level="info", stream=written)
    structlog.configure(cache_logger_on_first_use=False)
    yield written
    structlog.configure(**before)
    root.handlers[:] = handlers
    root.setLevel(level)
    for name, was in levels.items():
        logging.getLogger(name).setLevel(was)


def last(written: io.StringIO) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(written.getvalue().splitlines()[-1])
    return found


def test_an_event_is_one_line_with_its_ids(lines: io.StringIO) -> None:
    with logs.bound(job_id="job-1", run=2):
        structlog.get_logger().info("claimed", slots=3)
    structlog.get_logger().info("idle")
    first, second = map(json.loads, lines.getvalue().splitlines())
    assert first.items() >= {"event": "claimed", "job_id": "job-1", "run": 2, "slots": 3, "service": "test"}.items()
    assert first["at"].endswith("Z")
    assert first["level"] == "info"
    assert "job_id" not in second


def test_the_standard_library_goes_the_same_way(lines: io.StringIO) -> None:
    logging.getLogger("some.library").warning("something %s", "odd")
    assert last(lines).items() >= {"event": "something odd", "logger": "some.library", "service": "test"}.items()


def test_libraries_that_log_data_are_kept_quiet(lines: io.StringIO) -> None:
    logging.getLogger("sqlalchemy.engine").info("INSERT secret-marker")
    assert lines.getvalue() == ""


def test_less_than_the_level_is_not_written(lines: io.StringIO) -> None:
    structlog.get_logger().debug("detail")
    assert lines.getvalue() == ""


@pytest.mark.parametrize(
    "error", [ValueError("secret-marker"), KeyError("secret-marker"), psycopg.DataError("secret-marker")]
)
def test_an_error_is_its_kind_and_its_frames_but_not_its_message(lines: io.StringIO, error: Exception) -> None:
    try:
        raise error
    except type(error):
        structlog.get_logger().exception("failed")
    found = last(lines)
    assert found["error"]["type"].endswith(type(error).__name__)
    assert found["error"]["frames"][-1].startswith("test_logs.py:")
    assert "secret-marker" not in lines.getvalue()


def test_a_message_that_holds_no_data_is_kept_and_so_is_the_cause(lines: io.StringIO) -> None:
    try:
        try:
            raise ConnectionRefusedError("nobody listens")
        except OSError as error:
            raise ValueError("secret-marker") from error
    except ValueError as error:
        logging.getLogger("x").error("failed", exc_info=error)
    assert last(lines)["error"]["cause"]["message"] == "nobody listens"
    assert "secret-marker" not in lines.getvalue()


@pytest.mark.parametrize("name", sorted(logs.NEVER))
def test_what_does_not_belong_in_a_log_is_withheld(lines: io.StringIO, name: str) -> None:
    structlog.get_logger().info("slip", **{name: "secret-marker"})
    assert last(lines)[name] == "[withheld]"


def test_for_people_there_is_a_console_form(lines: io.StringIO) -> None:
    written = io.StringIO()
    logs.configure("test", form="console", stream=written)
    structlog.configure(cache_logger_on_first_use=False)
    try:
        raise ValueError("secret-marker")
    except ValueError:
        structlog.get_logger().exception("failed", payload="secret-marker")
    assert "failed" in written.getvalue()
    assert "secret-marker" not in written.getvalue()
