"""Eight deciders race on every checkpoint, on either of two replicas: one of them wins, and everybody is told who."""

import asyncio
import random
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager

import psycopg
from bench.http_load import Connection, request

from sluicegate_dev.services import CHECKPOINT_SVC
from tests.e2e import deciders
from tests.e2e.deciders import Decider, Vote
from tests.e2e.town import Town
from tests.e2e.upstream import produce, record
from tests.support.replica import Replica
from tests.support.waiting import eventually
from tests.witness.evidence import Told

DECIDERS = 8
CHECKPOINTS = 500
IN_ONE_BATCH = 25


def test_eight_deciders_on_two_replicas_race_on_500_checkpoints_and_each_is_decided_once(town: Town) -> None:
    jobs = _ask(town, "race", CHECKPOINTS)
    eight = deciders.hire(town.stack, DECIDERS)
    votes = deciders.race(town.stack.replicas["checkpoint-svc"], eight, list(jobs), seed=1)
    _expect(town, jobs, votes)
    assert len(Counter(vote.by for vote in votes if vote.won)) > 1
    assert {vote.outcome for vote in votes} == {"approved", "rejected"}
    town.wait_for_ends()
    town.check()


def test_eight_votes_on_each_of_25_checkpoints_in_one_batch_decide_each_once(town: Town) -> None:
    jobs = _ask(town, "batch", IN_ONE_BATCH + 1)
    eight = deciders.hire(town.stack, DECIDERS)
    replica = town.stack.checkpoint_svc
    before = _large_commits(replica)
    votes = asyncio.run(_all_at_once(town, replica, eight, list(jobs)))
    assert _large_commits(replica) > before
    _expect(town, jobs, votes)
    town.wait_for_ends()
    town.check()


def _ask(town: Town, name: str, count: int) -> dict[str, str]:
    """Jobs that wait for a decision: their ids by checkpoint."""
    jobs = [f"{name}-{number}" for number in range(count)]
    requests = [
        (
            job,
            *record(
                "bare",
                {
                    "jobId": job,
                    "jobType": "witness-gated",
                    "taskDescription": "a prize",
                    "inputData": {"say": job},
                },
            ),
        )
        for job in jobs
    ]
    produce(town.stack.bootstrap_servers, requests)
    query = "SELECT checkpoint_id, job_id FROM checkpoints WHERE job_id = ANY(%s) AND state = 'pending'"

    def asked() -> dict[str, str] | None:
        rows = town.stack.rows(CHECKPOINT_SVC, query, jobs)
        return {str(row["checkpoint_id"]): row["job_id"] for row in rows} if len(rows) == count else None

    return eventually(asked, f"{count} jobs wait", within_seconds=180, every_seconds=0.2)


def _expect(town: Town, jobs: dict[str, str], votes: list[Vote]) -> None:
    """Everybody was answered, one of them won each checkpoint, and that is how the job has to end."""
    assert Counter(vote.checkpoint_id for vote in votes) == Counter(dict.fromkeys(jobs, DECIDERS))
    winners = [vote for vote in votes if vote.won]
    assert Counter(vote.checkpoint_id for vote in winners) == Counter(dict.fromkeys(jobs, 1))
    for vote in winners:
        assert vote.outcome == vote.wanted
        town.expected[jobs[vote.checkpoint_id]] = "succeeded" if vote.outcome == "approved" else "rejected"
    # Whoever came too late was told who had won, which has to be true as well.
    town.people.told += [Told(vote.checkpoint_id, vote.decision_id, vote.outcome) for vote in votes]


async def _all_at_once(town: Town, replica: Replica, eight: list[Decider], checkpoints: list[str]) -> list[Vote]:
    """While a row is held, everything else that was asked for meanwhile becomes the next batch."""
    luck = random.Random(2)
    held = checkpoints[0]

    connections = [await Connection.open(deciders.port(replica)) for _ in range(DECIDERS * len(checkpoints))]

    async def alone(decider: Decider, checkpoint: str, wanted: str) -> Vote:
        connection = connections.pop()
        try:
            return await deciders.vote(connection, decider, checkpoint, wanted)
        finally:
            connection.close()

    def votes_on(some: Iterable[str]) -> list[asyncio.Task[Vote]]:
        return [
            asyncio.create_task(alone(decider, checkpoint, luck.choice(("approved", "rejected"))))
            for checkpoint in some
            for decider in eight
        ]

    with _row_held(town, held) as waited_for:
        votes = votes_on([held])
        await asyncio.to_thread(eventually, waited_for, "a batch waits for the row")
        votes += votes_on(checkpoints[1:])
        # It reads its connections in turn: when this is answered, it has read the votes.
        watcher = await Connection.open(deciders.port(replica))
        answer = await watcher.send(request("GET", f"{deciders.PATH}?limit=1", eight[0].key))
        assert answer.status == 200
        watcher.close()
    return await asyncio.gather(*votes)


@contextmanager
def _row_held(town: Town, checkpoint_id: str) -> Iterator[Callable[[], bool]]:
    """Locks the checkpoint; gives a look at whether somebody waits for it."""
    url = town.stack.database_urls[CHECKPOINT_SVC.name]
    with psycopg.connect(url) as holder, psycopg.connect(url, autocommit=True) as onlooker:
        holder.execute("SELECT FROM checkpoints WHERE checkpoint_id = %s FOR UPDATE", (checkpoint_id,))
        waiting = "SELECT FROM pg_locks WHERE NOT granted AND %s = ANY(pg_blocking_pids(pid))"
        yield lambda: onlooker.execute(waiting, (holder.info.backend_pid,)).rowcount > 0


def _large_commits(replica: Replica) -> int:
    """How many commits of over 100 operations it has seen."""
    text = replica.metrics()
    name = "sluicegate_group_commit_operations"
    counts = [re.search(rf"^{name}_{series} (\S+)$", text, re.MULTILINE) for series in ('bucket{le="100.0"}', "count")]
    small, every = (float(found.group(1)) if found else 0.0 for found in counts)
    return int(every - small)
