"""Reads the JSON that a command line names: a file, or `-` for standard input."""

import sys
from pathlib import Path

import typer

from sluicegate_schemas import strict_json
from sluicegate_schemas.errors import MalformedJson
from sluicegate_schemas.strict_json import JsonValue


def read_json(name: str) -> JsonValue:
    """The value in the file.

    Raises:
        BadParameter: it can't be read, or is not the JSON that the service takes.
    """
    try:
        data = sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()
        return strict_json.read(data)
    except (OSError, MalformedJson) as error:
        raise typer.BadParameter(f"{name}: {error}") from error


def read_object(name: str) -> dict[str, JsonValue]:
    """As `read_json`, for a JSON object."""
    value = read_json(name)
    if not isinstance(value, dict):
        raise typer.BadParameter(f"{name}: it holds {type(value).__name__}, and should hold an object")
    return value
