"""Where the pages are."""

from uuid import UUID

ROOT = "/"
ADMIN = "/admin"
INBOX = "/admin/agent-checkpoints"
EVENTS = f"{INBOX}/events"
NEXT = f"{INBOX}/next"
BULK = f"{INBOX}/bulk"
BULK_DECIDE = f"{INBOX}/bulk/decide"
REVIEW = f"{INBOX}/{{id}}"
ROW = f"{REVIEW}/row"
PAYLOAD = f"{REVIEW}/payload"
FILE = f"{REVIEW}/files/{{number}}"
EDIT = f"{REVIEW}/edit"
EDITED = f"{REVIEW}/edited"
EDIT_APPROVE = f"{REVIEW}/edit/approve"
APPROVE = f"{REVIEW}/approve"
REJECT = f"{REVIEW}/reject"
ACKNOWLEDGE = f"{REVIEW}/acknowledge"
COMMENTS = f"{REVIEW}/comments"


def of(template: str, checkpoint_id: UUID | str) -> str:
    """One checkpoint's path of this kind."""
    return template.replace("{id}", str(checkpoint_id))
