"""Runs schemathesis against a service in one role: every check, on what its own OpenAPI document promises."""

import itertools
import warnings
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import schemathesis
from hypothesis import strategies as st
from schemathesis import engine
from schemathesis.config import SchemathesisConfig
from schemathesis.core import NOT_SET
from schemathesis.core.parameters import ParameterLocation
from schemathesis.engine import events

from sluicegate_kit.access.roles import Role
from tests.integration.http.house import Service
from tests.support.callers import bearer
from tests.support.documented import strict

SEED = 20_261_126
"""The same cases every time; another seed finds others."""

SHOWN = 2000
"""Characters of a finding's message and of the request that shows it."""

ACCEPTABLE = ["2xx", "401", "403", "404", "409", "412", "428"]
"""What a caller may get who did nothing wrong: not theirs to do, not there, already done, changed since they looked."""


_keys = itertools.count()


@dataclass(slots=True)
class Report:
    """What one run did and found."""

    cases: int = 0
    statuses: Counter[int] = field(default_factory=Counter)
    findings: list[str] = field(default_factory=list)


def document_of(service: Service) -> dict[str, Any]:
    """What the service says of itself, read strictly."""
    with service.http(None) as http:
        return strict(http.get(f"/openapi/{service.name}.json").json())


def fuzz(
    service: Service,
    document: dict[str, Any],
    role: Role,
    *,
    checkpoints: Sequence[str],
    max_examples: int,
    seed: int = SEED,
) -> Report:
    """Sends the cases of one seed. `checkpoints` are ids that exist."""
    settings = {
        "seed": seed,
        "base-url": service.url,
        "continue-on-failure": True,
        "cache": {"enabled": False},
        "headers": {"Authorization": bearer(role)["authorization"]},
        # That U+0000 is refused in every string is what a schema of arbitrary JSON can't say; the corpus tries it.
        "generation": {"max-examples": max_examples, "database": "none", "allow-x00": False},
        # It learns headers from refusals, and then sends them with values that their schema forbids.
        "phases": {"fuzzing": {"error-feedback": {"enabled": False}}},
        "checks": {"positive_data_acceptance": {"expected-statuses": ACCEPTABLE}},
        "operations": [
            # No schema says that all ids of a list differ, or how many of its members may be of one kind.
            {
                "include-path-regex": "/bulk$",
                "checks": {"positive_data_acceptance": {"expected-statuses": [*ACCEPTABLE, "422"]}},
            }
        ],
    }
    report = Report()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # schemathesis's own, about how it uses Hypothesis
        schema = schemathesis.openapi.from_dict(document, config=SchemathesisConfig.from_dict(settings))
        with _hooks(checkpoints):
            for event in engine.from_schema(schema).execute():
                _note(event, report)
    return report


def _note(event: object, report: Report) -> None:
    match event:
        case events.ScenarioFinished(recorder=recorder):
            report.cases += len(recorder.interactions)
            for interaction in recorder.interactions.values():
                if interaction.response is not None:
                    report.statuses[interaction.response.status_code] += 1
            for checks in recorder.checks.values():
                for check in checks:
                    if (info := check.failure_info) is not None:
                        found = info.failure
                        parts = (f"{found.operation}: {check.name}: {found.title}", found.message, info.code_sample)
                        report.findings.append("\n".join(part[:SHOWN] for part in parts))
        case events.NonFatalError(info=error):
            report.findings.append(str(error))
        case events.FatalError(exception=exception):
            raise exception


@contextmanager
def _hooks(checkpoints: Sequence[str]) -> Iterator[None]:
    """What a document can't say: which keys and cursors are good, which ids there are, that a reason has two places."""

    def before_call(context: Any, case: Any, kwargs: dict[str, Any]) -> None:
        if case.meta is None:
            return
        # Of a case that is wrong elsewhere too: else it would be refused for its key, whatever else is taken.
        good = {place for place, component in case.meta.components.items() if component.mode.is_positive}
        if case.query and ParameterLocation.QUERY in good:
            case.query.pop("cursor", None)
        if case.headers and ParameterLocation.HEADER in good and "Idempotency-Key" in case.headers:
            case.headers["Idempotency-Key"] = f"key-{next(_keys)}"
        without_reason = case.method == "DELETE" and case.operation.body and case.body is NOT_SET
        if without_reason and case.meta.generation.mode.is_positive:
            case.query = {"reason": "no", **(case.query or {})}

    def map_path_parameters(context: Any, path_parameters: Mapping[str, Any]) -> Mapping[str, Any]:
        if "agent-checkpoints" not in context.operation.path:
            return path_parameters
        try:
            drawn = UUID(path_parameters["id"]).int
        except (KeyError, ValueError, AttributeError, TypeError):
            return path_parameters
        return {**path_parameters, "id": checkpoints[drawn // 4 % len(checkpoints)]} if drawn % 4 else path_parameters

    # A format, because what schemathesis makes of a pattern for a header has letters and digits alone.
    schemathesis.openapi.format("entity-tags", st.from_regex(r'\A(W/)?"[a-f0-9.]{0,80}"\Z'))
    schemathesis.hook(before_call)
    schemathesis.hook(map_path_parameters)
    try:
        yield
    finally:
        schemathesis.hooks.unregister(before_call)
        schemathesis.hooks.unregister(map_path_parameters)
