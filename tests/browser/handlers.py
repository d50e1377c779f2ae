"""Job types for the tests in a browser, loaded by the workers like any user's module."""

import asyncio
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, Field

from sluicegate import JobContext, RetryPolicy, job_handler


class Note(BaseModel):
    """A small thing that somebody should look at first."""

    title: str
    text: str = "It rains."
    risk: Literal["low", "medium", "high", "critical"] = "low"
    expires_in_seconds: float | None = None


@job_handler("publish-note", version="1")
async def publish_note(ctx: JobContext, note: Note) -> dict[str, Any]:
    """Ask, then say what was approved."""
    decision = await ctx.checkpoint(
        "publish",
        title=note.title,
        payload={"text": note.text},
        risk=note.risk,
        expires_in_seconds=note.expires_in_seconds,
    )
    return {"published": decision.payload["text"]}


class File(BaseModel):
    """One file to write."""

    path: str
    content: str


class Files(BaseModel):
    """Some files, and what an agent says about them."""

    title: str
    files: list[File]
    words: str


@job_handler("many-files", version="1")
async def many_files(ctx: JobContext, change: Files) -> int:
    """Ask about the files, and write none."""
    payload = {"files": [file.model_dump() for file in change.files]}
    view = {"kind": "files", "at": "/files"}
    await ctx.checkpoint("files", title=change.title, description=change.words, payload=payload, view=view)
    return len(change.files)


class Long(BaseModel):
    """Work in steps, of which one waits for a file."""

    until: str
    steps: int = Field(3, ge=1, le=20)


@job_handler("long-work", version="1", retry=RetryPolicy(base_seconds=0.2, max_seconds=1))
async def long_work(ctx: JobContext, work: Long) -> str:
    """Make some steps, wait, and end."""
    for number in range(1, work.steps + 1):
        await ctx.step(f"prepare-{number}", asyncio.sleep, 0)
    while not Path(work.until).exists():  # noqa: ASYNC240 - a file is what a test can make from outside
        await ctx.progress("held")
        await asyncio.sleep(0.05)
    return "released"


class Broken(BaseModel):
    """How often to fail."""

    failing_runs: int = 1


@job_handler("breaks", version="1", retry=RetryPolicy(base_seconds=0.1, max_seconds=0.2))
async def breaks(ctx: JobContext, how: Broken) -> str:
    """Fail in the first runs."""
    if ctx.run <= how.failing_runs:
        raise RuntimeError("the printer is on fire")
    return "printed"
