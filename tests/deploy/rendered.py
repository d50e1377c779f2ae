"""The chart's manifests, as Helm rendered them for each set of values: `dev/render-chart` writes them."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

REPOSITORY = Path(__file__).parents[2]
CHART = REPOSITORY / "deploy" / "chart" / "sluicegate"
RENDERED = REPOSITORY / "deploy" / "chart" / "rendered"
SETS = ("minimal", "full", "strict")

Manifest = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Container:
    """What one container of a Deployment or Job starts, and what that finds."""

    service: str
    command: str
    """What it is asked to do: `serve`, `migrate`, or `apply` the topics."""
    words: tuple[str, ...]
    """What is started, as far as the image does not say it."""
    variables: dict[str, str | None]
    """By name; None: the value stands in a Secret."""
    files: dict[str, str]
    """Where each file of a Secret is mounted, and the key that it comes from."""


def manifests(values: str) -> list[Manifest]:
    """Everything that the chart makes of a set of values."""
    documents = yaml.safe_load_all((RENDERED / f"{values}.yaml").read_text())
    return [document for document in documents if document is not None]


def manifest(values: str, kind: str, name: str) -> Manifest:
    """One of them, by its name after the release's."""
    (found,) = (
        each for each in manifests(values) if (each["kind"], each["metadata"]["name"]) == (kind, f"sluicegate-{name}")
    )
    return found


def containers(values: str) -> Iterator[Container]:
    """All that run the services' code."""
    for each in manifests(values):
        if each["kind"] not in ("Deployment", "Job"):
            continue
        pod = each["spec"]["template"]["spec"]
        (container,) = pod["containers"]
        service = each["metadata"]["labels"]["app.kubernetes.io/component"].removeprefix("migrate-")
        variables = {entry["name"]: entry.get("value") for entry in container["env"]}
        assert len(variables) == len(container["env"]), "a variable is set twice"
        words = (*container.get("command", ()), *container["args"])
        yield Container(service, container["args"][0], words, variables, _files(pod, container))


def _files(pod: dict[str, Any], container: dict[str, Any]) -> dict[str, str]:
    mounted = {mount["name"]: mount["mountPath"] for mount in container.get("volumeMounts", ())}
    return {
        f"{mounted[volume['name']]}/{item['path']}": item["key"]
        for volume in pod.get("volumes", ())
        for source in volume.get("projected", {}).get("sources", ())
        for item in source["secret"]["items"]
    }
