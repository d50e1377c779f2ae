"""Loads what resumed runs need, all of a batch in one statement per table."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import psycopg

from sluicegate_kit.db.connection import WriteConnection, connect
from sluicegate_worker.domain.journal import Entry
from sluicegate_worker.domain.run import Run
from sluicegate_worker.tables import JOURNAL, REQUESTS, Request

OF_RUNS = JOURNAL.select_sql(
    "(job_id, run) IN (SELECT * FROM unnest(%b::text[], %b::int8[]))", order=None, limit=None, mode="none"
)
OF_JOBS = REQUESTS.select_sql("job_id = ANY(%b::text[])", order=None, limit=None, mode="none")


@dataclass(slots=True)
class Past:
    """What a run has behind it."""

    request: Request
    entries: list[Entry] = field(default_factory=list)


class Loader:
    """Reads on a connection of its own, so that a resume never waits for a transaction."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._connection: WriteConnection | None = None

    async def load(self, runs: Sequence[Run]) -> dict[str, Past]:
        """By job id.

        Raises:
            psycopg.Error: not now; try again.
        """
        try:
            return await self._load(runs)
        except psycopg.Error:
            await self.close()
            raise

    async def close(self) -> None:
        """Until the next load."""
        if self._connection is not None:
            await self._connection.close()
            self._connection = None

    async def _load(self, runs: Sequence[Run]) -> dict[str, Past]:
        if self._connection is None or self._connection.closed:
            self._connection = await connect(
                self._url, lock_timeout_seconds=2, application_name="sluicegate-worker loader"
            )
        job_ids = [run.job_id for run in runs]
        requests, entries = await self._connection.ask(
            [(OF_JOBS, [job_ids]), (OF_RUNS, [job_ids, [one.run for one in runs]])]
        )
        pasts = {request.job_id: Past(request) for request in map(REQUESTS.read, requests)}
        for entry in map(JOURNAL.read, entries):
            pasts[entry.job_id].entries.append(entry)
        return pasts
