"""What can go wrong when the HTTP API is called: one class per condition, the problem's facts as attributes."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from pydantic import ValidationError

from sluicegate.client.models.checkpoint import Decision


@dataclass(frozen=True, slots=True)
class FieldError:
    """One thing that is wrong with what was sent. At most one of the places is given."""

    detail: str
    pointer: str | None = None
    """JSON pointer (RFC 6901) into the body; empty for the whole."""
    parameter: str | None = None
    """Name of a query parameter."""
    header: str | None = None

    def __str__(self) -> str:
        place = self.pointer or self.parameter or self.header
        return f"{place}: {self.detail}" if place else self.detail


@dataclass(frozen=True, slots=True)
class Facts:
    """What a problem document (RFC 9457) says."""

    status: int
    slug: str
    """The last part of the problem's `type`; stable, so programs may branch on it."""
    detail: str
    """What happened and what to do about it, in words."""
    errors: tuple[FieldError, ...] = ()
    request_id: str | None = None
    extra: Mapping[str, Any] = field(default_factory=dict)
    """Members that this kind of problem adds."""
    retry_after_seconds: float | None = None


class ClientError(Exception):
    """Calling Sluicegate did not work."""


class NotConfigured(ClientError):
    """Nothing says which Sluicegate to call, or as whom."""


class BadConfiguration(ClientError):
    """What says which Sluicegate to call can't be used."""


class Unreachable(ClientError):
    """No answer came: the service is down, or the network between is."""


class UnexpectedAnswer(ClientError):
    """An answer came that this client can't read."""


class WaitTimedOut(ClientError):
    """The job did not get where it was waited for in time.

    `job_id` and `status` say which job, and where it stood last.
    """

    def __init__(self, job_id: str, status: str, timeout_seconds: float) -> None:
        super().__init__(f"job {job_id} is still {status} after {timeout_seconds:g} s")
        self.job_id = job_id
        self.status = status
        self.timeout_seconds = timeout_seconds


class Problem(ClientError):
    """The service refused, and said why."""

    def __init__(self, facts: Facts) -> None:
        super().__init__(facts.detail)
        self.facts = facts

    @property
    def status(self) -> int:
        """The HTTP status."""
        return self.facts.status

    @property
    def detail(self) -> str:
        """What happened and what to do about it."""
        return self.facts.detail

    @property
    def errors(self) -> tuple[FieldError, ...]:
        """What is wrong with which field; empty when no field is to blame."""
        return self.facts.errors

    @property
    def request_id(self) -> str | None:
        """Finds this request in the service's logs."""
        return self.facts.request_id


class InvalidRequest(Problem):
    """The service can't accept what was sent; `errors` says which field and why."""


class BadCursor(InvalidRequest):
    """The cursor is not one that this list gave, or the filters changed; start from the first page."""


class IdempotencyKeyReused(InvalidRequest):
    """This Idempotency-Key was used with another body; take a new key for a new request."""


class TooLarge(InvalidRequest):
    """The body, or one of its parts, is over its limit."""


class Unauthenticated(Problem):
    """The API key is missing, unknown or expired."""


class Forbidden(Problem):
    """This identity may not do that."""


class SelfApproval(Forbidden):
    """Nobody decides on what they requested; somebody else has to."""


class NotFound(Problem):
    """There is no such thing, or it is not shown to this identity."""


class Conflict(Problem):
    """The state of the thing forbids it."""


class AlreadyDecided(Conflict):
    """The checkpoint has its decision already; a checkpoint is decided once."""

    @property
    def decision(self) -> Decision | None:
        """Who decided what, and when. None: the service did not say."""
        try:
            return Decision.model_validate(self.facts.extra.get("decision"))
        except ValidationError:
            return None


class DecisionNotOffered(Conflict):
    """The handler does not allow this kind of decision here."""


class NotAnApproval(Conflict):
    """An info checkpoint is acknowledged, not decided."""


class NotAnInfo(Conflict):
    """An approval checkpoint is decided, not acknowledged."""


class JobHasEnded(Conflict):
    """An ended job can't be cancelled."""


class JobHasNotEnded(Conflict):
    """Only an ended job can be retried."""


class ResentByOwner(Conflict):
    """This record is sent again by the service that owns its topic; nobody else may."""


class RecordNotWhole(Conflict):
    """This record was too large to be kept whole; whoever sent it has to send it again, smaller."""


class ChangedSinceShown(Problem):
    """The checkpoint is no longer the one that was shown; look at it again before deciding."""


class ShownVersionRequired(Problem):
    """An edit names the version that it was made on (`If-Match`)."""


class Unavailable(Problem):
    """A service that this needs is down; the request may be repeated."""

    @property
    def retry_after_seconds(self) -> float | None:
        """How long the service asks to be left alone."""
        return self.facts.retry_after_seconds


class ServerDefect(Problem):
    """The service failed in a way it should not; report it with `request_id`."""
