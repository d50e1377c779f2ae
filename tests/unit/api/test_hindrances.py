"""Why nothing moves: one clear sentence for each reason, and none where work goes on."""

from collections.abc import Collection
from datetime import datetime, timedelta

import pytest

from sluicegate_api.domain.fleet import Fleet, want
from sluicegate_api.domain.hindrances import hindrances
from sluicegate_api.domain.queue import Depth
from sluicegate_api.domain.replicas import Replica, hear
from sluicegate_api.pages.hindrances import say
from sluicegate_api.pages.words import plain
from sluicegate_schemas.fleet_control import Desired
from sluicegate_schemas.worker_status import ReplicaState
from tests.unit.api.ledger import START
from tests.unit.api.samples import status

STARTED = want(None, Desired.STARTED, "ana", START)
STOPPED = want(STARTED, Desired.STOPPED, "ana", START)
NOW = START + timedelta(seconds=10)
A_MINUTE_AGO = NOW - timedelta(minutes=1)


def replica(
    worker_id: str = "w1",
    *,
    active: int = 0,
    version: int = 1,
    state: ReplicaState = ReplicaState.READY,
    heard_at: datetime = START,
) -> Replica:
    """With three slots, for `simple-task`."""
    return hear(None, status(worker_id, active_jobs=active, fleet_version=version, state=state), heard_at)


def ready(job_type: str = "simple-task", count: int = 2, oldest: datetime | None = NOW) -> Depth:
    return Depth(job_type, "ready", count, oldest)


def said(
    fleet: Fleet | None, replicas: list[Replica], queue: Collection[Depth] = (), job_type: str | None = None
) -> list[str]:
    return [plain(say(one, NOW)) for one in hindrances(fleet, replicas, queue, NOW, job_type)]


CASES: dict[str, tuple[Fleet | None, list[Replica], list[Depth], list[str]]] = {
    "nothing to do": (STARTED, [replica()], [], []),
    "work goes on": (STARTED, [replica(active=2)], [ready()], []),
    "only people are waited for": (STARTED, [replica()], [Depth("simple-task", "waiting", 9)], []),
    "delayed": (STARTED, [replica()], [Depth("simple-task", "delayed", 9)], []),
    "never started": (None, [replica()], [], ["The fleet has never been started."]),
    "stopped": (STOPPED, [replica(version=2)], [ready(count=1)], ["The fleet is stopped; 1 job waits."]),
    "stopping": (
        STOPPED,
        [replica(active=1, version=2), replica("w2", active=1, version=2)],
        [ready()],
        ["The fleet is stopped: 2 jobs still run to the end; 2 jobs wait."],
    ),
    "no worker ever": (STARTED, [], [ready()], ["No live worker; 2 jobs wait. None has ever been heard of."]),
    "no worker now": (
        STARTED,
        [replica(heard_at=A_MINUTE_AGO), replica("w0", heard_at=START - timedelta(hours=1))],
        [],
        ["No live worker. The last one, w1, was heard of 1 min ago."],
    ),
    "a worker that stopped": (
        STARTED,
        [replica(state=ReplicaState.STOPPED)],
        [],
        ["No live worker. The last one, w1, was heard of 10 s ago."],
    ),
    "not heard": (
        STARTED,
        [replica(version=0)],
        [ready()],
        ["The workers have not heard yet that the fleet is started; 2 jobs wait."],
    ),
    "no handler": (
        STARTED,
        [replica()],
        [ready("odd", 2), Depth("odd", "blocked", 1), Depth("none", "ready", 0)],
        ["No worker handles odd; 3 jobs wait."],
    ),
    "all busy": (
        STARTED,
        [replica(active=3)],
        [ready(count=12, oldest=NOW - timedelta(minutes=4))],
        ["All 3 slots are busy; 12 jobs of type simple-task wait, the oldest for 4 min."],
    ),
    "all draining": (
        STARTED,
        [replica(active=1, state=ReplicaState.DRAINING)],
        [ready()],
        ["Every worker that could do it is stopping; 2 jobs of type simple-task wait."],
    ),
    "one drains, the other is full": (
        STARTED,
        [replica(active=1, state=ReplicaState.DRAINING), replica("w2", active=3)],
        [ready(count=1, oldest=A_MINUTE_AGO)],
        ["All 3 slots are busy; 1 job of type simple-task waits for 1 min."],
    ),
    "free slots and old work": (
        STARTED,
        [replica(active=1)],
        [ready(oldest=A_MINUTE_AGO)],
        [
            "2 slots are free, and nobody takes the work; 2 jobs of type simple-task wait, the oldest for 1 min; "
            "see the workers' logs."
        ],
    ),
    "two things at once": (
        STARTED,
        [replica(active=3)],
        [ready(count=1), ready("odd", 1)],
        ["No worker handles odd; 1 job waits.", "All 3 slots are busy; 1 job of type simple-task waits."],
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_a_reason_is_said_in_one_sentence(case: str) -> None:
    fleet, replicas, queue, expected = CASES[case]
    assert said(fleet, replicas, queue) == expected


def test_for_one_type_only_what_keeps_that_type_waiting_is_said() -> None:
    queue = [ready(count=5, oldest=A_MINUTE_AGO), ready("odd", 1)]
    assert said(STARTED, [replica(active=3)], queue, "odd") == ["No worker handles odd; 1 job waits."]
    assert said(STARTED, [replica(active=3)], queue, "simple-task") == [
        "All 3 slots are busy; 5 jobs of type simple-task wait, the oldest for 1 min."
    ]
    assert said(STARTED, [replica()], [ready("odd", 1)], "simple-task") == []
