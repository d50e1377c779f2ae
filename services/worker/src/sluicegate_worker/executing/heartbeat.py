"""Renews the replica's lease, and so all leases of its runs, in one statement: on a thread and connection of its own.

Neither a busy write loop nor a handler that blocks the event loop costs a lease.
"""

import asyncio
import json
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import psycopg
import structlog

from sluicegate_kit.db.line import KEEPALIVE, hang_up
from sluicegate_schemas.fleet_control import FLEET_KEY, Desired
from sluicegate_schemas.ids import new_id
from sluicegate_worker.executing.replica_lease import ReplicaLease

log = structlog.get_logger(__name__)

REGISTER = """
INSERT INTO replicas (owner, worker_id, job_types, lease_until)
VALUES (%(owner)s, %(worker_id)s, %(job_types)s::text[], clock_timestamp() + make_interval(secs => %(lease_seconds)s))
ON CONFLICT (owner) DO UPDATE SET lease_until = excluded.lease_until
"""
RENEW = """
UPDATE replicas SET lease_until = clock_timestamp() + make_interval(secs => %(lease_seconds)s)
WHERE owner = %(owner)s AND lease_until > clock_timestamp()
"""
LOOK = """
SELECT fleet.version, fleet.desired,
       (SELECT min(owner::text) FROM replicas WHERE lease_until > clock_timestamp()) = %(owner)s::text,
       (SELECT coalesce(json_agg(json_build_array(job_id, lease_no, cancel_control IS NOT NULL)), '[]')::text
        FROM runs WHERE owner = %(owner)s)
FROM (SELECT 1) AS one LEFT JOIN fleet ON fleet.key = %(fleet)s
"""
LEAVE = """
DELETE FROM replicas WHERE owner = %(owner)s OR lease_until < clock_timestamp() - interval '1 hour'
"""


@dataclass(frozen=True, slots=True)
class Owned:
    """A run that the table gives to this replica."""

    job_id: str
    lease_no: int
    cancel: bool


@dataclass(frozen=True, slots=True)
class Beat:
    """What a confirmed heartbeat brought back."""

    lease: ReplicaLease
    fleet_version: int
    desired: Desired
    leads: bool
    """The one replica that does what need not be done twice."""
    owned: tuple[Owned, ...]


class Heartbeat:
    """The thread. `on_beat` and `on_lost` are called on the event loop."""

    name = "heartbeat"

    def __init__(
        self,
        url: str,
        worker_id: str,
        job_types: Sequence[str],
        *,
        lease_seconds: float,
        interval_seconds: float,
        on_beat: Callable[[Beat], None],
        on_lost: Callable[[ReplicaLease], None],
        pooled: bool = False,
    ) -> None:
        self._url = url
        self._pooled = pooled
        self._worker_id = worker_id
        self._job_types = list(job_types)
        self._lease_seconds = lease_seconds
        self._interval_seconds = interval_seconds
        self._on_beat = on_beat
        self._on_lost = on_lost
        self._margin_seconds = min(1.0, lease_seconds / 5)
        self._lease = ReplicaLease(new_id())
        self._registered = False
        self._connection: psycopg.Connection[tuple[Any, ...]] | None = None
        self._hurry = threading.Event()
        self._stopping = False
        self._thread = threading.Thread(target=self._run, name="heartbeat", daemon=True)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._first: asyncio.Future[None] | None = None
        self._ended: asyncio.Future[None] | None = None

    def hurry(self) -> None:
        """Beat now: there is something to be seen."""
        self._hurry.set()

    async def start(self) -> None:
        """Returns after the first confirmed beat."""
        self._loop = asyncio.get_running_loop()
        self._first = self._loop.create_future()
        self._ended = self._loop.create_future()
        self._thread.start()
        await asyncio.wait({self._first, self._ended}, return_when=asyncio.FIRST_COMPLETED)

    async def wait(self) -> None:
        """Lasts until `stop`."""
        assert self._ended is not None
        await asyncio.shield(self._ended)

    async def stop(self) -> None:
        """Give the lease up and end."""
        self._stopping = True
        self._hurry.set()
        await self.wait()

    def _run(self) -> None:
        error: BaseException | None = None
        try:
            while not self._stopping:
                self._turn()
                self._hurry.wait(self._interval_seconds)
                self._hurry.clear()
            self._leave()
        except BaseException as caught:  # the loop must hear of it, whatever it is
            error = caught
        self._tell(self._end, error)

    def _turn(self) -> None:
        try:
            beat = self._beat()
        except psycopg.Error as error:
            log.warning("heartbeat failed", error=str(error).strip())
            self._disconnect()
            beat = None
            if self._lease.holds or not self._registered:
                return
        if beat is None:
            log.error("lease lost", owner=str(self._lease.owner))
            self._lease.give_up()
            self._tell(self._on_lost, self._lease)
            self._lease, self._registered = ReplicaLease(new_id()), False
            self._hurry.set()
        else:
            self._tell(self._beaten, beat)

    def _beat(self) -> Beat | None:
        """None: the lease has run out, and can't be renewed any more."""
        connection = self._connect()
        lease = self._lease
        params = {
            "owner": lease.owner,
            "worker_id": self._worker_id,
            "job_types": self._job_types,
            "lease_seconds": self._lease_seconds,
            "fleet": FLEET_KEY,
        }
        sent_at = time.monotonic()
        with self._patience(connection):
            renewed = connection.execute(RENEW if self._registered else REGISTER, params).rowcount
            if self._registered and renewed == 0:
                return None
            self._registered = True
            lease.confirm(sent_at + self._lease_seconds - self._margin_seconds)
            row = connection.execute(LOOK, params).fetchone()
        assert row is not None
        version, desired, leads, owned = row
        return Beat(
            lease,
            version or 0,
            Desired(desired) if desired else Desired.STOPPED,
            bool(leads),
            tuple(Owned(*one) for one in json.loads(owned)),
        )

    @contextmanager
    def _patience(self, connection: psycopg.Connection[tuple[Any, ...]]) -> Iterator[None]:
        """A server that does not answer must not keep this thread from telling that the lease is lost."""
        timer = threading.Timer(self._lease_seconds / 2, hang_up, [connection.fileno()])
        timer.daemon = True
        timer.start()
        try:
            yield
        finally:
            timer.cancel()

    def _connect(self) -> psycopg.Connection[tuple[Any, ...]]:
        if self._connection is None or self._connection.closed:
            timeout_ms = int(self._lease_seconds * 1000 / 3)
            self._connection = psycopg.connect(
                self._url,
                autocommit=True,
                prepare_threshold=None if self._pooled else 0,
                connect_timeout=max(2, int(self._lease_seconds / 3)),
                **KEEPALIVE,
                application_name="sluicegate-worker heartbeat",
                options=None if self._pooled else f"-c statement_timeout={timeout_ms} -c tcp_user_timeout={timeout_ms}",
            )
        return self._connection

    def _disconnect(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _leave(self) -> None:
        self._lease.give_up()
        try:
            self._connect().execute(LEAVE, {"owner": self._lease.owner})
        except psycopg.Error as error:
            log.warning("lease not given up, it will run out", error=str(error).strip())
        self._disconnect()

    def _tell(self, function: Callable[..., None], *args: Any) -> None:
        assert self._loop is not None
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(function, *args)

    def _beaten(self, beat: Beat) -> None:
        self._on_beat(beat)
        if self._first is not None and not self._first.done():
            self._first.set_result(None)

    def _end(self, error: BaseException | None) -> None:
        assert self._ended is not None
        if error is None:
            self._ended.set_result(None)
        else:
            self._ended.set_exception(error)
