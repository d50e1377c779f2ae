"""The metrics: a closed list of names, which are part of the contract, and one registry per process."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, disable_created_metrics
from prometheus_client.gc_collector import GCCollector
from prometheus_client.platform_collector import PlatformCollector
from prometheus_client.process_collector import ProcessCollector

OTHER = "other"

_without_created_series: Callable[[], None] = disable_created_metrics


@dataclass(frozen=True, slots=True)
class CounterName:
    """Something that only grows."""

    name: str
    help: str
    labels: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class GaugeName:
    """Something that goes up and down."""

    name: str
    help: str
    labels: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class HistogramName:
    """How something is distributed."""

    name: str
    help: str
    labels: tuple[str, ...] = ()
    buckets: tuple[float, ...] = ()


MetricName: TypeAlias = CounterName | GaugeName | HistogramName

_FROM_MS_TO_MINUTES = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60)
_FROM_SECONDS_TO_WEEKS = (1, 5, 15, 60, 300, 900, 3600, 4 * 3600, 86_400, 3 * 86_400, 7 * 86_400, 28 * 86_400)
_WORK = (0.01, 0.05, 0.1, 0.5, 1, 5, 10, 30, 60, 300, 900, 3600, 4 * 3600)

AGENT_JOBS = GaugeName("agent_jobs_total", "Jobs by status", ("status",))
"""A gauge although it is called a total: the reference system's name for a count that falls as jobs move on."""
AGENT_JOBS_DURATION = HistogramName(
    "agent_jobs_duration_seconds", "Running time of ended jobs, all attempts of the run", (), _WORK
)
AGENT_CHECKPOINTS = GaugeName("agent_checkpoints_total", "Checkpoints by status", ("status",))
AGENT_CHECKPOINTS_PENDING = GaugeName("agent_checkpoints_pending", "Checkpoints that wait for a person")
AGENT_WORKER_ACTIVE_JOBS = GaugeName("agent_worker_active_jobs", "Runs that live replicas execute now")

CHECKPOINT_WAIT = HistogramName(
    "sluicegate_checkpoint_wait_seconds", "From record to decision", ("outcome",), _FROM_SECONDS_TO_WEEKS
)
DECISION_RESUME = HistogramName(
    "sluicegate_decision_resume_seconds",
    "From decision to the arrival of the lifecycle event that names it",
    (),
    _FROM_MS_TO_MINUTES,
)
RUNS_READY = GaugeName("sluicegate_runs_ready", "Runs that could be claimed now")
OLDEST_READY = GaugeName("sluicegate_oldest_ready_seconds", "Age of the longest ready run")
OUTBOX_DEPTH = GaugeName("sluicegate_outbox_depth", "Outbox rows: unsent, and sent but unanswered")
OUTBOX_OLDEST = GaugeName(
    "sluicegate_outbox_oldest_seconds",
    "Age of the oldest event that the broker has not acknowledged, or nobody has answered",
    ("topic",),
)
INGESTED_RECORDS = CounterName("sluicegate_ingest_records_total", "Records read and written", ("topic",))
INGEST_LAG = GaugeName(
    "sluicegate_ingest_lag_records", "Records of this replica's partitions that it has not written yet", ("topic",)
)
INGEST_PARTITIONS = GaugeName("sluicegate_ingest_partitions", "Partitions that this replica reads")
INGEST_STALLED = GaugeName(
    "sluicegate_ingest_stalled_seconds", "Since ingest last went all the way from a broker that answers to the database"
)
DEAD_LETTERS = CounterName("sluicegate_dead_letters_total", "Records dead-lettered", ("topic",))
SKIPPED_RECORDS = CounterName(
    "sluicegate_skipped_records_total", "Records that this reader can't handle and doesn't own", ("topic",)
)
LOGS_LOST = CounterName("sluicegate_logs_lost_total", "Partitions whose log was found lost", ("topic",))
FORGED_DECISIONS = CounterName("sluicegate_forged_decisions_total", "Decisions without a good signature")
GROUP_COMMIT_OPERATIONS = HistogramName(
    "sluicegate_group_commit_operations", "Operations per commit", (), (1, 2, 5, 10, 20, 50, 100, 200, 500)
)
UNHANDLED_RUNS = GaugeName("sluicegate_unhandled_runs", "Queued runs that no live replica handles", ("job_type",))
ATTEMPTS = CounterName(
    "sluicegate_attempts_total",
    "Executions of a handler that are over, by how: suspended ones go on later, lost ones elsewhere",
    ("job_type", "end"),
)
SLOTS = GaugeName("sluicegate_slots", "Runs that this replica can execute at once")
SLOTS_BUSY = GaugeName("sluicegate_slots_busy", "Runs that this replica executes now")
FLEET_STARTED = GaugeName("sluicegate_fleet_started", "1 if the fleet is to claim jobs, 0 if it is stopped")
LIVE_REPLICAS = GaugeName("sluicegate_live_replicas", "Worker replicas heard of lately, by state", ("state",))
APPROVALS_DUE = GaugeName(
    "sluicegate_approvals_due", "Pending approvals whose deadline is no further away than this", ("within",)
)
OLDEST_PENDING = GaugeName("sluicegate_oldest_pending_seconds", "Age of the approval that has waited longest")
INSIGHTS_COMPLETE = GaugeName(
    "sluicegate_insights_complete", "1 once it has read what the log held when it started, 0 before"
)
HTTP_REQUESTS = HistogramName(
    "sluicegate_http_request_seconds",
    "Requests by the template of their path",
    ("method", "route", "status"),
    _FROM_MS_TO_MINUTES,
)
HTTP_FAILURES = CounterName(
    "sluicegate_http_failures_total",
    "5xx answers: `unavailable` while a dependency is down (503), `defect` for any other",
    ("kind",),
)

