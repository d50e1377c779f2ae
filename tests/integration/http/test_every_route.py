"""Every route of every service, tried by everybody: each role, with a key and in a session, as requester and not.

The table `access.toml` says what is to be expected. A route without a row keeps its service from starting
(`tests/unit/kit/web/test_access.py`); a row without a route is found here.
"""

import itertools
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from sluicegate_kit.access.roles import Role
from sluicegate_kit.access.table import Row, shipped
from sluicegate_schemas import envelope
from sluicegate_schemas.checkpoint_created import CheckpointCreated, Kind
from sluicegate_schemas.ids import new_id
from sluicegate_schemas.job_lifecycle import Status
from sluicegate_schemas.payload import digest
from tests.integration.http.furnish import CHECKPOINTS, LETTERS, furnish
from tests.integration.http.house import House, Service
from tests.support.callers import bearer
from tests.support.sessions import token
from tests.support.waiting import eventually
from tests.unit.api.ledger import START
from tests.unit.checkpoint_svc.examples import created

HTML = {"accept": "text/html"}
OURS = {"sec-fetch-site": "same-origin"}
EDITED = '{"amount":1}'
SOMEBODY = "somebody"
"""Requests what nobody who tries has requested."""

_numbers = itertools.count()

ROWS = shipped().rows


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """What a request is about."""

    id: str
    tag: str
    digest: str

    @property
    def item(self) -> str:
        """As a form names it among others."""
        return f"{self.id}~{self.tag}"

    def bulk(self, decision: str) -> dict[str, Any]:
        """As a program names it among others."""
        one = {"checkpointId": self.id, "payloadDigest": self.digest, "decision": decision, "reason": "no"}
        return {"json": {"decisions": [one]}}


PAGE = "/admin/agent-checkpoints"
DECIDING: Mapping[tuple[str, str], Callable[[Checkpoint], dict[str, Any]]] = {
    ("POST", f"{CHECKPOINTS}/{{id}}"): lambda one: {},
    ("DELETE", f"{CHECKPOINTS}/{{id}}"): lambda one: {"json": {"reason": "no"}},
    ("POST", f"{CHECKPOINTS}/bulk"): lambda one: one.bulk("reject"),
    ("POST", f"{PAGE}/{{id}}/approve"): lambda one: {"data": {"shown": one.tag}},
    ("POST", f"{PAGE}/{{id}}/reject"): lambda one: {"data": {"shown": one.tag, "reason": "no"}},
    ("POST", f"{PAGE}/{{id}}/edit/approve"): lambda one: {
        "data": {"shown": one.tag, "payload": EDITED, "as": "json", "digest": digest(EDITED.encode())}
    },
    ("POST", f"{PAGE}/bulk/decide"): lambda one: {"data": {"choice": "reject", "item": one.item, "reason": "no"}},
}
"""The routes that decide on a checkpoint, each with a request that does."""

OTHERS: Mapping[tuple[str, str], Callable[[Checkpoint], dict[str, Any]]] = {
    ("POST", f"{CHECKPOINTS}/{{id}}/comments"): lambda one: {"json": {"text": "hm"}},
    ("POST", f"{PAGE}/{{id}}/comments"): lambda one: {"data": {"text": "hm"}},
    ("POST", f"{PAGE}/{{id}}/edit"): lambda one: {"data": {"shown": one.tag, "as": "json", "payload": EDITED}},
    ("POST", f"{PAGE}/bulk"): lambda one: {"data": {"choice": "reject", "item": one.item}},
    ("POST", "/api/admin/login-links"): lambda one: {"json": {"name": "viewer"}},
    ("POST", "/api/agent-jobs"): lambda one: {
        "json": {"jobType": "simple-task", "taskDescription": "try", "inputData": {"test": "a"}}
    },
    ("PATCH", "/api/agent-jobs/{jobId}"): lambda one: {"json": {"action": "cancel"}},
}
"""What other routes are sent; the rest is sent nothing."""


def _nothing(one: Checkpoint) -> dict[str, Any]:
    return {}


@pytest.fixture(scope="module")
def town(house: House) -> House:
    """With a little of everything in it. Streams end at once."""
    furnish(house, approvals=1)
    house.drain()
    return house


def of(row: Row) -> str:
    return f"{row.service} {row.method} {row.path}"


def by_key(role: Role) -> dict[str, str]:
    return bearer(role)


def in_session(role: Role) -> dict[str, str]:
    return {"cookie": f"sluicegate_dev={token(role)}", **OURS}


def record(town: House, requesters: list[str], *, kind: Kind) -> dict[str, list[Checkpoint]]:
    """A checkpoint for each, by who requested it."""
    events = [created(job_id=f"try-{next(_numbers)}", kind=kind, requested_by=name, risk="low") for name in requesters]
    town.deliver(*(envelope.write(event, ce_id=new_id(), source="test", at=START) for event in events))
    found: dict[str, list[Checkpoint]] = {}
    with town.checkpoint_svc.http() as http:
        for event in events:
            found.setdefault(event.requested_by, []).append(_known(http, event))
    return found


def _known(http: httpx.Client, event: CheckpointCreated) -> Checkpoint:
    path = f"{CHECKPOINTS}/{event.checkpoint_id}"

    def tag() -> str | None:
        found: str | None = http.get(path).headers.get("etag")
        return found

    return Checkpoint(str(event.checkpoint_id), eventually(tag, f"{path} is there").strip('"'), event.payload_digest)


