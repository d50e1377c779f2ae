"""The entity tag of a checkpoint, and what `If-Match` says that a caller was shown (RFC 9110, section 13.1.1)."""

import re

from starlette.requests import Request

from sluicegate_checkpoint_svc.domain.checkpoint import Checkpoint
from sluicegate_checkpoint_svc.domain.deciding import Shown
from sluicegate_kit.web.documented import Header
from sluicegate_kit.web.etag import PATTERN, if_match, strong
from sluicegate_kit.web.problem import FieldError, Problem

_ENTITY_TAGS = {"type": "string", "format": "entity-tags", "pattern": PATTERN}
IF_MATCH = Header("If-Match", "the ETag of what was shown to whoever decides", _ENTITY_TAGS)
ETAG = Header("ETag", "digest and version", always=True)

_TAG = re.compile(r'"([0-9a-f]{64})\.([0-9]{1,18})"')


def tag(checkpoint: Checkpoint) -> str:
    """Digest and version: another payload or another state is another tag."""
    return f"{checkpoint.payload_digest.removeprefix('sha256:')}.{checkpoint.version}"


def etag(checkpoint: Checkpoint) -> str:
    """The tag, as `ETag` has it."""
    return strong(tag(checkpoint))


def shown_tag(text: str) -> Shown | None:
    """What a tag says that somebody looked at; None: it is none of ours."""
    found = _TAG.fullmatch(f'"{text}"')
    return None if found is None else Shown(f"sha256:{found[1]}", int(found[2]))


def shown(request: Request, *, required: bool = False) -> tuple[Shown, ...] | None:
    """What the caller looked at; None: they don't say, and decide on what is there.

    Raises:
        Problem: 428 `precondition-required` if it is required and not said; 400 `bad-if-match`.
    """
    tags = if_match(request)
    if tags is None or "*" in tags:
        if required:
            raise Problem(
                428,
                "precondition-required",
                "An edit is made on what somebody saw: send If-Match with the ETag that came with it.",
                errors=[FieldError("missing, or not an entity tag", header="If-Match")],
            )
        return None
    ours = (_TAG.fullmatch(tag) for tag in tags)
    return tuple(Shown(f"sha256:{tag[1]}", int(tag[2])) for tag in ours if tag)
