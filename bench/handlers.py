"""The job types that are measured: they do nothing, so that all that is measured is ours."""

import time
from typing import Any

from pydantic import BaseModel

from sluicegate import JobContext, job_handler


class Nothing(BaseModel):
    """An input of a few hundred bytes."""

    text: str = ""


@job_handler("bench-ungated", version="1")
async def ungated(ctx: JobContext, nothing: Nothing) -> dict[str, Any]:
    """Return at once."""
    return {"ok": True}


@job_handler("bench-gated", version="1")
async def gated(ctx: JobContext, nothing: Nothing) -> dict[str, Any]:
    """Ask once, return; says when it was running again, by the machine's monotonic clock."""
    decision = await ctx.checkpoint("approve", title="May it go on?", payload={"text": nothing.text})
    return {"resumedNs": time.monotonic_ns(), "decision": str(decision.decision_id)}