EXPOSED: Mapping[str, tuple[MetricName, ...]] = {
    "GET /api/metrics": (
        AGENT_JOBS,
        AGENT_JOBS_DURATION,
        AGENT_CHECKPOINTS,
        AGENT_CHECKPOINTS_PENDING,
        AGENT_WORKER_ACTIVE_JOBS,
    ),
    "api, checkpoint-svc and worker": (
        OUTBOX_DEPTH,
        OUTBOX_OLDEST,
        INGESTED_RECORDS,
        INGEST_LAG,
        INGEST_PARTITIONS,
        INGEST_STALLED,
        DEAD_LETTERS,
        SKIPPED_RECORDS,
        LOGS_LOST,
        GROUP_COMMIT_OPERATIONS,
    ),
    "api": (HTTP_REQUESTS, HTTP_FAILURES, FLEET_STARTED, LIVE_REPLICAS),
    "checkpoint-svc": (
        HTTP_REQUESTS,
        HTTP_FAILURES,
        CHECKPOINT_WAIT,
        DECISION_RESUME,
        APPROVALS_DUE,
        OLDEST_PENDING,
    ),
    "worker": (
        RUNS_READY,
        OLDEST_READY,
        UNHANDLED_RUNS,
        ATTEMPTS,
        SLOTS,
        SLOTS_BUSY,
        FORGED_DECISIONS,
    ),
    "insights": (
        HTTP_REQUESTS,
        HTTP_FAILURES,
        INGESTED_RECORDS,
        INGEST_LAG,
        INGEST_PARTITIONS,
        INGEST_STALLED,
        SKIPPED_RECORDS,
        LOGS_LOST,
        INSIGHTS_COMPLETE,
    ),
}
"""All there are, by where they are to be had: on that path, or on the internal port of that service."""

NAMES: tuple[MetricName, ...] = tuple(dict.fromkeys(name for names in EXPOSED.values() for name in names))


class Metrics:
    """The metrics of one process. Asking twice gives the same one."""

    def __init__(self) -> None:
        _without_created_series()
        self.registry = CollectorRegistry()
        self._made: dict[MetricName, Counter | Gauge | Histogram] = {}

    @classmethod
    def of_process(cls) -> "Metrics":
        """With what the process itself has to say: memory, CPU, file descriptors, garbage collection."""
        metrics = cls()
        ProcessCollector(registry=metrics.registry)
        PlatformCollector(registry=metrics.registry)
        GCCollector(registry=metrics.registry)
        return metrics

    def counter(self, name: CounterName) -> Counter:
        """The counter of that name."""
        made = self._made.get(name)
        if not isinstance(made, Counter):
            made = self._made[name] = Counter(name.name, name.help, name.labels, registry=self.registry)
        return made

    def gauge(self, name: GaugeName) -> Gauge:
        """The gauge of that name."""
        made = self._made.get(name)
        if not isinstance(made, Gauge):
            made = self._made[name] = Gauge(name.name, name.help, name.labels, registry=self.registry)
        return made

    def histogram(self, name: HistogramName) -> Histogram:
        """The histogram of that name."""
        made = self._made.get(name)
        if not isinstance(made, Histogram):
            made = self._made[name] = Histogram(
                name.name, name.help, name.labels, registry=self.registry, buckets=name.buckets
            )
        return made


def job_type_label(job_type: str, registered: Collection[str]) -> str:
    """The value of a `job_type` label: anybody can send any job type, so only registered ones are named."""
    return job_type if job_type in registered else OTHER
