"""`data-processing`: transforms a table once its plan is approved, and writes the result once that is."""

from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, JsonValue, ValidationError, model_validator

from sluicegate import SyncJobContext, job_handler
from sluicegate_handlers.errors import BadEdit, ResultChanged, SourceChanged
from sluicegate_handlers.files import digest, read_file, replace_file
from sluicegate_handlers.plan_words import sentence
from sluicegate_handlers.row_tracing import trace
from sluicegate_handlers.safe_path import job_folder, join, parse
from sluicegate_handlers.source import INLINE, MAX_SOURCE_BYTES, Source, inline_source, read_source
from sluicegate_handlers.tables import encode, preview, profile
from sluicegate_handlers.transforms import Transform, apply_all

TITLE_CHARACTERS = 200


class DataProcessing(BaseModel):
    """A table to transform, first planned and then published, each once somebody has agreed."""

    source: str | None = None
    """A CSV or JSON Lines file below the workspace's `inputs/`."""
    rows: list[dict[str, JsonValue]] | None = None
    """The data itself, instead of `source`."""
    transforms: Annotated[list[Transform], Field(max_length=50)] = Field(default_factory=list)
    target: str | None = None
    """A folder of the workspace. None: the job's own."""
    output: Annotated[str, Field(min_length=1)] = "result.csv"
    """The file to write below the target; `.csv` or `.jsonl`."""

    @model_validator(mode="after")
    def _one_source(self) -> "DataProcessing":
        if (self.source is None) == (self.rows is None):
            raise ValueError("give either source or rows")
        if not self.output.endswith((".csv", ".jsonl")):
            raise ValueError("output must end in .csv or .jsonl")
        return self


class PlannedSource(BaseModel):
    """What the plan is for."""

    model_config = ConfigDict(extra="forbid")

    name: str
    digest: str
    rows: int


class Plan(BaseModel):
    """What a reviewer approves first."""

    model_config = ConfigDict(extra="forbid")

    source: PlannedSource
    profile: dict[str, Any]
    transforms: list[Transform]
    output: str


@job_handler("data-processing")
def process_data(ctx: SyncJobContext, data: DataProcessing) -> dict[str, Any]:
    """Tell what was read; ask about the plan; transform; ask about the result; write it."""
    output = (job_folder(ctx.job_id) if data.target is None else parse(data.target)) + parse(data.output)
    ctx.info(
        "source-read",
        title=f"Read {_source_name(data)}"[:TITLE_CHARACTERS],
        payload=lambda: _source_facts(_read(ctx.workspace, data)),
        view={"kind": "table", "at": "/preview"},
    )
    plan = _plan(
        ctx.checkpoint(
            "plan",
            title=_plan_title(data),
            payload=lambda: _propose(_read(ctx.workspace, data), data, join(output)),
            view={"kind": "table", "at": "/profile", "words": _words(data.transforms)},
            payload_schema=Plan.model_json_schema(by_alias=True),
        ).payload
    )
    output = parse(plan.output)
    source = _read(ctx.workspace, data)
    if source.digest != plan.source.digest:
        raise SourceChanged(source.name)
    ctx.progress({"stage": "transforming", "rows": source.frame.height})
    result = apply_all(source.frame, plan.transforms)
    encoded = encode(result, lines=output[-1].endswith(".jsonl"))
    approved = ctx.checkpoint(
        "publish",
        title=f"Publish {output[-1]}"[:TITLE_CHARACTERS],
        payload=lambda: _publication(ctx.workspace, source, plan.transforms, encoded, join(output)),
        view={"kind": "table", "at": "/after", "before": "/before"},
        allow=("approve", "reject"),
        risk="high",
    ).payload
    if digest(encoded) != approved["digest"]:
        raise ResultChanged(f"{join(output)} came out otherwise than it was approved; retry to ask again")
    reviewed = approved["present"] and approved["present"]["digest"]
    written = ctx.step("publish-file", _publish, ctx.workspace, join(output), encoded, reviewed)
    return {"written": [written], "rows": {"before": source.frame.height, "after": result.height}}


def _source_name(data: DataProcessing) -> str:
    return data.source if data.source is not None else INLINE


def _plan_title(data: DataProcessing) -> str:
    steps = len(data.transforms)
    return f"Transform {_source_name(data)} in {steps} {'step' if steps == 1 else 'steps'}"[:TITLE_CHARACTERS]


def _read(workspace: Path, data: DataProcessing) -> Source:
    if data.source is not None:
        return read_source(workspace, data.source)
    return inline_source(data.rows or [])


def _source_facts(source: Source) -> dict[str, Any]:
    return {"source": source.name, "digest": source.digest, "preview": preview(source.frame)}


def _propose(source: Source, data: DataProcessing, output: str) -> Plan:
    """The plan, tried out: what can't be applied is refused before a reviewer is asked."""
    apply_all(source.frame, data.transforms)
    planned = PlannedSource(name=source.name, digest=source.digest, rows=source.frame.height)
    return Plan(source=planned, profile=profile(source.frame), transforms=data.transforms, output=output)


def _plan(payload: Any) -> Plan:
    try:
        return Plan.model_validate(payload)
    except ValidationError as error:
        first = error.errors(include_input=False)[0]
        raise BadEdit(f"the approved plan: {'.'.join(map(str, first['loc']))}: {first['msg']}") from None


def _words(transforms: list[Transform]) -> list[str]:
    return [sentence(transform) for transform in transforms] or ["Write the data as it is"]


def _publication(
    workspace: Path, source: Source, transforms: list[Transform], encoded: bytes, output: str
) -> dict[str, Any]:
    present = read_file(workspace, parse(output), limit=MAX_SOURCE_BYTES)
    traced = trace(source.frame, transforms)
    return {
        "output": output,
        "digest": digest(encoded),
        "bytes": len(encoded),
        "present": None if present is None else {"digest": present.digest, "bytes": len(present.data)},
        "rows": {"in": source.frame.height, "out": traced.after["rowsInAll"]},
        "steps": traced.steps,
        "before": traced.before,
        "after": traced.after,
        "dropped": traced.dropped,
    }


def _publish(workspace: Path, output: str, encoded: bytes, reviewed_digest: str | None) -> dict[str, Any]:
    replace_file(workspace, parse(output), encoded, reviewed_digest, limit=MAX_SOURCE_BYTES)
    return {"path": output, "digest": digest(encoded), "bytes": len(encoded)}
