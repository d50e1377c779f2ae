"""The discussion beside a checkpoint."""

from uuid import UUID, uuid5

from starlette.requests import Request
from starlette.responses import Response

from sluicegate_checkpoint_svc.http.discussing import LONGEST
from sluicegate_checkpoint_svc.http.identifier import checkpoint_id
from sluicegate_checkpoint_svc.operations.comment import AddComment
from sluicegate_checkpoint_svc.pages import paths
from sluicegate_checkpoint_svc.pages.review import Review, Unsaid
from sluicegate_kit.kafka.writes import Writes
from sluicegate_kit.pages.form import Form, read_form
from sluicegate_kit.pages.pages import is_fragment, see
from sluicegate_kit.web.exchange import caller
from sluicegate_schemas.ids import new_id


class Remark(Form):
    """What somebody says. Sent twice, the same form with the same text is one remark."""

    text: str = ""
    once: UUID | None = None
    """Which form it was."""


class Discussing:
    """Adds to the discussion."""

    def __init__(self, writes: Writes, review: Review) -> None:
        self._writes = writes
        self._review = review

    async def comment(self, request: Request) -> Response:
        """The discussion with what was said; without a script, the page."""
        remark = await read_form(request, Remark)
        text = remark.text.strip()
        if not text:
            return await self._back(request, Unsaid(error="Say something."))
        if len(text) > LONGEST:
            error = f"This has {len(text):,} characters; a remark has at most {LONGEST:,}."
            return await self._back(request, Unsaid(text, error))
        which = checkpoint_id(request)
        by = caller(request).name
        comment_id = new_id() if remark.once is None else uuid5(remark.once, "\n".join((str(which), by, text)))
        await self._writes.submit(AddComment(comment_id, which, by, text))
        if is_fragment(request):
            return await self._review.answer(request, block="discussion")
        return see(paths.of(paths.REVIEW, which) + "#talk")

    async def _back(self, request: Request, unsaid: Unsaid) -> Response:
        return await self._review.answer(request, block="discussion", unsaid=unsaid, status=422)
