"""The traceback that a failed attempt tells of: the handler's frames, nothing of the engine's, always printable."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from tests.unit.sdk.runs import attempt

import sluicegate
from sluicegate import JobContext, SyncJobContext, job_handler
from sluicegate.ends import Failed
from sluicegate.memory_journal import RunRecord
from sluicegate.where_raised import TRACEBACK_CHARACTERS, where_raised

Anything = dict[str, Any]


def divide(by: int) -> float:
    return 1 / by


@job_handler("async-divider")
async def async_divider(ctx: JobContext, data: Anything) -> None:
    await ctx.step("divide", divide, 0)


@job_handler("divider")
def divider(ctx: SyncJobContext, data: Anything) -> None:
    try:
        ctx.step("divide", divide, 0)
    except ZeroDivisionError as error:
        raise ValueError("can't") from error


async def traceback_of(handler: Any) -> str:
    end = await attempt(handler, RunRecord()).execute()
    assert isinstance(end, Failed)
    assert end.error.traceback is not None
    return end.error.traceback


@pytest.mark.anyio
async def test_it_begins_at_the_handler_and_ends_where_it_was_raised() -> None:
    lines = (await traceback_of(async_divider)).splitlines()
    assert lines[0] == "Traceback (most recent call last):"
    assert [line.rpartition(" in ")[2] for line in lines if line.startswith("  File ")] == ["async_divider", "divide"]
    assert lines[-1] == "ZeroDivisionError: division by zero"


@pytest.mark.anyio
async def test_it_tells_the_cause_and_leaves_the_engine_out_of_that_too() -> None:
    told = await traceback_of(divider)
    frames = [line.rpartition(" in ")[2] for line in told.splitlines() if line.startswith("  File ")]
    assert frames == ["divider", "divide", "divider"]
    assert "The above exception was the direct cause" in told


def raised(error: BaseException) -> BaseException:
    try:
        raise error
    except BaseException as caught:
        return caught


def test_it_is_text_that_an_event_can_carry_and_not_too_long() -> None:
    told = where_raised(raised(ValueError("a\0b\ud800")))
    assert told is not None
    assert told.endswith("ValueError: a\\0b\\ud800")
    told = where_raised(raised(ValueError("x" * 3 * TRACEBACK_CHARACTERS)))
    assert told is not None
    assert len(told) == TRACEBACK_CHARACTERS


def test_an_error_that_was_never_raised_has_none() -> None:
    assert where_raised(ValueError("x")) is None


@job_handler("date-keeper")
async def date_keeper(ctx: JobContext, data: Anything) -> None:
    await ctx.step("today", lambda: date(2026, 1, 1))


@pytest.mark.anyio
async def test_what_json_cannot_carry_is_told_from_the_handlers_frame_alone() -> None:
    told = await traceback_of(date_keeper)
    assert [line.rpartition(" in ")[2] for line in told.splitlines() if line.startswith("  File ")] == ["date_keeper"]
    assert told.count("Traceback") == 1


def test_a_package_whose_name_begins_as_the_engines_does_is_not_the_engine() -> None:
    place = Path(sluicegate.__file__).parent.with_name("sluicegate_of_mine") / "jobs.py"
    scope: dict[str, Any] = {}
    exec(compile("def fail():\n    raise ValueError('mine')\n", str(place), "exec"), scope)
    try:
        scope["fail"]()
    except ValueError as error:
        told = where_raised(error)
    assert told is not None
    assert str(place) in told
