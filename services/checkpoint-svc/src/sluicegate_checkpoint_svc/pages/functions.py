"""What this service's templates can ask beside what the kit's know."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from sluicegate_checkpoint_svc.domain.checkpoint import Checkpoint
from sluicegate_checkpoint_svc.pages import paths
from sluicegate_checkpoint_svc.pages.looks import headline
from sluicegate_checkpoint_svc.showing import table
from sluicegate_checkpoint_svc.showing.exact import Number, compact
from sluicegate_kit.pages import visible

_DIGEST = re.compile(r"sha256:[0-9a-f]{64}")


def is_digest(value: object) -> bool:
    """Whether it is worth no more than its first digits to a reader."""
    return isinstance(value, str) and _DIGEST.fullmatch(value) is not None


def is_number(value: object) -> bool:
    """Whether it is a number of the payload."""
    return isinstance(value, Number)


def file_url(checkpoint: Checkpoint, number: int) -> str:
    """Where one file of the payload is drawn."""
    return paths.of(paths.FILE, checkpoint.checkpoint_id).replace("{number}", str(number))


FUNCTIONS: Mapping[str, Callable[..., Any]] = {
    "compact": compact,
    "draw_table": table.draw,
    "file_url": file_url,
    "headline": headline,
    "hidden_in": visible.count,
    "is_digest": is_digest,
    "is_number": is_number,
}
