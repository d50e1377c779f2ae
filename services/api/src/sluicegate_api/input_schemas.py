"""Knows what input each job type takes, by the schemas that the workers' handlers declare."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import jsonschema_rs
import structlog

from sluicegate_api.domain.replicas import Replica

log = structlog.get_logger(__name__)

MOST_FINDINGS = 50


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that a schema refuses. It names the place and the rule, and never repeats the input."""

    path: tuple[str | int, ...]
    message: str


@dataclass(frozen=True, slots=True)
class Declared:
    """What is known of a job type: by the live replica that spoke last, else by whoever spoke last."""

    job_type: str
    version: str
    """Of its handler."""
    schema: dict[str, Any]
    live: bool
    """A live replica does it."""

    @property
    def purpose(self) -> str:
        """What the schema says that the input is for; empty where it says nothing."""
        said = self.schema.get("description")
        return said if isinstance(said, str) else ""


class InputSchemas:
    """Follows what the replicas say. During a rollout two may differ: input that either takes is let through."""

    def __init__(self) -> None:
        self._declared: dict[str, Declared] = {}
        self._by_type: dict[str, tuple[jsonschema_rs.Validator, ...]] = {}
        self._compiled: dict[str, jsonschema_rs.Validator | None] = {}

    def follow(self, replicas: Iterable[Replica], now: datetime) -> None:
        """Take over what these replicas declare; the live ones count, and where a type has none, whoever spoke last."""
        live: dict[str, set[str]] = {}
        last: dict[str, str] = {}
        declared: dict[bool, dict[str, Any]] = {}
        for replica in sorted(replicas, key=lambda replica: replica.heard_at):
            for handler in json.loads(replica.handlers):
                schema = json.dumps(handler["inputSchema"], sort_keys=True)
                declared.setdefault(replica.live(now), {})[handler["jobType"]] = handler
                last[handler["jobType"]] = schema
                if replica.live(now):
                    live.setdefault(handler["jobType"], set()).add(schema)
        self._declared = {
            job_type: Declared(job_type, handler["version"], handler["inputSchema"], alive)
            for alive in (False, True)
            for job_type, handler in declared.get(alive, {}).items()
        }
        wanted = {job_type: live.get(job_type, {schema}) for job_type, schema in last.items()}
        used = {schema for schemas in wanted.values() for schema in schemas}
        self._compiled = {schema: self._compiled.get(schema) or _compile(schema) for schema in used}
        self._by_type = {
            job_type: validators
            for job_type, schemas in wanted.items()
            if (validators := tuple(found for each in schemas if (found := self._compiled[each]) is not None))
        }

    def declared(self) -> list[Declared]:
        """Every job type that a replica has declared, by name."""
        return [self._declared[job_type] for job_type in sorted(self._declared)]

    def of(self, job_type: str) -> Declared | None:
        """One of them."""
        return self._declared.get(job_type)

    def findings(self, job_type: str, input_data: dict[str, Any]) -> Sequence[Finding]:
        """What is wrong with the input; nothing for a type that no replica has declared yet."""
        validators = self._by_type.get(job_type, ())
        if not validators or any(validator.is_valid(input_data) for validator in validators):
            return ()
        found = []
        for error in validators[0].iter_errors(input_data):
            found.append(Finding(tuple(error.instance_path), error.message))
            if len(found) == MOST_FINDINGS:
                break
        return found


def _compile(schema: str) -> jsonschema_rs.Validator | None:
    """Never fetches what a schema refers to; one that needs that, or is no schema, is left to the worker to check."""
    try:
        return jsonschema_rs.validator_for(schema, mask="the value", offline=True)
    except (jsonschema_rs.ValidationError, jsonschema_rs.ReferencingError, ValueError) as error:
        log.warning("input schema not usable", error=type(error).__name__)
        return None
