"""Why a sample handler refuses to go on. None of it is better on a second try: a person retries the job."""

from sluicegate import TerminalError


class UnsafePath(TerminalError):
    """A path is not one that a job may read or write."""


class TargetChanged(TerminalError):
    """A file is neither what the reviewer saw nor what was approved. Retry the job to ask again."""

    def __init__(self, path: str) -> None:
        super().__init__(f"{path} has changed since it was reviewed; nothing was written over it. Retry to ask again")
        self.path = path


class SourceChanged(TerminalError):
    """The data is no longer what the reviewer approved a plan for. Retry the job to ask again."""

    def __init__(self, path: str) -> None:
        super().__init__(f"{path} has changed since its plan was approved. Retry to ask again")
        self.path = path


class ResultChanged(TerminalError):
    """The same plan over the same data gave another result than the one that was approved."""


class BadSource(TerminalError):
    """The data can't be read as what it is said to be."""


class BadPlan(TerminalError):
    """A transform can't be applied to this data."""


class BadEdit(TerminalError):
    """What the reviewer wrote in place of the payload has another shape."""
