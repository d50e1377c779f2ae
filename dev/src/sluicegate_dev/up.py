"""`make dev`: the whole system on this machine, until Ctrl-C."""

import asyncio
import contextlib
import signal
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

from sluicegate_dev.dev_file import write_dev_file
from sluicegate_dev.folder import DevFolder
from sluicegate_dev.front_door import FrontDoor
from sluicegate_dev.greeting import greeting
from sluicegate_dev.house import Broker, House
from sluicegate_dev.keys import PEOPLE
from sluicegate_dev.own_handlers import Handlers, find_handlers
from sluicegate_dev.ports import LOOPBACK, free_port
from sluicegate_dev.routes import Route, routes_of
from sluicegate_dev.samples import lay_out_samples
from sluicegate_dev.screen import LogTail, say
from sluicegate_dev.sign_in_links import sign_in_links
from sluicegate_dev.supervisor import Supervisor
from sluicegate_dev.watching import changes_of
from sluicegate_kit.web.server import HttpServer

_LOOK_SECONDS = 0.3


@dataclass(frozen=True, slots=True)
class Options:
    """What the command line says."""

    clone: Path
    broker: Broker
    handlers: str
    """Comma-separated modules or paths."""
    port: int
    """First choice for the front door; another free one if taken."""


async def up(options: Options) -> None:
    """Runs until SIGINT, SIGTERM or SIGHUP; nothing of it runs afterwards.

    Raises:
        DevError: it could not be started; nothing of it runs.
    """
    routes = routes_of(options.clone)
    folder = DevFolder(options.clone / ".sluicegate")
    with folder.held():
        if ended := folder.end_leftovers():
            say("dev", f"ended what a killed run had left: {', '.join(ended)}")
        folder.turn_over_logs()
        handlers = find_handlers(options.handlers, [Path.cwd(), *sorted(options.clone.glob("examples/*/"))])
        house = House(folder, options.broker, handlers)
        stop = _stop_signals(house)
        try:
            await _live(house, handlers, folder, options, routes, stop)
        finally:
            stop.set()
            folder.dev_file.unlink(missing_ok=True)
            await house.stop()
            folder.forget_processes()
            say("dev", "stopped; nothing is left running")


async def _live(
    house: House,
    handlers: Handlers,
    folder: DevFolder,
    options: Options,
    routes: tuple[Route, ...],
    stop: asyncio.Event,
) -> None:
    began = time.monotonic()
    say("dev", f"starts PostgreSQL and {'Apache Kafka' if options.broker == 'jvm' else 'the embedded broker'}")
    lay_out_samples(options.clone / "examples", folder.workspace)
    for stage in (house.start_servers, house.migrate, house.start_services):
        await stage()
        if stop.is_set():
            return
    async with _front_door(house, routes, options.port) as origin:

        def announce() -> None:
            write_dev_file(folder, house, origin)

        getting_ready = asyncio.create_task(house.wait_until_ready())
        await _first_of(getting_ready, asyncio.create_task(stop.wait()))
        if stop.is_set():
            return
        announce()
        api_keys = house.keys.api_keys
        links = await sign_in_links(origin, api_keys["admin"], PEOPLE)
        say("dev", f"ready after {time.monotonic() - began:.1f} s")
        say("", greeting(origin, house.kafka.bootstrap_servers, folder, api_keys, links))
        supervisor = Supervisor(say, announce)
        await _first_of(
            asyncio.create_task(stop.wait()),
            *(asyncio.create_task(supervisor.watch(part)) for part in house.parts),
            asyncio.create_task(_show_logs([LogTail(s.name, folder.log(s.name)) for s in house.services])),
            *(asyncio.create_task(_follow(place, house, supervisor, stop)) for place in handlers.watched),
        )


def _stop_signals(house: House) -> asyncio.Event:
    """Set by the first signal; a second one kills what still runs."""
    stop = asyncio.Event()

    def asked() -> None:
        if stop.is_set():
            say("dev", "asked twice: kills what still runs")
            for part in house.parts:
                if part.child is not None:
                    part.child.send(signal.SIGKILL)
            return
        say("dev", "stopping; Ctrl-C again kills")
        stop.set()

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        asyncio.get_running_loop().add_signal_handler(number, asked)
    return stop


@contextlib.asynccontextmanager
async def _front_door(house: House, routes: tuple[Route, ...], preferred_port: int) -> AsyncIterator[str]:
    """Open while the context lasts; its origin."""
    ports = {name: port.http for name, port in house.ports.items()}
    door = FrontDoor(routes, ports)
    port = free_port(preferred_port)
    if port != preferred_port:
        say("dev", f"port {preferred_port} is taken; {port} serves instead")
    server = HttpServer("front-door", door, LOOPBACK, port)
    await server.start()
    try:
        yield f"http://{LOOPBACK}:{port}"
    finally:
        await door.close()
        await server.stop()


async def _show_logs(tails: list[LogTail]) -> None:
    while True:
        await asyncio.sleep(_LOOK_SECONDS)
        for tail in tails:
            tail.show_new()


async def _follow(place: Path, house: House, supervisor: Supervisor, stop: asyncio.Event) -> None:
    async for names in changes_of(place, stop):
        await supervisor.restart(house.worker, f"{names} changed")


async def _first_of(*tasks: asyncio.Task[object]) -> None:
    """Waits until one of them ends, ends the others, and raises what it raised."""
    done, others = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)
    for task in done:
        task.result()
