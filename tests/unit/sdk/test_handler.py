"""How functions become handlers, and how a worker finds them."""

import functools
import sys
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import pytest
from pydantic import BaseModel, ConfigDict, Field, field_validator

from sluicegate import InvalidInput, JobContext, RetryPolicy, SyncJobContext, job_handler
from sluicegate.errors import DuplicateHandler, HandlerDefinitionError, HandlerModuleError
from sluicegate.registry import load_handlers
from sluicegate.testing import run


class Order(BaseModel):
    """An input as a model."""

    model_config = ConfigDict(strict=True)

    items: Annotated[list[int], Field(min_length=1)]
    secret: str = ""


@dataclass
class Point:
    """An input as a dataclass."""

    x: int


@job_handler("order", version="7", retry=RetryPolicy(base_seconds=1))
async def order(ctx: JobContext, data: Order) -> int:
    return sum(data.items)


def test_a_handler_knows_its_type_version_retry_and_input() -> None:
    assert (order.job_type, order.version, order.is_async) == ("order", "7", True)
    assert order.retry == RetryPolicy(base_seconds=1)
    assert order.input_schema["required"] == ["items"]
    assert order.where.endswith("test_handler.order")


def test_the_input_reaches_the_handler_typed() -> None:
    @job_handler("point")
    def point(ctx: SyncJobContext, data: Point) -> int:
        return data.x

    assert run(order, {"items": [1, 2]}).result == 3
    assert run(point, {"x": 5}).result == 5
    assert not point.is_async


def test_input_that_the_model_refuses_fails_the_job_and_does_not_repeat_the_values() -> None:
    outcome = run(order, {"items": ["S3CRET"], "secret": 7})
    assert outcome.error is not None
    assert (outcome.error.type, outcome.error.retryable, outcome.attempts) == ("InvalidInput", False, 1)
    assert "items.0" in outcome.error.message
    assert "S3CRET" not in outcome.error.message
    with pytest.raises(InvalidInput, match="and 5 more"):
        order.read_input({"items": ["x"] * 15})


@pytest.mark.parametrize("job_type", ["", "Order", "a b", "-a", "x" * 101, "a/b"])
def test_a_job_type_that_no_event_could_carry_is_refused(job_type: str) -> None:
    with pytest.raises(HandlerDefinitionError):

        @job_handler(job_type)
        def handler(ctx: SyncJobContext, data: dict[str, Any]) -> None: ...


def test_a_function_that_cannot_be_called_as_a_handler_is_refused() -> None:
    def alone(ctx: SyncJobContext) -> None: ...
    def bare(ctx, data):  # type: ignore[no-untyped-def]
        ...

    def unknown(ctx: SyncJobContext, data: "Nowhere") -> None: ...  # type: ignore[name-defined]  # noqa: F821

    def yields(ctx: SyncJobContext, data: dict[str, Any]) -> Iterator[int]:
        yield 1

    async def yields_async(ctx: JobContext, data: dict[str, Any]) -> AsyncIterator[int]:
        yield 1

    for fn in (alone, bare, unknown, yields, yields_async):
        with pytest.raises(HandlerDefinitionError):
            job_handler("odd")(fn)


def test_a_decorated_coroutine_function_is_still_one() -> None:
    async def inner(ctx: JobContext, data: dict[str, Any]) -> int:
        return 4

    @job_handler("wrapped")
    @functools.wraps(inner)
    def outer(*args: Any) -> Any:
        return inner(*args)

    assert outer.is_async
    assert run(outer, {}).result == 4


def test_a_validator_that_breaks_fails_the_attempt_alone() -> None:
    class Broken(BaseModel):
        n: int

        @field_validator("n")
        @classmethod
        def look_up(cls, value: int) -> int:
            return {1: 1}[value]

    @job_handler("broken")
    async def broken(ctx: JobContext, data: Broken) -> int:
        return data.n

    assert run(broken, {"n": 1}).result == 1
    outcome = run(broken, {"n": 2})
    assert outcome.error is not None
    assert outcome.error.type == "KeyError"


@pytest.fixture
def modules(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder on the import path, forgotten afterwards."""
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(sys, "modules", dict(sys.modules))
    return tmp_path


HANDLER = """
from typing import Any
from sluicegate import SyncJobContext, job_handler

@job_handler({job_type!r})
def handle(ctx: SyncJobContext, data: dict[str, Any]) -> None: ...
"""


def test_handlers_come_from_the_named_modules(modules: Path) -> None:
    (modules / "one_jobs.py").write_text(HANDLER.format(job_type="one"))
    (modules / "two_jobs.py").write_text(HANDLER.format(job_type="two") + "from one_jobs import handle as again\n")
    assert sorted(load_handlers(["one_jobs", "two_jobs"])) == ["one", "two"]


def test_two_handlers_for_one_job_type_are_refused_by_name(modules: Path) -> None:
    for name in ("one_jobs", "two_jobs"):
        (modules / f"{name}.py").write_text(HANDLER.format(job_type="same"))
    with pytest.raises(DuplicateHandler, match=r"one_jobs\.handle and two_jobs\.handle"):
        load_handlers(["one_jobs", "two_jobs"])


@pytest.mark.parametrize("text", ["", "raise RuntimeError('broken')", "import nothing_of_that_name", "x ="])
def test_a_module_without_handlers_or_that_breaks_is_named(modules: Path, text: str) -> None:
    (modules / "bad_jobs.py").write_text(text)
    with pytest.raises(HandlerModuleError, match="bad_jobs"):
        load_handlers(["bad_jobs"])
    with pytest.raises(HandlerModuleError, match="missing_jobs"):
        load_handlers(["missing_jobs"])
