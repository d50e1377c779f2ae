"""Reads what a command line names: a file, or `-` for standard input."""

import sys
from pathlib import Path

import typer

from sluicegate_schemas import strict_json
from sluicegate_schemas.errors import MalformedJson
from sluicegate_schemas.strict_json import JsonValue


def read_text(name: str) -> str:
    """The text in the file.

    Raises:
        BadParameter: it can't be read, or is not UTF-8.
    """
    try:
        data = sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()
        return data.decode()
    except OSError as error:
        raise typer.BadParameter(f"{shown(name)}: {error.strerror or error}") from error
    except UnicodeDecodeError as error:
        raise typer.BadParameter(f"{shown(name)}: it is not UTF-8 (byte {error.start:,})") from error


def read_object(name: str) -> dict[str, JsonValue]:
    """The JSON object in the file.

    Raises:
        BadParameter: it can't be read, or is not the JSON that the service takes.
    """
    try:
        value = strict_json.read(read_text(name).encode())
    except MalformedJson as error:
        raise typer.BadParameter(f"{shown(name)}: {error}") from error
    if not isinstance(value, dict):
        raise typer.BadParameter(f"{shown(name)}: it should hold a JSON object")
    return value


def shown(name: str) -> str:
    """The file as messages name it."""
    return "standard input" if name == "-" else name
