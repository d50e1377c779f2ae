"""Notices a call of the context that was never awaited: Python drops it with a warning, and the job would look done."""

import inspect
from collections.abc import Callable, Coroutine
from functools import wraps
from typing import Any, TypeVar, cast

from sluicegate.errors import NeverAwaited

F = TypeVar("F", bound=Callable[..., Any])


class Calls:
    """What one attempt has called on its context."""

    def __init__(self) -> None:
        self._made: list[tuple[str, Coroutine[Any, Any, Any]]] = []

    def note(self, what: str, call: Coroutine[Any, Any, Any]) -> None:
        """One more; `what` names it in the error."""
        self._made.append((what, call))

    def check_all_awaited(self) -> None:
        """At the handler's return.

        Raises:
            NeverAwaited
        """
        forgotten = [
            (what, call) for what, call in self._made if inspect.getcoroutinestate(call) == inspect.CORO_CREATED
        ]
        for _, call in forgotten:
            call.close()
        if forgotten:
            raise NeverAwaited(forgotten[0][0])


def awaited(method: F) -> F:
    """A method of a context with `_calls`, whose callers have to await it."""

    @wraps(method)
    def call(self: Any, *args: Any, **kwargs: Any) -> Any:
        made = method(self, *args, **kwargs)
        name = args[0] if args else kwargs.get("name", kwargs.get("key"))
        self._calls.note(f"ctx.{method.__name__}({f'{name!r}, ' if isinstance(name, str) else ''}…)", made)
        return made

    return cast(F, call)
