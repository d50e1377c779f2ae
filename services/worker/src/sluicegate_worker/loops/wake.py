"""Idle replicas hear of ready runs at once. The poll interval is the fallback."""

from collections.abc import Callable

from sluicegate_kit.db.listening import Listener, Notifier
from sluicegate_worker.operations.receive_control import CHANNEL

THROTTLE_SECONDS = 0.02
READY = "ready"
NAME = "sluicegate-worker"


def listener(url: str | None, *, on_ready: Callable[[], None], on_look: Callable[[], None]) -> Listener:
    """Hears the other replicas. `on_look`: a control was committed that this replica should see."""

    def joined() -> None:
        on_ready()
        on_look()

    def heard(notice: str) -> None:
        if notice == READY:
            on_ready()
        else:
            on_look()

    return Listener(url, CHANNEL, name=NAME, joined=joined, heard=heard)


def notifier(url: str) -> Notifier:
    """Tells the other replicas that there are more ready runs than this one has slots."""
    return Notifier(url, CHANNEL, READY, name=NAME, throttle_seconds=THROTTLE_SECONDS)
