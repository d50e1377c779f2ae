"""The list of jobs among many: complete and in order, however the jobs are found."""

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass

import psycopg
import pytest
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from sluicegate_api.reads.listing import RARE, Found, JobFilter, Place, find
from sluicegate_kit.migrate import sqlalchemy_url
from sluicegate_schemas.job_lifecycle import Status

pytestmark = pytest.mark.anyio
JOBS = 2_000
STATUSES = [Status.SUCCEEDED, Status.FAILED, Status.WAITING]


@dataclass(frozen=True)
class Row:
    """A job as the test knows it, from its number."""

    number: int

    @property
    def job_id(self) -> str:
        return f"j{self.number:05d}"

    @property
    def status(self) -> Status:
        return STATUSES[self.number % 3]

    @property
    def job_type(self) -> str:
        return "rare" if self.number % 500 == 0 else "usual"

    @property
    def requested_by(self) -> str:
        return "seldom" if self.number % 400 == 7 else "often"

    @property
    def tags(self) -> str:
        return '["odd"]' if self.number % 2 else "[]"

    @property
    def description(self) -> str:
        return f"Job number {self.number}"


ROWS = [Row(number) for number in reversed(range(JOBS))]


@pytest.fixture
async def engine(api_database: str) -> AsyncIterator[AsyncEngine]:
    with psycopg.connect(api_database) as connection, connection.cursor() as cursor:
        cursor.executemany(
            # Two jobs share each moment, so that the id decides their order.
            "INSERT INTO jobs SELECT %s, %s, %s, 1, 1, 1, 0, 0, t, t, NULL, 0 "
            "FROM (SELECT timestamptz '2026-01-01' + %s * interval '1 s') AS at(t)",
            [(row.job_id, row.job_type, row.status, row.number // 2) for row in ROWS],
        )
        cursor.executemany(
            "INSERT INTO job_requests VALUES (%s, %s, '{}', 5, 3, %s, %s, NULL, NULL)",
            [(row.job_id, row.description, row.requested_by, row.tags) for row in ROWS if row.number != 1234],
        )
    engine = create_async_engine(sqlalchemy_url(api_database), isolation_level="AUTOCOMMIT")
    yield engine
    await engine.dispose()


CASES: dict[str, tuple[JobFilter, Callable[[Row], bool]]] = {
    "all": (JobFilter(), lambda row: True),
    "a status": (JobFilter(status=[Status.FAILED]), lambda row: row.status is Status.FAILED),
    "statuses": (
        JobFilter(status=[Status.FAILED, Status.WAITING, Status.FAILED]),
        lambda row: row.status is not Status.SUCCEEDED,
    ),
    "a type": (JobFilter(job_type="rare"), lambda row: row.job_type == "rare"),
    "a rare requester": (JobFilter(requested_by="seldom"), lambda row: row.requested_by == "seldom"),
    "nobody": (JobFilter(requested_by="never"), lambda row: False),
    "a common tag in a status": (
        JobFilter(tag="odd", status=[Status.FAILED, Status.SUCCEEDED]),
        lambda row: row.number % 2 == 1 and row.number != 1234 and row.status is not Status.WAITING,
    ),
    "words of few": (JobFilter(q="NUMBER 17"), lambda row: str(row.number).startswith("17")),
    "an id without a request": (JobFilter(q="j01234"), lambda row: row.number == 1234),
    "words of a rare requester": (
        JobFilter(requested_by="seldom", q="number 4"),
        lambda row: row.requested_by == "seldom" and str(row.number).startswith("4"),
    ),
}


@pytest.mark.parametrize("case", CASES)
async def test_going_on_from_page_to_page_gives_every_job_once_in_order(engine: AsyncEngine, case: str) -> None:
    wanted, belongs = CASES[case]
    seen: list[str] = []
    after: Place | None = None
    async with engine.connect() as connection:
        while True:
            found = await find(connection, wanted, after, 7, look_at=100)
            assert len(found.job_ids) <= 7
            assert not found.exhausted or len(found.job_ids) < 7
            seen += found.job_ids
            if found.further is None:
                break
            assert after is None or found.further < after
            after = found.further
    assert seen == [row.job_id for row in ROWS if belongs(row)]


async def first_page(engine: AsyncEngine, wanted: JobFilter) -> Found:
    async with engine.connect() as connection:
        return await find(connection, wanted, None, 50, look_at=100)


async def test_a_search_stops_after_so_many_jobs_and_says_so(engine: AsyncEngine) -> None:
    found = await first_page(engine, JobFilter(q="no such words"))
    assert (found.job_ids, found.exhausted) == ([], True)
    assert found.further is not None
    assert found.further[1] == ROWS[99].job_id


async def test_few_jobs_of_a_requester_are_found_at_once_however_old_they_are(engine: AsyncEngine) -> None:
    assert sum(row.requested_by == "seldom" for row in ROWS) <= RARE
    found = await first_page(engine, JobFilter(requested_by="seldom"))
    assert (len(found.job_ids), found.further, found.exhausted) == (5, None, False)
