"""Says who worked on a run, what the journal saved them, and shows the steps."""

from collections.abc import Iterable
from dataclasses import dataclass

from sluicegate_api.domain.checkpoints import Checkpoint
from sluicegate_api.domain.story import Start, Stop, Stretch
from sluicegate_api.pages.paths import review
from sluicegate_api.pages.words import Part, Sentence, code, count, lasting, sentence

SHOWN = 12
"""Steps that are shown at once; more of them are folded."""
BAR = 1000
"""The width of a stretch, in the units of its steps' bars."""


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a stretch, or an information that it gave."""

    name: str
    took: str
    bar: int
    """Of `BAR`: its share of the stretch's running time; at least 1."""
    replayed: bool
    told: str | None = None
    """The title of the information."""
    href: str = ""


@dataclass(frozen=True, slots=True)
class Steps:
    """The steps of one stretch, in the order in which it asked for them."""

    done: tuple[Step, ...]
    folded: tuple[Step, ...]
    """Those beyond what is shown at once."""
    replayed: tuple[Step, ...]


def work(stretch: Stretch, before: Stretch | None) -> Sentence:
    """Who worked, why they did, and how that ended, if it did not end with a question or with the run."""
    worker = code(stretch.worker_id) if stretch.worker_id is not None else Part("A worker")
    match stretch.start:
        case Start.TAKEN_OVER if stretch.lost_worker_id is not None:
            said = sentence(code(stretch.lost_worker_id), " lost; resumed on ", worker)
        case Start.RETRIED:
            said = sentence(f"Attempt {stretch.attempt} on ", worker)
        case Start.FIRST:
            said = sentence(worker, " works on it" if stretch.ended is None else " worked on it")
        case _:
            said = sentence("Resumed on ", worker)
    return (*said, *_saved(stretch), *_drift(stretch, before), *_stopped(stretch))


def _saved(stretch: Stretch) -> Sentence:
    """What came from the journal; not known of a stretch that could not tell."""
    told = stretch.stop in (Stop.ASKED, Stop.ENDED, Stop.FAILED) and stretch.steps
    if stretch.start is Start.FIRST or not told:
        return ()
    return sentence(f"; {count(stretch.replayed, 'step')} replayed, {stretch.run_again} run again")


def _drift(stretch: Stretch, before: Stretch | None) -> Sentence:
    if before is None or stretch.version is None or before.version in (None, stretch.version):
        return ()
    return sentence(f"; with version {stretch.version} of the handler, before it was {before.version}")


def _stopped(stretch: Stretch) -> Sentence:
    match stretch.stop:
        case Stop.LOST:
            return sentence(", then was not heard of any more")
        case Stop.GIVEN_BACK:
            return sentence(", then gave it back")
        case Stop.FAILED:
            return sentence("; the attempt failed")
        case _:
            return ()


def steps_of(stretch: Stretch, checkpoints: Iterable[Checkpoint]) -> Steps | None:
    """The steps; None if there are none to show. `checkpoints` are the run's; a new question is a row of its own."""
    asks = {one.ask.key: one for one in checkpoints if one.ask is not None}
    done: list[Step] = []
    replayed: list[Step] = []
    for step in stretch.steps:
        asked = asks.get(step.name) if step.kind != "step" else None
        if step.kind == "approval" and not step.replayed:
            continue
        share = step.duration_ms / stretch.ran_ms if stretch.ran_ms else 0.0
        shown = Step(
            step.name,
            lasting(step.duration_ms) if step.kind == "step" else "",
            max(1, min(BAR, round(share * BAR))),
            bool(step.replayed),
            asked.ask.title if asked is not None and asked.ask is not None and step.kind == "info" else None,
            review(asked.checkpoint_id) if asked is not None else "",
        )
        (replayed if step.replayed else done).append(shown)
    if not done and not replayed:
        return None
    return Steps(tuple(done[:SHOWN]), tuple(done[SHOWN:]), tuple(replayed))
