"""Edit, then approve: the form, then what it changes, and only then the decision."""

import json
from dataclasses import dataclass
from typing import Literal

from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response

from sluicegate_checkpoint_svc.domain.checkpoint import Checkpoint, Exhibit
from sluicegate_checkpoint_svc.domain.deciding import Choice
from sluicegate_checkpoint_svc.domain.ruling import Edit
from sluicegate_checkpoint_svc.http.conditions import tag
from sluicegate_checkpoint_svc.pages import edit_check, paths
from sluicegate_checkpoint_svc.pages.deciding import Deciding, Decision, Words
from sluicegate_checkpoint_svc.pages.large import drawn
from sluicegate_checkpoint_svc.pages.review import Review
from sluicegate_checkpoint_svc.showing import edits, files
from sluicegate_checkpoint_svc.showing.edits import EditableFile
from sluicegate_checkpoint_svc.showing.exact import parse, pretty
from sluicegate_checkpoint_svc.showing.reading import read
from sluicegate_kit.pages.form import Form, read_form
from sluicegate_kit.pages.pages import Pages, see
from sluicegate_kit.web.problem import Problem, not_found
from sluicegate_kit.web.query import Query, read_query
from sluicegate_schemas.payload import digest

As = Literal["files", "json"]


class EditQuery(Query):
    """How to edit; without it, as the view suggests."""

    as_: As | None = Field(None, alias="as")


class Edited(Form):
    """What the form sends: contents by number, or all of it."""

    shown: str
    as_: As = Field(alias="as")
    reason: Words = ""
    number: list[int] = Field(default_factory=list)
    content: list[str] = Field(default_factory=list)
    payload: str = ""
    digest: str = ""
    again: bool = False
    """Sent after a look at what it changes: `payload` holds the edit so far, whichever way it was made."""


class Confirmed(Decision):
    """The edit, after a look at what it changes."""

    payload: str
    as_: As = Field(alias="as")
    digest: str
    """Of the payload's bytes: what comes back must be what was shown."""


@dataclass(frozen=True, slots=True)
class Draft:
    """What the form holds."""

    as_: As
    files: tuple[EditableFile, ...]
    payload: str
    has_files: bool
    reason: str = ""


class Editing:
    """Two steps and a look back."""

    def __init__(self, pages: Pages, review: Review, deciding: Deciding) -> None:
        self._pages = pages
        self._review = review
        self._deciding = deciding

    async def form(self, request: Request) -> Response:
        """The payload to be changed."""
        checkpoint, exhibit = await self._review.found(request)
        if not self._review.offers(request, checkpoint, Choice.EDIT):
            return see(paths.of(paths.REVIEW, checkpoint.checkpoint_id))
        return self._form(request, checkpoint, _draft(exhibit, read_query(request, EditQuery).as_), [], 200)

    async def compare(self, request: Request) -> Response:
        """What the edit would change, to be approved; or what is wrong with it."""
        form = await read_form(request, Edited)
        checkpoint, exhibit = await self._review.found(request)
        if form.again:
            return self._form(request, checkpoint, _redraft(exhibit, form), [], 200)
        return await drawn(exhibit.payload, lambda: self._compared(request, form, checkpoint, exhibit))

    def _compared(self, request: Request, form: Edited, checkpoint: Checkpoint, exhibit: Exhibit) -> Response:
        payload, text = exhibit.payload.decode(), form.payload.strip()
        if form.as_ == "files":
            if len(form.number) != len(form.content):
                raise Problem(422, "invalid-form", "The form's files and their contents are not as many.")
            text = edits.with_contents(payload, _at(exhibit) or "", dict(zip(form.number, form.content, strict=True)))
        wrong = edit_check.findings(text, exhibit.payload_schema)
        if not wrong and edits.same(payload, text):
            wrong = ["Nothing is changed. To let the payload through as it is, approve it."]
        if wrong:
            return self._form(request, checkpoint, _drafted(exhibit, form), wrong, 422)
        changes = edits.changes_between(payload, text, _at(exhibit))
        return self._pages.render(
            request,
            "edited.html",
            it=checkpoint,
            changes=changes,
            opened={change.number: files.draw(change) for change in changes},
            payload=text,
            digest=digest(text.encode()),
            shown=form.shown,
            reason=form.reason,
            as_=form.as_,
        )

    async def approve(self, request: Request) -> Response:
        """Lets the edited payload through.

        Raises:
            Problem: 422 `invalid-form`: it is not what was shown, or not what may run.
        """
        form = await read_form(request, Confirmed)
        data = form.payload.encode()
        _, exhibit = await self._review.found(request)
        if digest(data) != form.digest or edit_check.findings(form.payload, exhibit.payload_schema):
            raise Problem(422, "invalid-form", "The edited payload is not the one that was shown. Edit it again.")
        return await self._deciding.edit(request, form, Edit(data, form.digest))

    async def look_back(self, request: Request) -> Response:
        """What an approved edit changed."""
        checkpoint, exhibit = await self._review.found(request)
        if checkpoint.edited_payload is None:
            raise not_found("edit of this checkpoint")
        text = checkpoint.edited_payload.decode()
        changes = edits.changes_between(exhibit.payload.decode(), text, _at(exhibit))
        return self._pages.render(
            request,
            "edited.html",
            it=checkpoint,
            changes=changes,
            opened={change.number: files.draw(change) for change in changes},
            payload=text,
            digest=checkpoint.edited_digest,
            shown=None,
        )

    def _form(self, request: Request, checkpoint: Checkpoint, draft: Draft, wrong: list[str], status: int) -> Response:
        return self._pages.render(
            request, "edit.html", status=status, it=checkpoint, draft=draft, wrong=wrong, shown=tag(checkpoint)
        )


def _at(exhibit: Exhibit) -> str | None:
    """Where the files are, if that is how the payload is shown."""
    view = {} if exhibit.view is None else json.loads(exhibit.view)
    return str(view.get("at") or "") if view.get("kind") == "files" else None


def _draft(exhibit: Exhibit, as_: As | None) -> Draft:
    payload = exhibit.payload.decode()
    changes = read(payload, exhibit.view).files
    if changes and as_ != "json":
        return Draft("files", tuple(edits.editable(changes)), "", True)
    return Draft("json", (), pretty(parse(payload)), bool(changes))


def _redraft(exhibit: Exhibit, form: Edited) -> Draft:
    """The form with an edit that was looked at."""
    if edit_check.findings(form.payload, None):
        raise Problem(422, "invalid-form", "The edited payload is not JSON.")
    changes = read(form.payload, exhibit.view).files
    if changes and form.as_ == "files":
        return Draft("files", tuple(edits.editable(changes)), "", True, form.reason)
    return Draft("json", (), pretty(parse(form.payload)), bool(changes), form.reason)


def _drafted(exhibit: Exhibit, form: Edited) -> Draft:
    """The form again, with what was typed."""
    draft = _draft(exhibit, form.as_)
    typed = dict(zip(form.number, form.content, strict=False))
    kept = tuple(
        EditableFile(each.number, each.path, typed.get(each.number, each.text), each.editable) for each in draft.files
    )
    return Draft(draft.as_, kept, form.payload or draft.payload, draft.has_files, form.reason)
