"""The committed examples, for parametrised tests."""

import json
from pathlib import Path
from typing import Any

import pytest

from sluicegate_schemas.generate import FOLDER, examples, models


def valid() -> list[Any]:
    """(event, path) for every valid example."""
    return [pytest.param(event, path, id=f"{event}/{path.stem}") for event in models() for path in examples(event)]


def invalid() -> list[Any]:
    """(event, path) for every invalid one."""
    return [
        pytest.param(event, path, id=f"{event}/{path.stem}")
        for event in models()
        for path in sorted((FOLDER / "examples" / event / "invalid").glob("*.json"))
    ]


def committed_schema(event: str) -> Any:
    """The JSON Schema file of an event."""
    return read(FOLDER / "json" / f"{event}.v1.json")


def read(path: Path) -> Any:
    """A JSON file."""
    return json.loads(path.read_text())
