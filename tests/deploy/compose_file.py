"""Reads docker-compose.yml and the Dockerfile as the engine would: what environment a service's process gets."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

REPOSITORY = Path(__file__).parents[2]
COMPOSE = REPOSITORY / "docker-compose.yml"
DOCKERFILE = REPOSITORY / "Dockerfile"
_VARIABLE = re.compile(r"\$\{(\w+)(?::[?-][^}]*)?\}")


def services(compose: str) -> dict[str, dict[str, Any]]:
    """By name; what must come from outside is there as its variable's name."""
    document = yaml.safe_load(_VARIABLE.sub(r"\1", compose))
    found: dict[str, dict[str, Any]] = document["services"]
    return found


def outside_variables(compose: str) -> set[str]:
    """The variables that must be set: those of the form `${NAME:?…}`."""
    return set(re.findall(r"\$\{(\w+):\?", compose))


def image_environment(dockerfile: str, target: str) -> dict[str, str]:
    """The ENV of a target and of the targets that it is made from."""
    stages: dict[str, tuple[str, dict[str, str]]] = {}
    name = ""
    for instruction in _instructions(dockerfile):
        words = instruction.split()
        if words[0] == "FROM":
            name = words[-1]
            stages[name] = (words[1], {})
        elif words[0] == "ENV":
            stages[name][1].update({key: value for key, _, value in (word.partition("=") for word in words[1:])})
    environment: dict[str, str] = {}
    while target in stages:
        target, own = stages[target]
        environment = own | environment
    return environment


def environment(service: Mapping[str, Any], dockerfile: str) -> dict[str, str]:
    """What a service of docker-compose.yml that is built here is started with, as far as it concerns Sluicegate."""
    merged = image_environment(dockerfile, service["build"]["target"]) | service["environment"]
    return {name: value for name, value in merged.items() if name.startswith(("SLUICEGATE_", "ENABLE_"))}


def _instructions(dockerfile: str) -> Iterator[str]:
    lines = (line for line in dockerfile.splitlines() if not line.lstrip().startswith("#"))
    yield from filter(str.strip, "\n".join(lines).replace("\\\n", " ").splitlines())
