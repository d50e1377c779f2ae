"""Finds the handlers that a worker runs: those that the named modules hold."""

from collections.abc import Iterable, Mapping
from importlib import import_module

from sluicegate.errors import DuplicateHandler, HandlerModuleError
from sluicegate.handler import Handler

__all__ = ["Handler", "load_handlers"]


def load_handlers(modules: Iterable[str]) -> Mapping[str, Handler]:
    """The handlers among the names of each module, by job type.

    Raises:
        HandlerModuleError: a module can't be imported, or holds no handler.
        DuplicateHandler: two handlers for one job type.
    """
    handlers: dict[str, Handler] = {}
    for name in modules:
        for handler in _handlers_of(name):
            known = handlers.setdefault(handler.job_type, handler)
            if known is not handler:
                raise DuplicateHandler(handler.job_type, known.where, handler.where)
    return handlers


def _handlers_of(name: str) -> list[Handler]:
    try:
        module = import_module(name)
    except Exception as error:
        raise HandlerModuleError(f"can't import {name}: {type(error).__name__}: {error}") from error
    found = [value for value in vars(module).values() if isinstance(value, Handler)]
    if not found:
        raise HandlerModuleError(f"{name} holds no handler: is there a function under @job_handler?")
    return found
