"""GET, POST and DELETE /api/admin/agent-worker: the fleet."""

from datetime import datetime, timedelta
from typing import Any

import orjson
from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from sluicegate_api.domain import replicas
from sluicegate_api.domain.fleet import Fleet
from sluicegate_api.domain.queue import READY, Depth, demand, unhandled
from sluicegate_api.domain.replicas import Replica
from sluicegate_api.http.models import FleetModel
from sluicegate_api.http.moments import rfc3339
from sluicegate_api.operations.want_fleet import WantFleet
from sluicegate_api.reads.workers import Standing, WorkerReads
from sluicegate_kit.db.write_loop import WriteLoop
from sluicegate_kit.web.documented import Answer, documented
from sluicegate_kit.web.exchange import caller
from sluicegate_schemas.fleet_control import Desired
from sluicegate_schemas.worker_status import ReplicaState

SHOWN = timedelta(hours=1)


class WorkerEndpoints:
    """What the routes do. None takes a body."""

    def __init__(self, workers: WorkerReads, writes: WriteLoop) -> None:
        self._workers = workers
        self._writes = writes

    async def show(self, request: Request) -> Response:
        """What is wanted, what each replica says, how long the queue is, and which job types nobody handles."""
        return await self._look(200)

    async def start(self, request: Request) -> Response:
        """Let the replicas claim work."""
        await self._writes.submit(WantFleet(Desired.STARTED, caller(request).name))
        return await self._look(202)

    async def stop(self, request: Request) -> Response:
        """Let running jobs finish, and have nothing new claimed."""
        await self._writes.submit(WantFleet(Desired.STOPPED, caller(request).name))
        return await self._look(202)

    async def _look(self, status: int) -> Response:
        body = orjson.dumps(fleet_resource(await self._workers.standing()))
        return Response(body, status, media_type="application/json")


def router(endpoints: WorkerEndpoints) -> APIRouter:
    """The routes."""
    routes = APIRouter(tags=["worker"])
    path = "/api/admin/agent-worker"
    shown, changed = documented(answer=Answer(FleetModel)), documented(answer=Answer(FleetModel, 202))
    routes.get(path, summary="The fleet", openapi_extra=shown)(endpoints.show)
    routes.post(path, summary="Start the fleet", openapi_extra=changed)(endpoints.start)
    routes.delete(path, summary="Stop the fleet", openapi_extra=changed)(endpoints.stop)
    return routes


def fleet_resource(standing: Standing) -> dict[str, Any]:
    """The fleet for `orjson.dumps`. A replica that vanished is still shown for an hour; one that stopped is not."""
    workers, queue = standing.workers, standing.queue
    live = [replica for replica in workers.replicas if replica.live(workers.now)]
    active_jobs = replicas.active_jobs(live, workers.now)
    handled = {job_type for replica in live for job_type in replica.job_types}
    oldest = min((depth.oldest_ready_at for depth in queue if depth.oldest_ready_at is not None), default=None)
    return {
        **_wanted(workers.fleet),
        "replicas": [_replica(replica, workers.now) for replica in workers.replicas if _shown(replica, workers.now)],
        "activeJobs": active_jobs,
        "queue": [_depth(depth) for depth in queue],
        "queueFrom": "workers" if standing.counted_by_workers else "projection",
        "ready": sum(depth.count for depth in queue if depth.state == READY),
        "oldestReadyAt": None if oldest is None else rfc3339(oldest),
        # Two machines' clocks: good enough to look at, and never negative.
        "oldestReadySeconds": None if oldest is None else max(0.0, (workers.now - oldest).total_seconds()),
        "unhandledJobTypes": unhandled(queue, handled),
        "demand": demand(queue, active_jobs, stopped=_stopped(workers.fleet)),
    }


def _stopped(fleet: Fleet | None) -> bool:
    """Whether somebody stopped it. What nobody has started here may have been started by the workers' environment."""
    return fleet is not None and fleet.desired is Desired.STOPPED


def _wanted(fleet: Fleet | None) -> dict[str, Any]:
    """A fleet that nobody has started waits for its first start."""
    if fleet is None:
        return {"desired": Desired.STOPPED, "version": 0, "confirmed": False}
    return {
        "desired": fleet.desired,
        "version": fleet.version,
        "confirmed": fleet.answered,
        "requestedBy": fleet.requested_by,
        "requestedAt": rfc3339(fleet.at),
    }


def _shown(replica: Replica, now: datetime) -> bool:
    return replica.state is not ReplicaState.STOPPED and now - replica.heard_at <= SHOWN


def _replica(replica: Replica, now: datetime) -> dict[str, Any]:
    return {
        "workerId": replica.worker_id,
        "version": replica.version,
        "state": replica.state,
        "slots": replica.slots,
        "activeJobs": replica.active_jobs,
        "fleetVersion": replica.fleet_version,
        "jobTypes": sorted(replica.job_types),
        "live": replica.live(now),
        "lastStatusAt": rfc3339(replica.heard_at),
    }


def _depth(depth: Depth) -> dict[str, Any]:
    found = {"jobType": depth.job_type, "state": depth.state, "count": depth.count}
    if depth.oldest_ready_at is not None:
        found["oldestReadyAt"] = rfc3339(depth.oldest_ready_at)
    return found
