"""The names of metrics are a closed list, and part of the contract."""

from prometheus_client import generate_latest

from sluicegate_kit.metrics import DEAD_LETTERS, EXPOSED, NAMES, HistogramName, Metrics, job_type_label

CONTRACT = {
    "agent_jobs_total",
    "agent_jobs_duration_seconds",
    "agent_checkpoints_total",
    "agent_checkpoints_pending",
    "agent_worker_active_jobs",
    "sluicegate_checkpoint_wait_seconds",
    "sluicegate_decision_resume_seconds",
    "sluicegate_runs_ready",
    "sluicegate_oldest_ready_seconds",
    "sluicegate_outbox_depth",
    "sluicegate_dead_letters_total",
    "sluicegate_forged_decisions_total",
    "sluicegate_group_commit_operations",
    "sluicegate_unhandled_runs",
}


def test_the_contract_is_kept() -> None:
    assert {name.name for name in NAMES} >= CONTRACT
    assert len({name.name for name in NAMES}) == len(NAMES)


def test_names_carry_their_units() -> None:
    for name in NAMES:
        assert name.name.startswith(("agent_", "sluicegate_"))
        if isinstance(name, HistogramName):
            assert name.name.endswith(("_seconds", "_operations"))
            assert list(name.buckets) == sorted(name.buckets)


def test_asking_twice_gives_the_same_metric_and_no_series_but_its_own() -> None:
    metrics = Metrics()
    metrics.counter(DEAD_LETTERS).labels("a").inc()
    metrics.counter(DEAD_LETTERS).labels("a").inc()
    text = generate_latest(metrics.registry).decode()
    assert 'sluicegate_dead_letters_total{topic="a"} 2.0' in text
    assert "_created" not in text


def test_a_job_type_that_nobody_registered_is_other() -> None:
    assert job_type_label("code-generation", {"code-generation"}) == "code-generation"
    assert job_type_label("made up", {"code-generation"}) == "other"


def test_no_service_has_a_series_twice() -> None:
    for service in ("api", "worker", "checkpoint-svc"):
        names = [name.name for name in (*EXPOSED["every service"], *EXPOSED[service])]
        assert len(set(names)) == len(names)
