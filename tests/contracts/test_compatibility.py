"""What a schema may become without a new version: more optional fields, other words. Nothing else."""

import copy
from collections.abc import Callable
from typing import Any

import pytest

from sluicegate_schemas.compatibility import breaks
from sluicegate_schemas.generate import models, schema

Change = Callable[[dict[str, Any]], None]


def lifecycle() -> dict[str, Any]:
    return schema(models()["job-lifecycle"])


def changed(change: Change) -> list[str]:
    after = copy.deepcopy(lifecycle())
    change(after)
    return breaks(lifecycle(), after)


ALLOWED: dict[str, Change] = {
    "nothing": lambda schema: None,
    "an optional field": lambda schema: schema["properties"].update(note={"type": "string"}),
    "an optional field inside a part": lambda schema: schema["$defs"]["Answer"]["properties"].update(note={}),
    "a new part": lambda schema: schema["$defs"].update(Note={"type": "object"}),
    "another description": lambda schema: schema["properties"]["seq"].update(description="counts up"),
}
REFUSED: dict[str, Change] = {
    "a required field": lambda schema: (
        schema["properties"].update(note={"type": "string"}),
        schema["required"].append("note"),
    )[0],
    "a field gone": lambda schema: schema["properties"].pop("result"),
    "a field no longer required": lambda schema: schema["required"].remove("seq"),
    "another type": lambda schema: schema["properties"]["seq"].update(type="string"),
    "a new enum value": lambda schema: schema["$defs"]["Status"]["enum"].append("paused"),
    "a tighter limit": lambda schema: schema["properties"]["run"].update(maximum=10),
    "a wider limit": lambda schema: schema["properties"]["run"].pop("minimum"),
    "a part required more": lambda schema: schema["$defs"]["Answer"]["required"].append("reason"),
    "unknown fields refused": lambda schema: schema.update(additionalProperties=False),
    "another default": lambda schema: schema["properties"]["runningMs"].update(default=1),
}


@pytest.mark.parametrize("change", ALLOWED.values(), ids=ALLOWED)
def test_this_keeps_the_promise(change: Change) -> None:
    assert changed(change) == []


@pytest.mark.parametrize("change", REFUSED.values(), ids=REFUSED)
def test_this_breaks_the_promise(change: Change) -> None:
    assert len(changed(change)) == 1


def test_a_field_called_title_is_no_title() -> None:
    before = schema(models()["checkpoint-created"])
    after = copy.deepcopy(before)
    del after["properties"]["title"]
    assert breaks(before, after) == ["/properties/title is gone"]
