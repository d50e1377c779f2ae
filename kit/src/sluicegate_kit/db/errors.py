"""What can go wrong with a write, one class per condition."""


class WriteError(Exception):
    """An operation was not committed."""


class DataRefused(WriteError):
    """The database refuses this operation's data, alone, whatever else is in its batch.

    `sqlstate` is of class 22 (data exception), 23 (constraint violation) or 54 (limit exceeded).
    """

    def __init__(self, sqlstate: str, detail: str) -> None:
        super().__init__(f"{sqlstate}: {detail}")
        self.sqlstate = sqlstate
        self.detail = detail


class StatementRefused(WriteError):
    """The database refuses a statement, whatever its data: its tables or rights are not those of this release."""

    def __init__(self, sqlstate: str, detail: str) -> None:
        super().__init__(f"{sqlstate}: {detail}")
        self.sqlstate = sqlstate


class DatabaseUnavailable(WriteError):
    """The database has not answered for too long. The operation may or may not be committed: submit it again."""


class WritesStopped(WriteError):
    """The process is stopping and takes no more operations."""


class NotLocked(WriteError):
    """An operation used a row that it did not name in `locks()`. A programming error."""
