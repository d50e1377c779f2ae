"""Silent jobs are asked about, ever more rarely."""

from sluicegate_api.operations.ask_reports import AskReport, LookForSilence
from sluicegate_api.tables import JOBS
from sluicegate_schemas.job_control import Action, JobControl
from sluicegate_schemas.job_lifecycle import Status
from tests.unit.api.ledger import Ledger
from tests.unit.api.samples import JOB, SILENCE, projected, snapshot, submit


def reports(ledger: Ledger) -> int:
    ledger.run(LookForSilence.of(SILENCE, 10))
    events = [each.message for each in ledger.emitted if each.message.topic == "sluicegate.job-control.v1"]
    assert all(JobControl.model_validate_json(event.value).action is Action.REPORT for event in events)
    return len(events)


def test_a_job_that_was_silent_for_ten_minutes_is_asked_about() -> None:
    ledger = Ledger()
    ledger.run(submit())
    ledger.wait(minutes=9)
    assert reports(ledger) == 0
    ledger.wait(minutes=1)
    assert reports(ledger) == 1


def test_a_job_that_spoke_is_not_asked_about() -> None:
    ledger = Ledger()
    ledger.run(submit())
    ledger.wait(minutes=6)
    ledger.run(projected(snapshot(1)))
    ledger.wait(minutes=6)
    assert reports(ledger) == 0


def test_what_only_repeats_the_state_keeps_the_wait_doubling() -> None:
    ledger = Ledger()
    ledger.run(submit())
    ledger.run(projected(snapshot(1, Status.WAITING)))
    for asked in range(1, 10):
        ledger.now = ledger.only(JOBS).report_at or ledger.now
        reports(ledger)
        ledger.run(projected(snapshot(1 + asked, Status.WAITING)))
    job = ledger.only(JOBS)
    assert job.reports == 9
    assert job.report_at is not None
    assert (job.report_at - ledger.now).total_seconds() == 86_400


def test_a_change_of_state_starts_the_wait_anew() -> None:
    ledger = Ledger()
    ledger.run(submit())
    ledger.run(projected(snapshot(1, Status.WAITING)))
    ledger.wait(minutes=10)
    assert reports(ledger) == 1
    ledger.run(projected(snapshot(2, Status.RUNNING)))
    assert ledger.only(JOBS).reports == 0


def test_an_ended_job_is_left_alone_until_it_is_retried() -> None:
    ledger = Ledger()
    ledger.run(projected(snapshot(1, Status.FAILED)))
    assert ledger.only(JOBS).report_at is None
    ledger.run(projected(snapshot(2, Status.QUEUED, run=2)))
    assert ledger.only(JOBS).report_at is not None


def test_after_a_lost_log_one_event_asks_about_every_job() -> None:
    ledger = Ledger()
    ledger.run(AskReport("*"))
    event = JobControl.model_validate_json(ledger.emitted[0].message.value)
    assert (event.job_id, event.action, ledger.emitted[0].answer_key) == ("*", Action.REPORT, None)
    assert event.job_id != JOB
