"""`sluicegate.testing` refuses a test that does not test what it says."""

from typing import Any

import pytest

from sluicegate import JobContext, job_handler
from sluicegate.testing import edit, run


@job_handler("strict")
async def strict(ctx: JobContext, data: dict[str, Any]) -> Any:
    await ctx.step("draft", lambda: 1)
    return (await ctx.checkpoint("send", title="?", payload=1, allow=("approve", "reject"))).payload


def test_a_crash_after_what_is_never_recorded_is_a_mistake_of_the_test() -> None:
    with pytest.raises(ValueError, match=r"crash_after='drafts' never came; recorded was 'draft', 'send'"):
        run(strict, {}, decisions={"send": "approve"}, crash_after="drafts")


def test_an_edit_that_the_service_would_refuse_is_refused_here_too() -> None:
    with pytest.raises(ValueError, match="'send' does not allow an edit"):
        run(strict, {}, decisions={"send": edit(2)})
