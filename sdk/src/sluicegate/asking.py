"""Builds an ask from what a handler says, and refuses what the contract of `checkpoint-created` would refuse."""

from collections.abc import Mapping, Sequence
from typing import Any, Literal

from pydantic import TypeAdapter, ValidationError

from sluicegate.encoding import encode
from sluicegate.errors import InvalidAsk, InvalidName, PayloadTooLarge
from sluicegate.facts import RunFacts
from sluicegate.journal import Ask, CheckpointEntry, Kind, View
from sluicegate_schemas.checkpoint_created import CheckpointCreated
from sluicegate_schemas.ids import checkpoint_id
from sluicegate_schemas.limits import REST_BYTES
from sluicegate_schemas.payload import digest

Allowed = Literal["approve", "reject", "edit"]
RiskName = Literal["low", "medium", "high", "critical"]

NAME_CHARACTERS = 200
_ENVELOPE_BYTES = 10_000
"""Room that the fields which the engine adds may take of the rest."""

_CHECKS = {
    name: TypeAdapter[Any](CheckpointCreated.model_fields[name].rebuild_annotation())
    for name in ("title", "description", "expires_in_seconds", "view", "risk")
}


def check_name(name: object) -> None:
    """Whether `name` can name a step or a checkpoint.

    Raises:
        InvalidName
    """
    if not isinstance(name, str) or not 1 <= len(name) <= NAME_CHARACTERS or not _plain(name):
        raise InvalidName(f"a step or checkpoint is named by 1 to {NAME_CHARACTERS} characters, not {name!r:.80}")


def new_entry(facts: RunFacts, key: str, kind: Kind, payload: bytes) -> CheckpointEntry:
    """The journal entry of a first ask."""
    return CheckpointEntry(key, kind, checkpoint_id(facts.job_id, facts.run, key, 1), 1, payload, digest(payload))


def build_ask(
    entry: CheckpointEntry,
    *,
    title: str,
    description: str | None = None,
    payload_schema: dict[str, Any] | None = None,
    view: View | Mapping[str, Any] | None = None,
    risk: RiskName = "medium",
    allow: Sequence[Allowed] = ("approve", "reject", "edit"),
    expires_in_seconds: float | None = None,
) -> Ask:
    """The ask for `entry`.

    Raises:
        InvalidAsk, UnencodableValue, PayloadTooLarge
    """
    if not {"approve", "reject", "edit"} >= set(allow) or not {"approve", "reject"} <= set(allow):
        raise InvalidAsk(f"checkpoint {entry.name!r}: allow must hold approve and reject, may hold edit: {allow!r}")
    checked = _check(
        entry.name,
        title=title,
        description=description,
        expires_in_seconds=expires_in_seconds,
        view=view,
        risk=risk,
    )
    if description is not None or payload_schema is not None or checked["view"] is not None:
        _check_rest(entry.name, [title, description, payload_schema, checked["view"]])
    return Ask(entry, payload_schema=payload_schema, allowed_decisions=tuple(allow), **checked)


def _check_rest(key: str, rest: list[Any]) -> None:
    """The journal keeps only the payload; the rest must fit beside it in one event."""
    what = f"what checkpoint {key!r} says beside its payload"
    size = len(encode(rest, what))
    if size > REST_BYTES - _ENVELOPE_BYTES:
        raise PayloadTooLarge(what, size, REST_BYTES - _ENVELOPE_BYTES)


def _check(key: str, **fields: Any) -> dict[str, Any]:
    checked = {}
    for name, value in fields.items():
        try:
            checked[name] = _CHECKS[name].validate_python(value)
        except ValidationError as error:
            raise InvalidAsk(f"checkpoint {key!r}: {name}: {error.errors()[0]['msg']}") from None
    return checked


def _plain(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return "\0" not in text
