"""Job types that have a lot to keep to themselves, for the test of what is told to whom."""

import logging
from typing import Any

from pydantic import BaseModel

from sluicegate import JobContext, job_handler


class Secret(BaseModel):
    """Something that no log, metric, trace or error report may hold."""

    secret: str


@job_handler("telling-gated", version="1")
async def gated(ctx: JobContext, what: Secret) -> dict[str, Any]:
    """The secret goes through a step, an info, progress, an approval and the result."""
    kept = await ctx.step("keep", lambda: {"kept": what.secret})
    await ctx.info("told", title="This was prepared", payload=kept)
    await ctx.progress({"at": what.secret})
    decision = await ctx.checkpoint("publish", title="May it?", payload={"text": what.secret})
    return {"published": decision.payload, "kept": kept}


@job_handler("telling-failing", version="1")
async def failing(ctx: JobContext, what: Secret) -> None:
    """It fails with the secret in its error, in that error's cause, and in a variable."""
    await ctx.checkpoint("fail", title="May it fail?", payload={"text": what.secret})
    local = what.secret
    try:
        int(local)
    except ValueError as error:
        raise RuntimeError(f"it failed on {local}") from error


@job_handler("telling-plain", version="1")
def plain(ctx: Any, what: Secret) -> str:
    """Also a plain function's own logging may not be what betrays an error's message."""
    logging.getLogger("handler").warning("about to fail")
    raise KeyError(what.secret)
