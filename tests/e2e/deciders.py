"""Eight people who all want to decide the same checkpoints at the same time, each over connections of their own."""

import asyncio
import json
import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from secrets import token_urlsafe

from bench.http_load import Connection, request

from tests.support.replica import Replica
from tests.support.stack import Stack
from tests.support.waiting import eventually

PATH = "/api/admin/agent-checkpoints"
CONNECTIONS = 2
"""Of each decider to each replica."""


@dataclass(frozen=True, slots=True)
class Decider:
    """One person."""

    name: str
    key: str
    """As it is sent."""


@dataclass(frozen=True, slots=True)
class Vote:
    """What somebody asked for, and what they were told."""

    by: str
    checkpoint_id: str
    wanted: str
    status: int
    decision_id: str
    outcome: str

    @property
    def won(self) -> bool:
        """Whether they were told that it is decided as they asked."""
        return self.status == 200


def hire(stack: Stack, count: int) -> list[Decider]:
    """More approvers, known to every checkpoint-svc."""
    file = stack.keys.identities
    known = json.loads(file.read_text())
    deciders = []
    for number in range(len(known["identities"]), len(known["identities"]) + count):
        name, secret = f"decider{number}", token_urlsafe(24)
        key = {"id": name, "sha256": sha256(secret.encode()).hexdigest(), "expiresAt": None}
        known["identities"].append({"name": name, "person": True, "roles": ["approver"], "keys": [key]})
        deciders.append(Decider(name, f"sg_{name}_{secret}"))
    file.write_text(json.dumps(known))
    for replica in stack.replicas["checkpoint-svc"]:
        eventually(lambda: _knows(replica, deciders[-1]), f"{replica.name} knows them")  # noqa: B023
    return deciders


def race(
    replicas: Sequence[Replica], deciders: Iterable[Decider], checkpoints: Sequence[str], *, seed: int
) -> list[Vote]:
    """Everybody decides everything, in the same order, each by their own lights and on whichever replica is free."""
    return asyncio.run(_race(replicas, deciders, checkpoints, random.Random(seed)))


async def vote(connection: Connection, decider: Decider, checkpoint_id: str, wanted: str) -> Vote:
    """One vote."""
    answer = await connection.send(prepared(decider, checkpoint_id, wanted))
    body = json.loads(answer.body)
    assert answer.status in {200, 409}, body
    decision = body["decision"]
    return Vote(decider.name, checkpoint_id, wanted, answer.status, decision["decisionId"], decision["outcome"])


def prepared(decider: Decider, checkpoint_id: str, wanted: str) -> bytes:
    """The request for it."""
    if wanted == "approved":
        return request("POST", f"{PATH}/{checkpoint_id}", decider.key)
    return request("DELETE", f"{PATH}/{checkpoint_id}?reason=no", decider.key)


def port(replica: Replica) -> int:
    """Of its HTTP API."""
    return int(replica.url.rsplit(":", 1)[1])


async def _race(
    replicas: Sequence[Replica], deciders: Iterable[Decider], checkpoints: Sequence[str], luck: random.Random
) -> list[Vote]:
    votes: list[Vote] = []

    async def decide(decider: Decider) -> None:
        remaining = iter([(each, luck.choice(("approved", "rejected"))) for each in checkpoints])

        async def over(connection: Connection) -> None:
            for checkpoint_id, wanted in remaining:
                votes.append(await vote(connection, decider, checkpoint_id, wanted))
            connection.close()

        connections = [await Connection.open(port(replica)) for replica in replicas for _ in range(CONNECTIONS)]
        await asyncio.gather(*map(over, connections))

    await asyncio.gather(*map(decide, deciders))
    return votes


def _knows(replica: Replica, decider: Decider) -> bool:
    async def ask() -> int:
        connection = await Connection.open(port(replica))
        answer = await connection.send(request("GET", f"{PATH}?limit=1", decider.key))
        connection.close()
        return answer.status

    return asyncio.run(ask()) == 200
