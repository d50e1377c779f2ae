"""A server drains: requests in flight end, long polls are ended, and the port is free again."""

import asyncio
import socket

import httpx
import pytest

from sluicegate_kit.metrics import Metrics
from sluicegate_kit.web.internal import Probe, internal_app
from sluicegate_kit.web.server import HttpServer, PortTaken, listen
from tests.support.callers import bearer
from tests.unit.kit.web.service import service

pytestmark = pytest.mark.anyio

HOST = "127.0.0.1"


async def test_a_long_poll_ends_when_the_server_drains() -> None:
    waiting = asyncio.Event()
    server = HttpServer("http", service(waiting=waiting), HOST, 0)
    await server.start()
    async with httpx.AsyncClient(base_url=f"http://{HOST}:{server.port}", headers=bearer("admin")) as client:
        assert (await client.get("/things")).status_code == 200
        poll = asyncio.create_task(client.get("/wait"))
        await asyncio.wait_for(waiting.wait(), 20)
        await server.stop()
        assert (await asyncio.wait_for(poll, 20)).json() == {"ended": "by stopping"}
        await asyncio.wait_for(server.wait(), 20)


async def test_a_taken_port_is_named() -> None:
    first = HttpServer("first", service(), HOST, 0)
    await first.start()
    with pytest.raises(PortTaken, match=f"{HOST}:{first.port}"):
        await HttpServer("second", service(), HOST, first.port).start()
    await first.stop()


@pytest.mark.parametrize(
    "head",
    [
        b"NONSENSE\r\n\r\n",
        b"GET /things HTTP/1.1\r\nHost: x\r\nContent-Length: ten\r\n\r\n",
        b"GET /th\xffings HTTP/1.1\r\nHost: x\r\n\r\n",
        b"POST /things HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999999999999\r\n\r\n",
        b"GET /things HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer \xff\xfe\r\n\r\n",
        b"GET /things?a=%ff&%ff=1 HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET /" + b"a" * 100_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n",
    ],
)
async def test_garbage_on_the_wire_is_never_a_5xx(head: bytes) -> None:
    server = HttpServer("http", service(), HOST, 0)
    await server.start()
    reader, writer = await asyncio.open_connection(HOST, server.port)
    writer.write(head)
    writer.write_eof()
    answer = await asyncio.wait_for(reader.read(200), 20)
    writer.close()
    await server.stop()
    assert answer == b"" or answer.split(b" ")[1].startswith(b"4"), answer


async def _well() -> None:
    return None


async def _ill() -> None:
    raise ConnectionError("secret-marker")


async def test_health_says_what_fails_and_metrics_what_happened() -> None:
    app = internal_app(Metrics.of_process(), alive=[Probe("loop", _well)], ready=[Probe("database", _ill)])
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://internal") as client:
        assert (await client.get("/healthz")).json() == {"status": "ok", "failing": []}
        ready = await client.get("/readyz")
        assert (ready.status_code, ready.json()["failing"]) == (503, ["database"])
        assert "process_resident_memory_bytes" in (await client.get("/metrics")).text
        assert (await client.get("/other")).status_code == 404
        assert (await client.post("/metrics")).status_code == 405


async def test_requests_are_counted_by_route_and_never_by_path() -> None:
    metrics = Metrics()
    server = service(metrics)
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(server), base_url="http://test", headers=bearer("admin")
    ) as client:
        for path in ("/things/1", "/things/2", "/nowhere/3"):
            await client.get(path)
        await client.request("BREW", "/nowhere")
    counted = {
        (sample.labels["method"], sample.labels["route"], sample.labels["status"]): sample.value
        for metric in metrics.registry.collect()
        for sample in metric.samples
        if sample.name == "sluicegate_http_request_seconds_count"
    }
    assert counted == {("GET", "/things/{thingId}", "200"): 2, ("any", "unmatched", "404"): 2}


async def test_what_is_the_services_own_fault_is_counted_from_zero_by_whether_it_is_a_defect() -> None:
    metrics = Metrics()
    server = service(metrics)

    def failures() -> tuple[float | None, ...]:
        value = metrics.registry.get_sample_value
        return tuple(value("sluicegate_http_failures_total", {"kind": kind}) for kind in ("unavailable", "defect"))

    assert failures() == (0, 0)
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(server), base_url="http://test", headers=bearer("admin")
    ) as client:
        for how in ("teapot", "domain", "database", "connection", "unforeseen"):
            await client.get(f"/broken/{how}")
    assert failures() == (2, 1)


def test_the_listening_socket_says_that_it_is_tcp_so_that_asyncio_turns_nagle_off() -> None:
    with listen("127.0.0.1", 0) as listening:
        assert listening.proto == socket.IPPROTO_TCP
