"""Whatever a handler does and wherever it crashes, replay gives what an undisturbed run gives."""

import asyncio
from dataclasses import dataclass
from typing import Any, TypeAlias

from hypothesis import given, settings
from hypothesis import strategies as st

from sluicegate import CheckpointRejected, JobContext, job_handler
from sluicegate.testing import Answer, edit, reject, run


@dataclass(frozen=True)
class Step:
    """`ctx.step`."""


@dataclass(frozen=True)
class Info:
    """`ctx.info`."""


@dataclass(frozen=True)
class Ask:
    """`ctx.checkpoint`, decided so."""

    answer: str


@dataclass(frozen=True)
class Together:
    """Several at the same time."""

    parts: tuple["Program", ...]


Program: TypeAlias = Step | Info | Ask | Together

leaves = st.one_of(st.just(Step()), st.just(Info()), st.sampled_from(["approve", "edit", "reject"]).map(Ask))
programs = st.lists(
    st.one_of(leaves, st.lists(leaves, max_size=4).map(lambda parts: Together(tuple(parts)))), max_size=6
)


def answers(program: list[Program]) -> dict[str, Answer]:
    """What people say, by key."""
    found: dict[str, Answer] = {}
    for key, part in enumerate(program):
        inner = part.parts if isinstance(part, Together) else (part,)
        for n, one in enumerate(inner):
            if isinstance(one, Ask):
                said: dict[str, Answer] = {"approve": "approve", "edit": edit({"n": -1}), "reject": reject("no")}
                found[f"{key}.{n}"] = said[one.answer]
    return found


@settings(max_examples=150)
@given(programs, st.integers(1, 12))
def test_a_crash_after_any_write_of_any_program_changes_nothing(program: list[Program], crash_after: int) -> None:
    async def one(ctx: JobContext, name: str, part: Program) -> Any:
        match part:
            case Step():
                return await ctx.step(name, str, name)
            case Info():
                return await ctx.info(name, title=name, payload={"name": name})
            case Ask():
                try:
                    return (await ctx.checkpoint(name, title=name, payload={"n": name})).payload
                except CheckpointRejected as rejected:
                    return rejected.reason
            case Together(parts):
                return await asyncio.gather(*(one(ctx, f"{name}.{n}", inner) for n, inner in enumerate(parts)))

    @job_handler("program")
    async def handler(ctx: JobContext, data: dict[str, Any]) -> list[Any]:
        return [
            await one(ctx, str(key) if isinstance(part, Together) else f"{key}.0", part)
            for key, part in enumerate(program)
        ]

    undisturbed = run(handler, {}, decisions=answers(program))
    assert undisturbed.status == "succeeded"
    crashed = run(handler, {}, decisions=answers(program), crash_after=crash_after)
    assert crashed.result == undisturbed.result
    assert set(crashed.steps) == set(undisturbed.steps)
    assert sorted(asked.key for asked in crashed.checkpoints) == sorted(asked.key for asked in undisturbed.checkpoints)
    assert crashed.attempts <= 2
