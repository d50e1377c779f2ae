"""GET /api/metrics: the five series of the contract, from the api's tables, equal on every replica."""

from collections.abc import Iterable, Iterator

from fastapi import APIRouter
from prometheus_client.core import GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.exposition import choose_encoder
from prometheus_client.registry import Collector, CollectorRegistry
from starlette.requests import Request
from starlette.responses import Response

from sluicegate_api.domain import replicas
from sluicegate_api.reads.tallies import Tallies, TallyReads
from sluicegate_api.reads.workers import WorkerReads
from sluicegate_kit.metrics import (
    AGENT_CHECKPOINTS,
    AGENT_CHECKPOINTS_PENDING,
    AGENT_JOBS,
    AGENT_JOBS_DURATION,
    AGENT_WORKER_ACTIVE_JOBS,
    GaugeName,
)
from sluicegate_kit.web.documented import Answer, documented
from sluicegate_schemas.checkpoint_decided import Outcome
from sluicegate_schemas.job_lifecycle import Status

CHECKPOINT_STATES = ("pending", "recorded", *(outcome.value for outcome in Outcome))


class MetricsEndpoint:
    """What the route does."""

    def __init__(self, tallies: TallyReads, workers: WorkerReads) -> None:
        self._tallies = tallies
        self._workers = workers

    async def show(self, request: Request) -> Response:
        """Prometheus metrics."""
        registry = CollectorRegistry()
        workers = await self._workers.look()
        active = replicas.active_jobs(workers.replicas, workers.now)
        registry.register(_Series(await self._tallies.totals(), active))
        encode, content_type = choose_encoder(request.headers.get("accept", ""))
        return Response(encode(registry), headers={"content-type": content_type})


def router(endpoint: MetricsEndpoint) -> APIRouter:
    """The route."""
    routes = APIRouter(tags=["metrics"])
    shown = documented(answer=Answer("text/plain"))
    routes.get("/api/metrics", summary="Prometheus metrics", openapi_extra=shown)(endpoint.show)
    return routes


class _Series(Collector):
    def __init__(self, tallies: Tallies, active_jobs: int) -> None:
        self._tallies = tallies
        self._active_jobs = active_jobs

    def collect(self) -> Iterator[Metric]:
        tallies = self._tallies
        yield _gauge(AGENT_JOBS, (status.value for status in Status), tallies.jobs)
        buckets = [*map(str, map(float, AGENT_JOBS_DURATION.buckets)), "+Inf"]
        duration = HistogramMetricFamily(AGENT_JOBS_DURATION.name, AGENT_JOBS_DURATION.help)
        duration.add_metric([], list(zip(buckets, tallies.durations, strict=True)), tallies.duration_seconds)
        yield duration
        yield _gauge(AGENT_CHECKPOINTS, CHECKPOINT_STATES, tallies.checkpoints)
        yield _number(AGENT_CHECKPOINTS_PENDING, tallies.checkpoints.get("pending", 0))
        yield _number(AGENT_WORKER_ACTIVE_JOBS, self._active_jobs)


def _gauge(name: GaugeName, labels: Iterable[str], counts: dict[str, int]) -> GaugeMetricFamily:
    """Every label, also those at zero, so that a series does not begin in the middle."""
    family = GaugeMetricFamily(name.name, name.help, labels=name.labels)
    for label in labels:
        family.add_metric([label], counts.get(label, 0))
    return family


def _number(name: GaugeName, value: int) -> GaugeMetricFamily:
    return GaugeMetricFamily(name.name, name.help, value=value)
