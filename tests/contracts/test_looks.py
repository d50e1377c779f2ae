"""One meaning, one colour: what the pages of two services show of the same thing looks the same."""

import re
from importlib.resources import files

import pytest

from sluicegate_api.pages.looks import STATUSES
from sluicegate_checkpoint_svc.domain.state import State
from sluicegate_checkpoint_svc.pages.looks import STATES
from sluicegate_schemas.job_lifecycle import Status

PAIRS = [
    (Status.WAITING, State.PENDING),
    (Status.SUCCEEDED, State.APPROVED),
    (Status.REJECTED, State.REJECTED),
    (Status.EXPIRED, State.EXPIRED),
    (Status.CANCELLED, State.CANCELLED),
]
CONSOLE = (files("sluicegate_kit") / "pages/static/console.css").read_text()
INSIGHTS = (files("sluicegate_insights") / "pages/static/insights.css").read_text()


@pytest.mark.parametrize(("status", "state"), PAIRS)
def test_a_job_looks_like_the_checkpoint_that_made_it_so(status: Status, state: State) -> None:
    job, checkpoint = STATUSES[status], STATES[state]
    assert (job.tone, job.icon) == (checkpoint.tone, checkpoint.icon)


@pytest.mark.parametrize(
    "shown",
    [[(look.tone, look.icon) for look in STATUSES.values()], [(look.tone, look.icon) for look in STATES.values()]],
    ids=["jobs", "checkpoints"],
)
def test_no_two_states_look_the_same(shown: list[tuple[str, str]]) -> None:
    assert len(set(shown)) == len(shown)


@pytest.mark.parametrize("status", [status for status in Status if status.terminal])
def test_charts_have_the_colours_of_the_marks(status: Status) -> None:
    (fill,) = re.findall(rf"\.of-{status} {{\s*--fill: var\(--(\w+)[\w-]*\);", INSIGHTS)
    (tone,) = re.findall(rf"\.tone-{STATUSES[status].tone} {{\s*--tone: var\(--(\w+)\);", CONSOLE)
    assert fill == tone
