"""Nothing that schemathesis can think of makes a service break its own OpenAPI document, in any role."""

from collections.abc import Callable
from typing import Any, TypeAlias

import pytest

from sluicegate_kit.access.roles import Role
from tests.integration.http.furnish import furnish
from tests.integration.http.fuzz import document_of, fuzz
from tests.integration.http.house import House

Schemas: TypeAlias = dict[str, Any]

MAX_EXAMPLES = {"api": 5, "checkpoint-svc": 20, "insights": 20}
"""For each operation and role, besides those that the document itself calls for."""
CASES_PER_ROLE = {"api": 400, "checkpoint-svc": 400, "insights": 20}
"""So at least 2,000 for each service but the one that has a single route."""


@pytest.fixture(scope="module")
def checkpoints(house: House) -> list[str]:
    """Ids of approvals that are pending at first."""
    found = furnish(house, approvals=60)
    house.drain()
    return found


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("name", MAX_EXAMPLES)
def test_every_answer_is_as_documented(house: House, checkpoints: list[str], name: str, role: Role) -> None:
    service = house.service(name)
    report = fuzz(service, document_of(service), role, checkpoints=checkpoints, max_examples=MAX_EXAMPLES[name])
    assert not report.findings, f"{len(report.findings)} findings:\n\n" + "\n\n".join(report.findings[:10])
    assert report.cases >= CASES_PER_ROLE[name], dict(report.statuses)


def _forget_demand(schemas: Schemas) -> None:
    schemas["FleetModel"]["required"].remove("demand")
    del schemas["FleetModel"]["properties"]["demand"]


def _allow_any_priority(schemas: Schemas) -> None:
    del schemas["SubmitJob"]["properties"]["priority"]["maximum"]


def _forbid_long_descriptions(schemas: Schemas) -> None:
    schemas["SubmitJob"]["properties"]["taskDescription"]["maxLength"] = 5


@pytest.mark.parametrize(
    ("path", "wrong", "check"),
    [
        ("/api/admin/agent-worker", _forget_demand, "response_schema_conformance"),
        ("/api/agent-jobs", _allow_any_priority, "positive_data_acceptance"),
        ("/api/agent-jobs", _forbid_long_descriptions, "negative_data_rejection"),
    ],
)
def test_a_document_that_is_wrong_is_found_out(
    house: House, path: str, wrong: Callable[[Schemas], None], check: str
) -> None:
    document = document_of(house.api)
    document["paths"] = {path: document["paths"][path]}
    wrong(document["components"]["schemas"])
    report = fuzz(house.api, document, Role.ADMIN, checkpoints=[], max_examples=10)
    assert check in {finding.split(": ")[1] for finding in report.findings}, "\n".join(report.findings)


@pytest.mark.parametrize("name", MAX_EXAMPLES)
def test_every_route_says_what_it_answers(house: House, name: str) -> None:
    document = document_of(house.service(name))
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            good = [response for status, response in operation["responses"].items() if status.startswith("2")]
            assert good, f"{method} {path}"
            assert all("schema" in media for response in good for media in response["content"].values())
            assert {"400", "401", "403", "503"} <= operation["responses"].keys()
