"""What changes is told to those who watch, on every replica, over restarts, and to nobody forever."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import httpx
import psycopg
import pytest

from sluicegate_checkpoint_svc import bootstrap
from sluicegate_checkpoint_svc.pages import events
from sluicegate_kit.clock import SystemClock
from sluicegate_kit.db.listening import Notifier
from sluicegate_kit.web.server import HttpServer
from tests.integration.checkpoint_svc.replicas import DEADLINE_SECONDS, SECRET, Replica, World
from tests.integration.checkpoint_svc.test_http import recorded
from tests.unit.checkpoint_svc.examples import created

pytestmark = pytest.mark.anyio

PATH = "/admin/agent-checkpoints/events"


@dataclass
class Watcher:
    """Reads a stream as a browser does."""

    lines: AsyncIterator[str]
    last: str | None = None

    async def next(self) -> tuple[str, dict[str, Any]]:
        """Name and data of the next event."""
        name, data = "message", ""
        async with asyncio.timeout(DEADLINE_SECONDS):
            async for line in self.lines:
                field, _, value = line.partition(": ")
                match field:
                    case "id":
                        self.last = value
                    case "event":
                        name = value
                    case "data":
                        data = value
                    case "" if data:
                        return name, json.loads(data)
        raise EOFError

    async def until(self, name: str) -> dict[str, Any]:
        """The data of the next event of this name."""
        while True:
            found, data = await self.next()
            if found == name:
                return data


@asynccontextmanager
async def served(replica: Replica) -> AsyncIterator[HttpServer]:
    """The replica on a port of its own."""
    server = HttpServer("http", replica.service.app, "127.0.0.1", 0)
    await server.start()
    try:
        yield server
    finally:
        await server.stop()


@asynccontextmanager
async def watching(
    server: HttpServer, last: str | None = None, *, by: str = "vic", path: str = PATH
) -> AsyncIterator[Watcher]:
    """Watches from now on, or after an event; begins when the server has said so."""
    headers = {"authorization": f"Bearer sg_{by}_{SECRET}"} | ({"last-event-id": last} if last else {})
    async with (
        httpx.AsyncClient(base_url=f"http://127.0.0.1:{server.port}", timeout=DEADLINE_SECONDS) as http,
        http.stream("GET", path, headers=headers) as answer,
    ):
        assert answer.status_code == 200
        assert answer.headers["content-type"].startswith("text/event-stream")
        lines = answer.aiter_lines()
        assert await anext(lines) == "retry: 1000"
        yield Watcher(lines, last)


async def test_everybody_hears_what_happens_on_any_replica(world: World) -> None:
    event = created(risk="high")
    async with (
        world.replicas(2) as (one, other),
        served(one) as here,
        served(other) as there,
        watching(here) as ana,
        watching(there) as ben,
    ):
        path = await recorded(world, event)
        await one.call("POST", f"{path}/comments", by="cleo", json={"text": "hm"})
        await other.call("POST", path)
        facts = {
            "checkpointId": str(event.checkpoint_id),
            "jobId": event.job_id,
            "jobType": event.job_type,
            "kind": "approval",
            "risk": "high",
            "state": "pending",
            "version": 1,
        }
        told = {"recorded": facts, "commented": facts, "decided": facts | {"state": "approved", "version": 2}}
        for watcher in (ana, ben):
            # What happened on another replica may come later than what happened here.
            heard: dict[str, dict[str, Any]] = {}
            while heard.keys() != told.keys():
                name, data = await watcher.next()
                heard |= {name: data} if name in told else {}
            assert heard == told


async def test_what_no_notice_told_is_found_by_looking(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Notifier, "notify", lambda notifier: None)
    monkeypatch.setattr(bootstrap, "LOOK_SECONDS", 0.1)
    async with world.replicas(2) as (one, other), served(one) as here:
        path = await recorded(world, created())
        async with watching(here) as watcher:
            await other.call("POST", path)
            assert (await watcher.until("decided"))["state"] == "approved"


async def test_who_comes_back_is_told_what_happened_meanwhile_also_by_a_replica_that_was_not_there(
    world: World,
) -> None:
    async with world.replicas() as (replica,), served(replica) as server:
        async with watching(server) as watcher:
            path = await recorded(world, created())
            await watcher.until("recorded")
        await replica.call("POST", path)
    async with world.replicas() as (replica,), served(replica) as server, watching(server, watcher.last) as again:
        assert (await again.until("decided"))["state"] == "approved"


async def test_a_page_that_was_made_before_watching_misses_nothing(world: World) -> None:
    async with world.replicas() as (replica,), served(replica) as server:
        url = events.Events(replica.service.feed, SystemClock()).url
        path = await recorded(world, created())
        await replica.call("POST", path)
        async with watching(server, path=url) as watcher:
            assert (await watcher.until("decided"))["state"] == "approved"


async def test_who_comes_back_in_the_moment_of_a_start_does_not_have_to_read_all_again(world: World) -> None:
    async with world.replicas() as (replica,), served(replica) as server, watching(server) as watcher:
        path = await recorded(world, created())
        await watcher.until("recorded")
    async with world.replicas() as (replica,), served(replica) as server:
        url = events.Events(replica.service.feed, SystemClock()).url
        async with watching(server, watcher.last) as back, watching(server, path=url) as ana:
            await replica.call("POST", path)
            for one in (back, ana):
                heard: list[str] = []
                while not heard or heard[-1] != "decided":
                    heard.append((await one.next())[0])
                assert "again" not in heard


@pytest.mark.parametrize("last", ["0", "1", "999999999999999999"])
async def test_who_was_away_too_long_is_told_to_look_again(world: World, last: str) -> None:
    async with world.replicas() as (replica,), served(replica) as server:
        await recorded(world, created())
        async with watching(server, last) as watcher:
            if last.startswith("9"):
                await recorded(world, created(key="other"))
                await watcher.until("recorded")
            else:
                await watcher.until("again")
                assert int(watcher.last or "0") > int(last)


async def test_who_is_far_behind_is_told_to_look_again_instead_of_everything(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(events, "AT_ONCE", 3)
    async with world.replicas() as (replica,), served(replica) as server:
        async with watching(server) as watcher:
            path = await recorded(world, created())
            await watcher.until("recorded")
        for number in range(4):
            await replica.call("POST", f"{path}/comments", json={"text": str(number)})
        async with watching(server, watcher.last) as again:
            await again.until("again")


async def test_a_stream_ends_when_the_service_drains_and_when_it_has_lasted_long_enough(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with world.replicas() as (replica,), served(replica) as server, watching(server) as watcher:
        stopping = asyncio.create_task(server.stop())
        with pytest.raises(EOFError):
            await watcher.next()
        await stopping
    monkeypatch.setattr(events, "LONGEST_SECONDS", 0.0)
    async with world.replicas() as (replica,), served(replica) as server, watching(server) as watcher:
        with pytest.raises(EOFError):
            await watcher.next()


async def test_a_quiet_stream_gives_signs_of_life(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sluicegate_kit.web.sse.SIGN_OF_LIFE_SECONDS", 0.05)
    async with world.replicas() as (replica,), served(replica) as server, watching(server) as watcher:
        async with asyncio.timeout(DEADLINE_SECONDS):
            while await anext(watcher.lines) != ": still there":
                pass


@pytest.mark.parametrize("bad", ["-1", "x", "1" * 19, "1.5"])
async def test_an_id_of_another_stream_is_refused(world: World, bad: str) -> None:
    async with world.replicas() as (replica,):
        key = {"authorization": f"Bearer sg_vic_{SECRET}"}
        answers = [
            await replica.http.get(PATH, headers=key | {"last-event-id": bad}),
            await replica.http.get(PATH, params={"after": bad}, headers=key),
        ]
    assert [answer.status_code for answer in answers] == [400, 422]


async def test_news_are_kept_for_some_minutes_only(world: World) -> None:
    async with world.replicas() as (replica,):
        await recorded(world, created())
        with psycopg.connect(world.database) as connection:
            connection.execute("UPDATE news SET at = at - interval '15 minutes'")
        await replica.service.forgetting.forget()
        with psycopg.connect(world.database) as connection:
            assert connection.execute("SELECT count(*) FROM news").fetchall() == [(0,)]
