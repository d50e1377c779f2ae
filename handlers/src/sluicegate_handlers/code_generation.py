"""`code-generation`: writes files into a folder of the workspace, once a person has seen each change."""

from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from sluicegate import SyncJobContext, job_handler
from sluicegate_handlers.errors import BadEdit
from sluicegate_handlers.files import check_target, digest, read_file, replace_file
from sluicegate_handlers.safe_path import Parts, job_folder, join, parse, refuse_overlaps

MAX_FILES = 200
TITLE_CHARACTERS = 200
MAX_FILE_BYTES = 512_000
"""Of a file that is to be replaced; more can't be shown to a reviewer."""


class NewFile(BaseModel):
    """One file to write."""

    model_config = ConfigDict(extra="forbid")

    path: str
    """Below the target, with forward slashes."""
    content: str


class CodeGeneration(BaseModel):
    """Files to write once somebody has read them."""

    files: Annotated[list[NewFile], Field(min_length=1, max_length=MAX_FILES)]
    target: str | None = None
    """A folder of the workspace. None: the job's own."""
    summary: Annotated[str, Field(max_length=20_000)] | None = None
    """What the agent says about the change; shown to the reviewer as its words."""


class PresentFile(BaseModel):
    """What stands in a file's place while a reviewer looks."""

    model_config = ConfigDict(extra="forbid")

    content: str | None
    """None: it is not text."""
    digest: str
    bytes: int


class Change(NewFile):
    """One file as it is and as it would be."""

    present: PresentFile | None
    """None: a new file."""


class ChangeSet(BaseModel):
    """What a reviewer approves: exactly these bytes, over exactly what was there."""

    model_config = ConfigDict(extra="forbid")

    target: str
    files: Annotated[list[Change], Field(min_length=1, max_length=MAX_FILES)]


@job_handler("code-generation")
def generate_code(ctx: SyncJobContext, data: CodeGeneration) -> dict[str, Any]:
    """Ask about the files with their present content beside them, then write what was approved."""
    decision = ctx.checkpoint(
        "write-files",
        title=_title(data),
        description=data.summary,
        payload=lambda: _review(ctx, data),
        view={"kind": "files", "at": "/files"},
        payload_schema=ChangeSet.model_json_schema(),
    )
    approved = _approved(decision.payload)
    changes = _paths(approved)
    for path, change in changes:  # all of them before the first is written
        check_target(ctx.workspace, path, change.content.encode(), _reviewed(change), limit=MAX_FILE_BYTES)
    written = []
    for number, (path, change) in enumerate(changes, start=1):
        written.append(ctx.step(f"write-{number}", _write, ctx.workspace, path, change))
        ctx.progress({"written": number, "of": len(changes)})
    return {"target": approved.target, "written": written, "edited": decision.edited}


def _title(data: CodeGeneration) -> str:
    count = "1 file" if len(data.files) == 1 else f"{len(data.files)} files"
    return f"Write {count}" if data.target is None else f"Write {count} to {data.target}"[:TITLE_CHARACTERS]


def _review(ctx: SyncJobContext, data: CodeGeneration) -> ChangeSet:
    """The change set as it stands now.

    Raises:
        UnsafePath: before a reviewer is asked.
    """
    target = job_folder(ctx.job_id) if data.target is None else parse(data.target)
    paths = [target + parse(file.path) for file in data.files]
    refuse_overlaps(paths)
    return ChangeSet(
        target=join(target),
        files=[
            Change(path=file.path, content=file.content, present=_present(ctx.workspace, path))
            for path, file in zip(paths, data.files, strict=True)
        ],
    )


def _present(workspace: Path, path: Parts) -> PresentFile | None:
    found = read_file(workspace, path, limit=MAX_FILE_BYTES)
    if found is None:
        return None
    try:
        text: str | None = found.data.decode()
    except UnicodeDecodeError:
        text = None
    if text is not None and "\0" in text:
        text = None
    return PresentFile(content=text, digest=found.digest, bytes=len(found.data))


def _approved(payload: Any) -> ChangeSet:
    try:
        return ChangeSet.model_validate(payload)
    except ValidationError as error:
        first = error.errors(include_input=False)[0]
        raise BadEdit(f"the approved change set: {'.'.join(map(str, first['loc']))}: {first['msg']}") from None


def _paths(approved: ChangeSet) -> list[tuple[Parts, Change]]:
    """A reviewer may have edited paths too, so that they are checked as the input's were."""
    target = parse(approved.target)
    changes = [(target + parse(change.path), change) for change in approved.files]
    refuse_overlaps([path for path, _ in changes])
    return changes


def _reviewed(change: Change) -> str | None:
    return None if change.present is None else change.present.digest


def _write(workspace: Path, path: Parts, change: Change) -> dict[str, Any]:
    data = change.content.encode()
    replace_file(workspace, path, data, _reviewed(change), limit=MAX_FILE_BYTES)
    return {"path": join(path), "digest": digest(data), "bytes": len(data)}
