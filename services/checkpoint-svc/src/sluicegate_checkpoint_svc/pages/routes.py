"""All pages of this service, as the application takes them."""

from collections.abc import Sequence

from sluicegate_checkpoint_svc.operations.settlement import Settlement
from sluicegate_checkpoint_svc.pages import paths
from sluicegate_checkpoint_svc.pages.deciding import Deciding
from sluicegate_checkpoint_svc.pages.editing import Editing
from sluicegate_checkpoint_svc.pages.inbox import Inbox
from sluicegate_checkpoint_svc.pages.review import Review
from sluicegate_checkpoint_svc.reads import Reads
from sluicegate_kit.access.table import shipped
from sluicegate_kit.kafka.writes import Writes
from sluicegate_kit.pages.pages import Pages
from sluicegate_kit.web.page import PageRoute

PACKAGE = "sluicegate_checkpoint_svc"


def routes(pages: Pages, reads: Reads, writes: Writes, settlement: Settlement) -> Sequence[PageRoute]:
    """Fixed paths first: an id takes any."""
    inbox = Inbox(pages, reads)
    review = Review(pages, reads, shipped())
    deciding = Deciding(writes, settlement, review)
    editing = Editing(pages, review, deciding)
    return (
        *pages.routes(),
        PageRoute("GET", paths.INBOX, inbox.show),
        PageRoute("GET", paths.NEXT, inbox.next),
        PageRoute("GET", paths.REVIEW, review.show),
        PageRoute("GET", paths.ROW, inbox.one),
        PageRoute("GET", paths.PAYLOAD, review.payload),
        PageRoute("GET", paths.FILE, review.file),
        PageRoute("POST", paths.APPROVE, deciding.approve),
        PageRoute("POST", paths.REJECT, deciding.reject),
        PageRoute("POST", paths.ACKNOWLEDGE, deciding.acknowledge),
        PageRoute("GET", paths.EDIT, editing.form),
        PageRoute("POST", paths.EDIT, editing.compare),
        PageRoute("POST", paths.EDIT_APPROVE, editing.approve),
        PageRoute("GET", paths.EDITED, editing.look_back),
    )
