"""The fleet: a counted wish, answered by the replicas."""

from datetime import timedelta

from sluicegate_api.domain import replicas
from sluicegate_api.domain.queue import Depth, demand, unhandled
from sluicegate_api.operations.forget_replicas import ForgetReplicas
from sluicegate_api.operations.hear_replica import HearReplica
from sluicegate_api.operations.want_fleet import WantFleet
from sluicegate_api.tables import FLEET, WORKER_REPLICAS
from sluicegate_schemas.fleet_control import Desired, FleetControl
from sluicegate_schemas.worker_status import QueueDepth, ReplicaState
from tests.unit.api.ledger import START, Ledger
from tests.unit.api.samples import status


def test_a_start_is_published_until_a_replica_knows_its_version() -> None:
    ledger = Ledger()
    ledger.run(WantFleet(Desired.STARTED, "ana"))
    ledger.run(HearReplica(status(fleet_version=0)))
    assert ledger.unanswered() == {"fleet-control:1"}
    ledger.run(HearReplica(status(fleet_version=1, at=START + timedelta(seconds=5))))
    assert ledger.unanswered() == set()
    assert ledger.only(FLEET).answered


def test_wanting_the_same_again_makes_no_new_version() -> None:
    ledger = Ledger()
    first = ledger.run(WantFleet(Desired.STARTED, "ana"))
    assert ledger.run(WantFleet(Desired.STARTED, "ben")) == first
    assert len(ledger.emitted) == 1


def test_a_stop_takes_the_place_of_a_start_that_nobody_answered() -> None:
    ledger = Ledger()
    ledger.run(WantFleet(Desired.STARTED, "ana"))
    assert ledger.run(WantFleet(Desired.STOPPED, "ana")).version == 2
    assert ledger.unanswered() == {"fleet-control:2"}


def test_the_wish_at_start_leaves_an_earlier_one_alone() -> None:
    ledger = Ledger()
    ledger.run(WantFleet(Desired.STOPPED, "ana"))
    assert ledger.run(WantFleet(Desired.STARTED, "api", only_first=True)).desired is Desired.STOPPED


def test_a_replica_that_knows_a_higher_version_is_told_again_above_it() -> None:
    ledger = Ledger()
    ledger.run(WantFleet(Desired.STOPPED, "ana"))
    ledger.run(HearReplica(status(fleet_version=7)))
    event = FleetControl.model_validate_json(ledger.emitted[-1].message.value)
    assert (event.version, event.desired) == (8, Desired.STOPPED)
    assert ledger.unanswered() == {"fleet-control:8"}


def test_a_replica_that_has_forgotten_the_wish_is_told_it_again() -> None:
    ledger = Ledger()
    ledger.run(WantFleet(Desired.STARTED, "ana"))
    ledger.run(WantFleet(Desired.STOPPED, "ana"))
    ledger.run(HearReplica(status("w1", fleet_version=2)))
    restored = status("w1", fleet_version=1, at=START + timedelta(seconds=5))
    for _ in range(2):
        ledger.run(HearReplica(restored))
    assert [FleetControl.model_validate_json(each.message.value).version for each in ledger.emitted] == [1, 2, 2]
    assert ledger.emitted[-1].answer_key == "fleet-control:2"
    assert not ledger.only(FLEET).answered
    ledger.run(HearReplica(status("w1", fleet_version=2, at=START + timedelta(seconds=10))))
    assert ledger.only(FLEET).answered


def test_an_old_report_does_not_have_the_wish_said_again() -> None:
    ledger = Ledger()
    ledger.run(WantFleet(Desired.STARTED, "ana"))
    ledger.run(HearReplica(status(fleet_version=1, at=START + timedelta(seconds=5))))
    ledger.run(HearReplica(status(fleet_version=0, at=START)))
    assert len(ledger.emitted) == 1


def test_an_older_report_of_a_replica_changes_nothing() -> None:
    ledger = Ledger()
    ledger.run(HearReplica(status(active_jobs=2, at=START + timedelta(seconds=5))))
    ledger.run(HearReplica(status(active_jobs=1, at=START)))
    assert ledger.only(WORKER_REPLICAS).active_jobs == 2


def test_only_live_replicas_count() -> None:
    ledger = Ledger()
    ledger.run(HearReplica(status("gone", active_jobs=1)))
    ledger.wait(minutes=1)
    ledger.run(HearReplica(status("live", active_jobs=2)))
    ledger.run(HearReplica(status("stopped", active_jobs=3, state=ReplicaState.STOPPED)))
    assert replicas.active_jobs(ledger.every(WORKER_REPLICAS), ledger.now) == 2


def test_the_queue_is_the_latest_count_of_a_live_replica() -> None:
    ledger = Ledger()
    ledger.run(HearReplica(status("w1", queue=[QueueDepth(job_type="a", state="ready", count=1)])))
    ledger.wait(seconds=5)
    newer = [QueueDepth(job_type="a", state="ready", count=2)]
    ledger.run(HearReplica(status("w2", queue=newer)))
    ledger.run(HearReplica(status("w2", at=START + timedelta(seconds=1))))
    assert replicas.queue(ledger.every(WORKER_REPLICAS), ledger.now) == [Depth("a", "ready", 2)]
    ledger.wait(minutes=1)
    assert replicas.queue(ledger.every(WORKER_REPLICAS), ledger.now) is None


def test_replicas_that_have_been_silent_for_a_day_are_forgotten() -> None:
    ledger = Ledger()
    ledger.run(HearReplica(status("gone")))
    ledger.wait(hours=24)
    ledger.run(HearReplica(status("live")))
    assert ledger.run(ForgetReplicas.of(10)) == 1
    assert ledger.only(WORKER_REPLICAS).worker_id == "live"


def test_demand_is_what_is_ready_and_what_is_at_work() -> None:
    queue = [Depth("a", "ready", 4), Depth("b", "ready", 1), Depth("a", "waiting", 100)]
    assert demand(queue, active_jobs=2) == 7


def test_a_stopped_fleet_calls_for_no_slot_but_those_at_work() -> None:
    assert demand([Depth("a", "ready", 4)], active_jobs=2, stopped=True) == 2


def test_job_types_without_a_handler_are_named() -> None:
    assert unhandled([Depth("a", "ready", 4), Depth("b", "ready", 1), Depth("c", "ready", 0)], {"a"}) == ["b"]
