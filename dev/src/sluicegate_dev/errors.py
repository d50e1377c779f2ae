"""What can go wrong while Sluicegate is started on one machine."""


class DevError(Exception):
    """Base of this package's errors; the message is for the person at the terminal."""


class DidNotStart(DevError):
    """A process ended, or was not ready in time."""

    def __init__(self, name: str, log_tail: str) -> None:
        super().__init__(f"{name} did not start. The end of its log:\n{log_tail}")
        self.name = name


class CannotRunHere(DevError):
    """The machine lacks what this needs (Java, Maven, a container engine); the message names it."""


class AlreadyRunning(DevError):
    """Another `make dev` runs in this clone."""


class NotAClone(DevError):
    """The folder lacks what every clone of Sluicegate has; the message names both."""
