"""Turns a function into a handler: `@job_handler("code-generation")` over `def f(ctx, input)`."""

import inspect
import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, get_type_hints

from pydantic import TypeAdapter, ValidationError

from sluicegate.errors import HandlerDefinitionError, InvalidInput
from sluicegate.retry import RetryPolicy

_JOB_TYPE = re.compile(r"[a-z0-9][a-z0-9._-]{0,99}")
_SHOWN_ERRORS = 10


@dataclass(frozen=True)
class Handler:
    """What does the jobs of one type. Calling it calls the function itself."""

    job_type: str
    version: str
    input_model: TypeAdapter[Any]
    fn: Callable[..., Any]
    retry: RetryPolicy | None = None
    """None: the engine's default."""
    is_async: bool = True
    """Whether `fn` is `async def`; a plain `def` runs in a thread of its own."""

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self.fn(*args, **kwargs)

    @property
    def where(self) -> str:
        """Module and name, for messages."""
        return f"{self.fn.__module__}.{self.fn.__qualname__}"

    @cached_property
    def input_schema(self) -> dict[str, Any]:
        """JSON Schema of the input."""
        return self.input_model.json_schema()

    def read_input(self, data: dict[str, Any]) -> Any:
        """The handler's typed input from a job's `inputData`.

        Raises:
            InvalidInput: with each place and what is wrong there, and without the values.
        """
        try:
            return self.input_model.validate_json(json.dumps(data))
        except ValidationError as error:
            raise InvalidInput(_explain(error)) from None


def job_handler(
    job_type: str, *, version: str = "1", retry: RetryPolicy | None = None
) -> Callable[[Callable[..., Any]], Handler]:
    """Make the function under it the handler of `job_type`.

    The function takes a context (`JobContext` for `async def`, `SyncJobContext` for `def`) and the input, whose
    annotation (a pydantic model, a dataclass, a TypedDict, `dict[str, Any]`) is what the input is checked against.

    Raises:
        HandlerDefinitionError: the function can't be a handler.
    """

    def decorate(fn: Callable[..., Any]) -> Handler:
        if not _JOB_TYPE.fullmatch(job_type):
            raise HandlerDefinitionError(f"{job_type!r} is no job type: up to 100 of a-z 0-9 . _ -")
        return Handler(job_type, version, _input_model(fn), fn, retry, _is_async(fn))

    return decorate


def _is_async(fn: Callable[..., Any]) -> bool:
    inner = inspect.unwrap(fn)
    if inspect.isgeneratorfunction(inner) or inspect.isasyncgenfunction(inner):
        raise HandlerDefinitionError(f"{fn.__qualname__} yields; a handler returns its result")
    return inspect.iscoroutinefunction(inner)


def _input_model(fn: Callable[..., Any]) -> TypeAdapter[Any]:
    parameters = list(inspect.signature(fn).parameters.values())
    if len(parameters) != 2:
        raise HandlerDefinitionError(f"{fn.__qualname__} needs two parameters: the context and the input")
    try:
        hints = get_type_hints(fn, include_extras=True)
    except NameError as error:
        raise HandlerDefinitionError(f"{fn.__qualname__}: an annotation can't be resolved: {error}") from error
    name = parameters[1].name
    if name not in hints:
        raise HandlerDefinitionError(f"{fn.__qualname__}: annotate {name!r} with the type of the job's input")
    return TypeAdapter(hints[name])


def _explain(error: ValidationError) -> str:
    found = error.errors(include_url=False, include_context=False, include_input=False)
    places = ["{}: {}".format(".".join(map(str, one["loc"])) or "input", one["msg"]) for one in found]
    more = [] if len(places) <= _SHOWN_ERRORS else [f"and {len(places) - _SHOWN_ERRORS} more"]
    return "; ".join(places[:_SHOWN_ERRORS] + more)
