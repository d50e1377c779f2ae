"""What stands in deploy/: the rules' and the panels' expressions."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

REPOSITORY = Path(__file__).parents[2]
RULES = REPOSITORY / "deploy" / "alerts" / "sluicegate.yml"
DASHBOARDS = REPOSITORY / "deploy" / "dashboards"


@dataclass(frozen=True, slots=True)
class Alert:
    """One rule."""

    name: str
    expr: str
    runbook: str


def alerts() -> list[Alert]:
    """All rules."""
    groups = yaml.safe_load(RULES.read_text())["groups"]
    return [
        Alert(rule["alert"], rule["expr"], rule["annotations"]["runbook_url"])
        for group in groups
        for rule in group["rules"]
    ]


def panels() -> Iterator[tuple[str, str]]:
    """Dashboard and title, and an expression, of every target."""
    for file in sorted(DASHBOARDS.glob("*.json")):
        board: dict[str, Any] = json.loads(file.read_text())
        for panel in board["panels"]:
            for target in panel["targets"]:
                yield f"{file.stem}: {panel['title']}", target["expr"]
