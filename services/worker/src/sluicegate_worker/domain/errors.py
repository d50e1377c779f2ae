"""Why a command can't change a run, one class per condition."""


class WorkerError(Exception):
    """A command is refused; nothing of it is written."""


class StaleLease(WorkerError):
    """The attempt no longer holds its run: whatever it writes changes nothing."""


class JobIdConflict(WorkerError):
    """Another request has the same job id and other content."""


class UnknownCheckpoint(WorkerError):
    """A decision names a checkpoint that this worker never asked."""
