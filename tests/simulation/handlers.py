"""The job types of the simulation: ordinary handlers, which stop at every turn until the simulation lets them go on."""

from typing import Any

from pydantic import BaseModel

from sluicegate import Decision, JobContext, RetryPolicy, job_handler
from tests.simulation.worker_replica import WorkerReplica

QUICK = RetryPolicy(base_seconds=1, max_seconds=10)


class Script(BaseModel):
    """What to do."""

    say: str
    gates: int = 1
    inform: bool = False
    failing_attempts: int = 0
    expires_in_seconds: float | None = None


@job_handler("simulated", version="1", retry=QUICK)
async def simulated(ctx: JobContext, script: Script) -> dict[str, Any]:
    """Prepare, then ask and do as often as the script says, with failures in between."""
    await WorkerReplica.pause()
    prepared = await ctx.step("prepare", lambda: f"prepared {script.say}")
    if script.inform:
        await ctx.info("told", title="Something to know", payload={"said": script.say})
        await ctx.progress(0.5)
    for gate in range(1, script.gates + 1):
        decision = await ctx.checkpoint(
            f"gate {gate}",
            title=f"May it say {script.say}?",
            payload={"say": script.say, "gate": gate},
            expires_in_seconds=script.expires_in_seconds,
        )
        await WorkerReplica.pause()
        await _act(ctx, "effect" if gate == 1 else f"effect {gate}", decision)
        if ctx.attempt <= script.failing_attempts:
            await WorkerReplica.pause()
            raise RuntimeError(f"attempt {ctx.attempt} fails as its script says")
    await WorkerReplica.pause()
    return {"prepared": prepared}


async def _act(ctx: JobContext, name: str, decision: Decision) -> None:
    effect = await ctx.step(name, WorkerReplica.act, ctx, name, decision)
    WorkerReplica.recorded(effect)
