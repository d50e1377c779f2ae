"""Logs: one JSON line per event outside a terminal, with the ids that are bound; never payloads, results or keys."""

import logging
import sys
from contextlib import AbstractContextManager
from typing import Literal, TextIO

import orjson
import structlog
from structlog.contextvars import bound_contextvars, merge_contextvars
from structlog.typing import EventDict, Processor, WrappedLogger

from sluicegate_kit.faults import described, error_of

Level = Literal["debug", "info", "warning", "error"]
Format = Literal["auto", "json", "console"]

WITHHELD = "[withheld]"
NEVER = frozenset(
    {
        "authorization",
        "edited_payload",
        "input",
        "input_data",
        "payload",
        "result",
        "secret",
        "token",
        "value",
    }
)
"""Names of things that don't belong in a log; a slip shows as `[withheld]`."""

_QUIET = {
    "alembic": logging.WARNING,
    "asyncio": logging.WARNING,
    "sqlalchemy": logging.WARNING,  # from INFO on it writes statements with their parameters
    "uvicorn": logging.WARNING,
}


def configure(service: str, *, level: Level = "info", form: Format = "auto", stream: TextIO | None = None) -> None:
    """Set up logging for the process, the standard library's too. Call it once, before anything logs."""
    out = stream or sys.stdout
    for_people = form == "console" or (form == "auto" and out.isatty())
    number = logging.getLevelNamesMapping()[level.upper()]
    shared: list[Processor] = [
        merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper("iso", utc=True, key="at"),
        _of(service),
        _error_without_data,
        _withhold,
    ]
    last: Processor = structlog.dev.ConsoleRenderer(colors=out.isatty()) if for_people else _one_line
    structlog.configure(
        processors=[*shared, last],
        wrapper_class=structlog.make_filtering_bound_logger(number),
        logger_factory=structlog.WriteLoggerFactory(file=out),
        cache_logger_on_first_use=True,
    )
    _route_standard_library(shared, last, number, out)


def bound(**ids: object) -> AbstractContextManager[None]:
    """Every event within carries these ids: `with bound(job_id=…, run=…):`."""
    return bound_contextvars(**ids)


def _of(service: str) -> Processor:
    def add(logger: WrappedLogger, method: str, event: EventDict) -> EventDict:
        event["service"] = service
        return event

    return add


def _error_without_data(logger: WrappedLogger, method: str, event: EventDict) -> EventDict:
    if (error := error_of(event.pop("exc_info", None))) is not None:
        event["error"] = described(error)
    return event


def _withhold(logger: WrappedLogger, method: str, event: EventDict) -> EventDict:
    for name in event.keys() & NEVER:
        event[name] = WITHHELD
    return event


def _one_line(logger: WrappedLogger, method: str, event: EventDict) -> str:
    return orjson.dumps(event, default=str, option=orjson.OPT_NON_STR_KEYS).decode()


def _route_standard_library(shared: list[Processor], last: Processor, level: int, out: TextIO) -> None:
    handler = logging.StreamHandler(out)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[structlog.stdlib.add_logger_name],
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *shared, last],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for name, least in _QUIET.items():
        logging.getLogger(name).setLevel(max(least, level))
