"""One handler of our own: writes an announcement, has a person look at it, publishes it."""

from typing import Annotated, Any

from pydantic import BaseModel, Field

from sluicegate import JobContext, job_handler


class Announcement(BaseModel):
    """The job's input."""

    # Both become part of a file's name.
    product: Annotated[str, Field(pattern=r"^[a-z0-9-]+$")]
    version: Annotated[str, Field(pattern=r"^[0-9]+(\.[0-9]+)*$")]


async def draft(announcement: Announcement) -> str:
    """Here an agent would write; a step's result is recorded, so that it is paid for once."""
    return f"{announcement.product} {announcement.version} is out."


@job_handler("announce-release", version="1")
async def announce_release(ctx: JobContext, announcement: Announcement) -> dict[str, Any]:
    """Draft, ask, publish."""
    text = await ctx.step("draft", draft, announcement)
    decision = await ctx.checkpoint("publish", title="Publish this announcement?", payload={"text": text})

    def publish(approved: str) -> str:
        file = ctx.workspace / f"{announcement.product}-{announcement.version}.txt"
        file.write_text(approved)
        return file.name

    return {"published": await ctx.step("publish-text", publish, decision.payload["text"])}
