"""The same as the page does, for programs. Keys are never part of a page."""

import shlex
from collections.abc import Sequence

from starlette.requests import Request

from sluicegate_checkpoint_svc.domain.checkpoint import Checkpoint
from sluicegate_checkpoint_svc.domain.state import State
from sluicegate_checkpoint_svc.http.conditions import tag


def commands(request: Request, checkpoint: Checkpoint) -> Sequence[tuple[str, str]]:
    """Pairs of what it does and the command."""
    url = f"{request.url.scheme}://{request.url.netloc}/api/admin/agent-checkpoints/{checkpoint.checkpoint_id}"
    key = '-H "Authorization: Bearer $SLUICEGATE_API_KEY"'
    look_at = ("Look at it", f"curl -s {shlex.quote(url)} {key}")
    shown = ("On the command line", f"sluicegate checkpoints show {checkpoint.checkpoint_id}")
    if checkpoint.state is not State.PENDING:
        return (look_at, shown)
    condition = f"""-H 'If-Match: "{tag(checkpoint)}"'"""
    return (
        look_at,
        ("Approve exactly this", f"curl -s -X POST {shlex.quote(url)} {key} {condition}"),
        ("On the command line", f"sluicegate checkpoints approve {checkpoint.checkpoint_id}"),
    )
