"""All pages of this service, as the application takes them."""

from collections.abc import Sequence

from sluicegate_checkpoint_svc.bulk import Bulk
from sluicegate_checkpoint_svc.operations.settlement import Settlement
from sluicegate_checkpoint_svc.pages import paths
from sluicegate_checkpoint_svc.pages.deciding import Deciding
from sluicegate_checkpoint_svc.pages.discussing import Discussing
from sluicegate_checkpoint_svc.pages.editing import Editing
from sluicegate_checkpoint_svc.pages.events import Events
from sluicegate_checkpoint_svc.pages.inbox import Inbox
from sluicegate_checkpoint_svc.pages.review import Review
from sluicegate_checkpoint_svc.pages.together import Together
from sluicegate_checkpoint_svc.reads import Reads
from sluicegate_kit.access.table import shipped
from sluicegate_kit.kafka.writes import Writes
from sluicegate_kit.pages.pages import Pages
from sluicegate_kit.web.page import PageRoute

PACKAGE = "sluicegate_checkpoint_svc"


def routes(
    pages: Pages, events: Events, reads: Reads, writes: Writes, settlement: Settlement, bulk: Bulk
) -> Sequence[PageRoute]:
    """Fixed paths first: an id takes any."""
    inbox = Inbox(pages, events, reads)
    review = Review(pages, events, reads, shipped())
    discussing = Discussing(writes, review)
    together = Together(pages, reads, bulk)
    deciding = Deciding(writes, settlement, inbox, review)
    editing = Editing(pages, events, review, deciding)
    return (
        PageRoute("GET", paths.ROOT, inbox.lead_here),
        PageRoute("GET", paths.ADMIN, inbox.lead_here),
        PageRoute("GET", paths.INBOX, inbox.show),
        PageRoute("GET", paths.NEXT, inbox.next),
        PageRoute("POST", paths.BULK, together.look),
        PageRoute("POST", paths.BULK_DECIDE, together.decide),
        PageRoute("GET", paths.REVIEW, review.show),
        PageRoute("GET", paths.ROW, inbox.one),
        PageRoute("GET", paths.PAYLOAD, review.payload),
        PageRoute("GET", paths.FILE, review.file),
        PageRoute("POST", paths.APPROVE, deciding.approve),
        PageRoute("POST", paths.REJECT, deciding.reject),
        PageRoute("POST", paths.ACKNOWLEDGE, deciding.acknowledge),
        PageRoute("POST", paths.COMMENTS, discussing.comment),
        PageRoute("GET", paths.COMMENTS, review.show_discussion),
        PageRoute("GET", paths.EDIT, editing.form),
        PageRoute("POST", paths.EDIT, editing.compare),
        PageRoute("POST", paths.EDIT_APPROVE, editing.approve),
        PageRoute("GET", paths.EDITED, editing.look_back),
    )
