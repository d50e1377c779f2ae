"""What the command line's exit codes mean; scripts rely on them."""

from enum import IntEnum

from sluicegate.client import errors
from sluicegate_schemas.job_lifecycle import Status


class Exit(IntEnum):
    """The meaning of each code; `docs/cli.md` and `--help` show the same table."""

    meaning: str

    def __new__(cls, code: int, meaning: str) -> "Exit":
        member = int.__new__(cls, code)
        member._value_ = code
        member.meaning = meaning
        return member

    OK = 0, "done; a watched job succeeded, or got where it was waited for"
    DEFECT = 1, "something went wrong that should not have: report it"
    USAGE = 2, "the command line, a file that it names, or the configuration can't be used"
    NOT_FOUND = 3, "there is no such job, checkpoint or dead letter"
    NOT_ALLOWED = 4, "the key is not known, or this identity may not do that (its own request, for one)"
    CONFLICT = 5, "the state forbids it: decided already, changed since it was shown, ended, not ended"
    INVALID = 6, "the service does not accept what was sent"
    UNAVAILABLE = 7, "no answer, or a dependency is down, after all tries"
    TIMED_OUT = 8, "the job did not get there within --timeout"
    DECLINED = 9, "you said no when asked"
    JOB_FAILED = 20, "the watched job failed"
    JOB_REJECTED = 21, "the watched job was rejected by a reviewer"
    JOB_EXPIRED = 22, "the watched job expired: nobody decided in time"
    JOB_CANCELLED = 23, "the watched job was cancelled"
    INTERRUPTED = 130, "Ctrl-C"


_OF_ERROR: tuple[tuple[type[errors.ClientError], Exit], ...] = (
    (errors.NotConfigured, Exit.USAGE),
    (errors.BadConfiguration, Exit.USAGE),
    (errors.NotFound, Exit.NOT_FOUND),
    (errors.Unauthenticated, Exit.NOT_ALLOWED),
    (errors.Forbidden, Exit.NOT_ALLOWED),
    (errors.Conflict, Exit.CONFLICT),
    (errors.ChangedSinceShown, Exit.CONFLICT),
    (errors.ShownVersionRequired, Exit.CONFLICT),
    (errors.InvalidRequest, Exit.INVALID),
    (errors.Unavailable, Exit.UNAVAILABLE),
    (errors.Unreachable, Exit.UNAVAILABLE),
    (errors.WaitTimedOut, Exit.TIMED_OUT),
)
_OF_STATUS = {
    Status.FAILED: Exit.JOB_FAILED,
    Status.REJECTED: Exit.JOB_REJECTED,
    Status.EXPIRED: Exit.JOB_EXPIRED,
    Status.CANCELLED: Exit.JOB_CANCELLED,
}


def of_error(error: errors.ClientError) -> Exit:
    """The code for a call that did not work."""
    return next((code for kind, code in _OF_ERROR if isinstance(error, kind)), Exit.DEFECT)


def of_status(status: Status) -> Exit:
    """The code for a job that was watched until it stood here."""
    return _OF_STATUS.get(status, Exit.OK)


def table() -> list[tuple[str, str]]:
    """Every code with its meaning."""
    return [(str(code.value), code.meaning) for code in Exit]
