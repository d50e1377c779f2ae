"""Describes an error for a log: what kind, and where; its message only where that can't hold anybody's data.

Messages of foreign errors do hold data: psycopg's quote rows, pydantic's quote input, a handler's say what they like.
"""

import sys
import traceback
from pathlib import Path
from typing import Any

import psycopg
from confluent_kafka import KafkaException

from sluicegate_kit.access.identities import AccessError
from sluicegate_kit.db.errors import DatabaseUnavailable
from sluicegate_kit.lifecycle import LifecycleError

MESSAGE_IS_HARMLESS: tuple[type[BaseException], ...] = (
    AccessError,
    AttributeError,
    DatabaseUnavailable,
    ImportError,
    KafkaException,
    LifecycleError,
    NameError,
    OSError,
    TypeError,
    psycopg.OperationalError,
)
MOST_FRAMES = 30


def error_of(exc_info: object) -> BaseException | None:
    """The error in what `exc_info` may be: an error, True for the present one, or the tuple of `sys.exc_info`."""
    if isinstance(exc_info, BaseException):
        return exc_info
    if isinstance(exc_info, tuple):
        return exc_info[1] if isinstance(exc_info[1], BaseException) else None
    return sys.exc_info()[1] if exc_info else None


def described(error: BaseException) -> dict[str, Any]:
    """Type, frames, and the same of what caused it."""
    frames = traceback.extract_tb(error.__traceback__)[-MOST_FRAMES:]
    found: dict[str, Any] = {
        "type": f"{type(error).__module__}.{type(error).__qualname__}".removeprefix("builtins."),
        "frames": [f"{Path(frame.filename).name}:{frame.lineno} {frame.name}" for frame in frames],
    }
    if isinstance(error, MESSAGE_IS_HARMLESS):
        found["message"] = str(error)
    if isinstance(error, psycopg.Error) and error.sqlstate:
        found["sqlstate"] = error.sqlstate
    cause = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    if cause is not None:
        found["cause"] = described(cause)
    if isinstance(error, BaseExceptionGroup):
        found["errors"] = [described(each) for each in error.exceptions]
    return found
