"""Says to a person who looks at the page why their decision was not taken."""

from sluicegate_checkpoint_svc.domain.errors import AlreadyDecided, Changed, Refused
from sluicegate_checkpoint_svc.domain.state import State
from sluicegate_checkpoint_svc.http.errors import PROBLEMS
from sluicegate_checkpoint_svc.pages.looks import headline
from sluicegate_kit.web.errors import as_problem


def refusal_of(refused: Refused) -> str:
    """For the panel of the checkpoint, which tells beside it what became of that."""
    match refused:
        case AlreadyDecided(checkpoint=checkpoint) if checkpoint.decided_by is not None:
            return "Nothing was sent: you were not the first."
        case AlreadyDecided(checkpoint=checkpoint) if checkpoint.state is State.EXPIRED:
            return "Nothing was sent: it was too late."
        case AlreadyDecided():
            return "Nothing was sent: there is nothing left to decide."
        case Changed():
            return "Nothing was sent: this is no longer what you were shown. Load the page again and look."
        case _:
            return f"Nothing was sent. {as_problem(refused, PROBLEMS).detail}"


def result_of(error: Exception) -> str:
    """For a line among the results of many."""
    if isinstance(error, AlreadyDecided):
        return headline(error.checkpoint)
    return as_problem(error, PROBLEMS).detail