def state(town: House, checkpoint: Checkpoint) -> str:
    with town.checkpoint_svc.http() as http:
        return str(http.get(f"{CHECKPOINTS}/{checkpoint.id}").json()["state"])


def visit(
    service: Service, row: Row, checkpoint: Checkpoint, headers: Mapping[str, str], letter: str = "7"
) -> httpx.Response:
    """A request that the route would take."""
    which = checkpoint.id if row.service == "checkpoint-svc" else letter
    path = row.path
    for name, value in {"id": which, "jobId": f"job-{Status.QUEUED}", "number": "0", "name": "x", "token": "x"}.items():
        path = path.replace(f"{{{name}}}", value)
    body = {**DECIDING, **OTHERS}.get((row.method, row.path), _nothing)(checkpoint)
    query = {"to": PAGE} if path == "/admin/session" else {}
    with service.http(None) as http:
        return http.request(row.method, path, headers=headers, params=query, **body)


def slug(answer: httpx.Response) -> str:
    """Of a problem."""
    if answer.headers.get("content-type") != "application/problem+json":
        return ""
    return str(answer.json()["type"]).rpartition("/")[2]


def visits(row: Row) -> Iterator[tuple[Role, Callable[[Role], dict[str, str]], bool]]:
    """Everybody, both ways, as requester and not."""
    yield from itertools.product(Role, (by_key, in_session), (True, False))


@pytest.mark.parametrize("row", [row for row in ROWS if not row.public], ids=of)
def test_a_route_is_open_to_its_roles_and_to_nobody_else(town: House, row: Row) -> None:
    service = town.service(row.service)
    kind = Kind.INFO if row.path.endswith("/acknowledge") else Kind.APPROVAL
    tries = list(visits(row))
    checkpoints = record(town, [role if mine else SOMEBODY for role, _, mine in tries], kind=kind)
    with town.api.http() as http:
        letter = http.get(LETTERS).json()["items"][0]["id"]
    decides = (row.method, row.path) in DECIDING
    for role, proof, mine in tries:
        checkpoint = checkpoints[role if mine else SOMEBODY].pop()
        answer = visit(service, row, checkpoint, proof(role), letter)
        who = f"{role}, {proof.__name__}, {'requester' if mine else 'not requester'}: {answer.status_code}"
        if role not in row.roles:
            assert (answer.status_code, slug(answer)) == (403, "forbidden"), who
        elif decides and mine and "bulk" not in row.path:
            assert answer.status_code == 403, who
            assert slug(answer) != "forbidden", who
        else:
            assert answer.status_code < 500, who
            assert answer.status_code not in (401, 403, 405), who
            assert slug(answer) != "no-such-route", who
        if decides:
            allowed = role in row.roles and not mine
            assert (state(town, checkpoint) != "pending") is allowed, who


@pytest.mark.parametrize("row", [row for row in ROWS if not row.public], ids=of)
def test_without_a_key_or_a_session_nobody_gets_in(town: House, row: Row) -> None:
    service = town.service(row.service)
    ((checkpoint,),) = record(town, [SOMEBODY], kind=Kind.APPROVAL).values()
    for cookie in (None, "sluicegate_dev=x.y.z", f"__Host-sluicegate={token('admin')}"):
        headers = OURS if cookie is None else OURS | {"cookie": cookie}
        answer = visit(service, row, checkpoint, headers)
        assert (answer.status_code, slug(answer)) == (401, "unauthorized")
    answer = visit(service, row, checkpoint, HTML | OURS)
    if row.page:
        assert answer.status_code == 303
        assert answer.headers["location"].startswith("/admin/sign-in?to=")
    else:
        assert (answer.status_code, slug(answer)) == (401, "unauthorized")
    assert state(town, checkpoint) == "pending"


@pytest.mark.parametrize("row", [row for row in ROWS if not row.public and row.method != "GET"], ids=of)
def test_a_session_does_nothing_for_another_site(town: House, row: Row) -> None:
    service = town.service(row.service)
    ((checkpoint,),) = record(town, [SOMEBODY], kind=Kind.APPROVAL).values()
    session = {"cookie": f"sluicegate_dev={token('admin')}"}
    for headers in ({}, {"origin": "https://evil.example"}, {"sec-fetch-site": "cross-site"}):
        answer = visit(service, row, checkpoint, session | headers)
        assert (answer.status_code, slug(answer)) == (403, "cross-site")
    assert state(town, checkpoint) == "pending"


@pytest.mark.parametrize("row", [row for row in ROWS if row.public], ids=of)
def test_what_is_public_is_there_for_everybody_who_comes_from_here(town: House, row: Row) -> None:
    service = town.service(row.service)
    ((checkpoint,),) = record(town, [SOMEBODY], kind=Kind.APPROVAL).values()
    answer = visit(service, row, checkpoint, OURS)
    assert answer.status_code < 500
    # A session is asked for where one is renewed, a key where somebody signs in with one.
    assert answer.status_code not in (403, 405)
    assert slug(answer) != "no-such-route"
    if row.method != "GET":
        elsewhere = visit(service, row, checkpoint, {"sec-fetch-site": "cross-site"})
        assert (elsewhere.status_code, slug(elsewhere)) == (403, "cross-site")
