"""The corpus of bad input, against both services: each entry gets its exact answer; what is refused changes nothing."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import psycopg
import pytest
from psycopg.sql import SQL, Identifier

from sluicegate_kit.access.roles import Role
from tests.integration.http.furnish import CHECKPOINTS, JOBS, LETTERS, furnish
from tests.integration.http.house import House, Service
from tests.support.callers import bearer, secret_of
from tests.support.corpus import HttpEntry, http_entries
from tests.support.raw_http import Answer, send

ENTRIES = http_entries()
FLEETING = frozenset({"outbox", "consumer_positions", "tallies", "tally_changes", "tally_decisions"})
"""Tables that change by themselves."""


@dataclass(frozen=True, slots=True)
class Things:
    """What entries may name."""

    house: House
    fixed: Mapping[bytes, bytes]
    approvals: Iterator[str]

    def named(self, service: Service) -> dict[bytes, bytes]:
        """For one entry: with a pending approval that no other entry has."""
        approval = next(self.approvals)
        with self.house.checkpoint_svc.http() as http:
            etag = http.get(f"{CHECKPOINTS}/{approval}").headers["etag"]
        own, other = self.fixed[b"$CURSOR of api"], self.fixed[b"$CURSOR of checkpoint-svc"]
        if service is not self.house.api:
            own, other = other, own
        return {
            **self.fixed,
            b"$CHECKPOINT": approval.encode(),
            b"$ETAG": etag.encode(),
            b"$CURSOR": own,
            b"$SHORTENED": own[:-3],
            b"$OTHERS": other,
        }


@pytest.fixture(scope="module")
def things(house: House) -> Things:
    """The house with something in it."""
    approvals = furnish(house, approvals=len(ENTRIES) + 1)
    decided = approvals.pop()
    with house.checkpoint_svc.http(Role.APPROVER) as http:
        assert http.post(f"{CHECKPOINTS}/{decided}").status_code == 200
        infos = http.get(CHECKPOINTS, params={"kind": "info"}).json()["items"]
        cursor = http.get(CHECKPOINTS, params={"limit": 1}).json()["nextCursor"]
    with house.api.http() as http:
        letter = http.get(LETTERS).json()["items"][0]["id"]
        job_cursor = http.get(JOBS, params={"limit": 1}).json()["nextCursor"]
    fixed = {
        "$JOB": "job-queued",
        "$ENDED": "job-succeeded",
        "$LETTER": letter,
        "$DECIDED": decided,
        "$INFO": infos[0]["checkpointId"],
        "$KEY": secret_of(Role.SUBMITTER),
        "$CURSOR of api": job_cursor,
        "$CURSOR of checkpoint-svc": cursor,
    }
    return Things(house, {name.encode(): value.encode() for name, value in fixed.items()}, iter(approvals))


@pytest.mark.parametrize("entry", ENTRIES, ids=[f"{entry.file}: {entry.name}" for entry in ENTRIES])
def test_bad_input_gets_its_answer(house: House, things: Things, entry: HttpEntry) -> None:
    service = house.service(entry.service)
    before = contents(service)
    answer = ask(service, entry, things.named(service))
    assert (answer.status, slug(answer), place(answer) if entry.at is not None else None) == (
        entry.status,
        entry.problem,
        entry.at,
    ), answer.body[:2000]
    assert entry.keeps in answer.body
    if entry.status >= 400:
        assert contents(service) == before
    elif entry.status == 202:
        assert_kept(service, answer)
    assert_still_works(service)


def ask(service: Service, entry: HttpEntry, named: Mapping[bytes, bytes]) -> Answer:
    """Sends an entry."""

    def filled(text: bytes) -> bytes:
        # The longest name first: one may begin another.
        for name in sorted(named, key=len, reverse=True):
            text = text.replace(name, named[name])
        return text

    body = filled(entry.body)
    headers = [(name, filled(value).decode("latin-1")) for name, value in entry.headers if value is not None]
    told = {name.lower() for name, _ in entry.headers}
    if entry.caller != "nobody" and "authorization" not in told:
        headers.append(("Authorization", bearer(entry.caller)["authorization"]))
    if body and "content-type" not in told:
        headers.append(("Content-Type", "application/json"))
    if body and not told & {"content-length", "transfer-encoding"}:
        headers.append(("Content-Length", str(len(body))))
    return send(service.port, entry.method, filled(entry.path), headers, body)


def slug(answer: Answer) -> str:
    """What kind of problem it is; nothing if it is none."""
    if answer.status < 400:
        return ""
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert problem["status"] == answer.status
    assert problem["requestId"] == answer.headers["x-request-id"]
    return str(problem["type"]).rpartition("/")[2]


def place(answer: Answer) -> str | None:
    """Where its first error is."""
    match answer.json().get("errors", []) if answer.status >= 400 else []:
        case [{"pointer": pointer}, *_]:
            return str(pointer)
        case [{"parameter": parameter}, *_]:
            return f"?{parameter}"
        case [{"header": header}, *_]:
            return f"{header}:"
        case _:
            return None


def contents(service: Service) -> dict[str, str]:
    """A digest of every table."""
    digest = SQL("SELECT {}, md5(string_agg(md5(t::text), '' ORDER BY md5(t::text))) FROM {} t")
    with psycopg.connect(service.database_url) as connection:
        named = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
        tables = [name for (name,) in named if name not in FLEETING]
        query = SQL(" UNION ALL ").join(digest.format(name, Identifier(name)) for name in tables)
        return dict(connection.execute(query).fetchall())


def assert_kept(service: Service, answer: Answer) -> None:
    """What was accepted is there, as it was answered."""
    with service.http() as http:
        assert http.get(answer.headers["location"]).json() == answer.json()


def assert_still_works(service: Service) -> None:
    """A good request right after is taken."""
    with service.http() as http:
        if service.name == "api":
            answer = http.post(JOBS, json={"jobType": "simple-task", "taskDescription": "still there?"})
            assert answer.status_code == 202
            assert http.get(answer.headers["location"]).status_code == 200
        else:
            assert http.get(CHECKPOINTS).status_code == 200
