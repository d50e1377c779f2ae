"""All pages of this service, as the application takes them."""

from collections.abc import Sequence
from dataclasses import dataclass

from sluicegate_api.domain.silence import Silence
from sluicegate_api.http.submission import Desk
from sluicegate_api.input_schemas import InputSchemas
from sluicegate_api.notices import Notices
from sluicegate_api.pages.job import JobPage
from sluicegate_api.pages.jobs import JobsPage
from sluicegate_api.pages.letters import LettersPage
from sluicegate_api.pages.live import Live
from sluicegate_api.pages.submitting import SubmittingPage
from sluicegate_api.pages.workers import WorkersPage
from sluicegate_api.reads.checkpoints import CheckpointReads
from sluicegate_api.reads.dead_letters import DeadLetterReads
from sluicegate_api.reads.jobs import JobReads
from sluicegate_api.reads.tallies import TallyReads
from sluicegate_api.reads.timeline import TimelineReads
from sluicegate_api.reads.workers import WorkerReads
from sluicegate_kit.clock import Clock
from sluicegate_kit.kafka.writes import Writes
from sluicegate_kit.pages.pages import Pages
from sluicegate_kit.web.page import PageRoute


@dataclass(frozen=True, slots=True)
class Reads:
    """All that the pages read from."""

    jobs: JobReads
    timeline: TimelineReads
    checkpoints: CheckpointReads
    workers: WorkerReads
    letters: DeadLetterReads
    tallies: TallyReads


def routes(
    pages: Pages,
    reads: Reads,
    writes: Writes,
    *,
    desk: Desk,
    schemas: InputSchemas,
    notices: Notices,
    silence: Silence,
    clock: Clock,
) -> Sequence[PageRoute]:
    """Fixed paths first: a job's id takes any."""
    live = Live(reads.jobs, reads.timeline, reads.workers, notices, clock)
    return (
        *JobsPage(pages, reads.jobs, reads.tallies, live, clock).routes(),
        *SubmittingPage(pages, schemas, reads.jobs, desk, writes, silence=silence, clock=clock).routes(),
        *JobPage(pages, reads.jobs, reads.timeline, reads.checkpoints, reads.workers, writes, live, clock).routes(),
        *WorkersPage(pages, reads.workers, writes, live).routes(),
        *LettersPage(pages, reads.letters, writes).routes(),
    )
