"""The internal port: metrics for Prometheus, health for whoever supervises the process. No keys, never public."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

import orjson
from prometheus_client.exposition import choose_encoder
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from sluicegate_kit.metrics import Metrics
from sluicegate_kit.web.problem import Problem
from sluicegate_schemas.ids import new_id

PROBE_SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class Probe:
    """One thing that health depends on. `ask` returns when all is well and raises when it isn't."""

    name: str
    ask: Callable[[], Awaitable[object]]


def internal_app(metrics: Metrics, *, alive: Sequence[Probe] = (), ready: Sequence[Probe] = ()) -> ASGIApp:
    """`/metrics`, `/healthz` (all of `alive` are well) and `/readyz` (`alive` and `ready` are)."""

    async def answer(request: Request) -> Response:
        if request.method not in ("GET", "HEAD"):
            raise Problem(405, "method-not-allowed", "This path takes GET.", headers={"allow": "GET"})
        match request.url.path:
            case "/metrics":
                encode, content_type = choose_encoder(request.headers.get("accept", ""))
                return Response(encode(metrics.registry), headers={"content-type": content_type})
            case "/healthz":
                return await _health(alive)
            case "/readyz":
                return await _health([*alive, *ready])
            case _:
                raise Problem(404, "no-such-route", "Here are /metrics, /healthz and /readyz.")

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        try:
            response = await answer(Request(scope))
        except Problem as problem:
            response = problem.response(str(new_id()))
        await response(scope, receive, send)

    return app


async def _health(probes: Sequence[Probe]) -> Response:
    failed = [name for name in await asyncio.gather(*map(_failed, probes)) if name is not None]
    body = {"status": "failing" if failed else "ok", "failing": failed}
    return Response(orjson.dumps(body), 503 if failed else 200, media_type="application/json")


async def _failed(probe: Probe) -> str | None:
    try:
        async with asyncio.timeout(PROBE_SECONDS):
            await probe.ask()
    except Exception:
        return probe.name
    return None
