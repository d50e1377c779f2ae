"""Writes what others read of the contracts: JSON Schemas, examples, the AsyncAPI document, Strimzi's files."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pydantic.json_schema import GenerateJsonSchema

from sluicegate_schemas import asyncapi, strimzi
from sluicegate_schemas.compatibility import breaks
from sluicegate_schemas.model import Event
from sluicegate_schemas.topics import TOPICS

REPOSITORY = Path(__file__).parents[3]
FOLDER = REPOSITORY / "schemas"
DRAFT = "https://json-schema.org/draft/2020-12/schema"


class _WithoutFieldTitles(GenerateJsonSchema):
    """A field's name says as much as the title that pydantic would make of it."""

    def field_title_should_be_set(self, schema: Any) -> bool:
        return False


def models() -> dict[str, type[Event]]:
    """The events that have a schema, by name; a dead letter is another topic's raw bytes."""
    return {topic.event: topic.model for topic in TOPICS if topic.model is not None}


def schema(model: type[Event]) -> dict[str, Any]:
    """JSON Schema (draft 2020-12) of the data of an event, as a reader may rely on it."""
    return {
        "$schema": DRAFT,
        "$id": f"https://sluicegate.dev/schemas/{model.event}.v1.json",
        **model.model_json_schema(by_alias=True, mode="validation", schema_generator=_WithoutFieldTitles),
        "title": f"sluicegate.{model.event}.v1",
    }


def examples(event: str, repository: Path = REPOSITORY) -> list[Path]:
    """The valid examples of an event."""
    return sorted((repository / "schemas" / "examples" / event).glob("*.json"))


def expected(repository: Path = REPOSITORY) -> Iterator[tuple[Path, str]]:
    """Every generated file with the text that it should have."""
    schemas, deploy = repository / "schemas", repository / "deploy"
    for event, model in models().items():
        yield schemas / "json" / f"{event}.v1.json", text(schema(model))
        for path in examples(event, repository):
            value = model.model_validate_json(path.read_bytes(), by_alias=True, by_name=False)
            yield path, text(json.loads(value.to_json()))
    yield schemas / "asyncapi.json", text(asyncapi.document())
    yield deploy / "strimzi" / "topics.yaml", strimzi.topics_yaml()
    yield deploy / "strimzi" / "users.yaml", strimzi.users_yaml()


def text(value: Any) -> str:
    """JSON for people."""
    return json.dumps(value, indent=2, ensure_ascii=False) + "\n"


def generate(repository: Path = REPOSITORY) -> list[Path]:
    """Write every file that is missing or differs; gives those."""
    changed = []
    for path, wanted in expected(repository):
        if not path.exists() or path.read_text() != wanted:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(wanted)
            changed.append(path)
    return changed


def check(repository: Path = REPOSITORY) -> list[str]:
    """What is wrong with the committed files: drift from the models, breaks of the released contract."""
    findings = [
        f"{path.relative_to(repository)} is not what the models give: run `python -m sluicegate_schemas generate`"
        for path, wanted in expected(repository)
        if not path.exists() or path.read_text() != wanted
    ]
    for event, model in models().items():
        released = _baseline(event, repository)
        if released.exists():
            findings += [
                f"{event}: {found}; that is a new version and a new topic"
                for found in breaks(json.loads(released.read_text()), schema(model))
            ]
    kept = {f"{event}.v1.json" for event in models()}
    for path in sorted((repository / "schemas" / "baseline").glob("*.json")):
        if path.name not in kept:
            findings.append(f"{path.stem} was released and is gone")
    return findings


def freeze(repository: Path = REPOSITORY) -> list[str]:
    """At a release: today's contract is promised from now on. Gives what keeps that from being done, if anything."""
    findings = check(repository)
    if not findings:
        for event, model in models().items():
            released = _baseline(event, repository)
            released.parent.mkdir(parents=True, exist_ok=True)
            released.write_text(text(schema(model)))
    return findings


def _baseline(event: str, repository: Path) -> Path:
    return repository / "schemas" / "baseline" / f"{event}.v1.json"
