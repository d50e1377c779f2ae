"""Says in a sentence why nothing moves, and what would change that."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import assert_never

from sluicegate_api.domain.hindrances import Hindrance, Kind
from sluicegate_api.pages.words import Part, Sentence, code, count, sentence, since

WORTH_SAYING = timedelta(seconds=1)


def say(hindrance: Hindrance, now: datetime) -> Sentence:
    """One hindrance."""
    waiting = _waiting(hindrance, now)
    match hindrance.kind:
        case Kind.NEVER_STARTED:
            return sentence("The fleet has never been started", *waiting, ".")
        case Kind.STOPPED if hindrance.working:
            still = f"{count(hindrance.working, 'job')} still {'runs' if hindrance.working == 1 else 'run'}"
            return sentence("The fleet is stopped: ", still, " to the end", *waiting, ".")
        case Kind.STOPPED:
            return sentence("The fleet is stopped", *waiting, ".")
        case Kind.NO_WORKER if hindrance.last_seen is not None:
            ago = since(hindrance.last_seen.heard_at, now)
            last = (" The last one, ", code(hindrance.last_seen.worker_id), ", was heard of ", ago, " ago.")
            return sentence("No live worker", *waiting, ".", *last)
        case Kind.NO_WORKER:
            return sentence("No live worker", *waiting, ". None has ever been heard of.")
        case Kind.NOT_HEARD:
            return sentence("The workers have not heard yet that the fleet is started", *waiting, ".")
        case Kind.NO_HANDLER:
            return sentence("No worker handles ", code(hindrance.job_type or ""), *waiting, ".")
        case Kind.DRAINING:
            return sentence("Every worker that could do it is stopping", *waiting, ".")
        case Kind.ALL_BUSY:
            slots = "The only slot is busy" if hindrance.slots == 1 else f"All {hindrance.slots} slots are busy"
            return sentence(slots, *waiting, ".")
        case Kind.NOT_CLAIMED:
            free = hindrance.slots - hindrance.working
            are_free = f"{count(free, 'slot')} {'is' if free == 1 else 'are'} free"
            return sentence(are_free, ", and nobody takes the work", *waiting, "; see the workers' logs.")
        case _:
            assert_never(hindrance.kind)


def _waiting(hindrance: Hindrance, now: datetime) -> Sequence[Part | str]:
    if hindrance.jobs == 0:
        return ()
    jobs: list[Part | str] = [f"; {count(hindrance.jobs, 'job')}"]
    if hindrance.job_type is not None and hindrance.kind is not Kind.NO_HANDLER:
        jobs += [" of type ", code(hindrance.job_type)]
    jobs.append(" waits" if hindrance.jobs == 1 else " wait")
    if hindrance.oldest_ready_at is not None and now - hindrance.oldest_ready_at >= WORTH_SAYING:
        jobs += [" for " if hindrance.jobs == 1 else ", the oldest for ", since(hindrance.oldest_ready_at, now)]
    return jobs
