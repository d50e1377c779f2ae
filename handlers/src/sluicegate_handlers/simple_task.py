"""`simple-task`: says what it was asked to do, and does not wait for anybody."""

from typing import Any

from sluicegate import JobContext, job_handler


@job_handler("simple-task")
async def do_simple_task(ctx: JobContext, data: dict[str, Any]) -> dict[str, Any]:
    """Tell people about the input by an info checkpoint, and give it back."""
    await ctx.info("received", title="Simple task received", payload={"input": data})
    echoed = await ctx.step("echo", lambda: data)
    return {"message": "Simple task completed", "input": echoed, "written": []}
