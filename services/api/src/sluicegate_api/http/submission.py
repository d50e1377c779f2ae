"""Turns the body of a POST into the request, its row and its event, or says what is wrong with it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import Field
from pydantic_core import to_json

from sluicegate_api.domain.asked import Asked, asked
from sluicegate_api.input_schemas import Finding, InputSchemas
from sluicegate_api.operations.source import SOURCE
from sluicegate_kit.web.body import Body
from sluicegate_kit.web.invalid import pointer
from sluicegate_kit.web.problem import FieldError, Problem
from sluicegate_schemas import envelope, mac
from sluicegate_schemas.envelope import Message
from sluicegate_schemas.job_requested import Attempts, JobRequested, JobType, Priority, Tag
from sluicegate_schemas.limits import REST_BYTES
from sluicegate_schemas.model import LongText, Timestamp
from sluicegate_schemas.payload import digest, encode


class SubmitJob(Body):
    """What is asked for. The job id is made here, and who asks is known from the key."""

    job_type: JobType
    task_description: LongText
    # The strict reader has let nothing but JSON through: to look at every value again would only cost.
    input_data: dict[str, Any] = Field(default_factory=dict)
    priority: Priority = 5
    max_attempts: Attempts = 3
    timeout_seconds: Annotated[float, Field(gt=0, le=31_536_000, strict=True)] | None = None
    run_at: Timestamp | None = None
    tags: Annotated[list[Tag], Field(max_length=20)] = Field(default_factory=list)

    def body_digest(self) -> str:
        """The same for every way to write the same request."""
        return digest(encode(self.model_dump(mode="json", by_alias=True)))


@dataclass(frozen=True, slots=True)
class Submission:
    """A request that may be written."""

    asked: Asked
    input_data: bytes
    """As it stands in the event and in the answer."""
    message: Message


@dataclass(frozen=True, slots=True)
class Desk:
    """Looks submissions over and makes their events."""

    schemas: InputSchemas
    mac_keys: Callable[[], mac.Keys]
    max_input_bytes: int
    traceparent: Callable[[], str | None] = lambda: None
    """Of the request under way, where it is traced."""

    def take(self, body: SubmitJob, job_id: UUID, requested_by: str, at: datetime) -> Submission:
        """The submission.

        Raises:
            Problem: 413 `input-too-large`, `request-too-large`; 422 `invalid-input`.
        """
        input_data = to_json(body.input_data)
        if len(input_data) > self.max_input_bytes:
            raise _too_large("input-too-large", "inputData", len(input_data), self.max_input_bytes)
        self.expect(body.job_type, body.input_data)
        # Every field has been validated, as a `SubmitJob`.
        request = JobRequested.model_construct(
            job_id=str(job_id), requested_by=requested_by, **{name: getattr(body, name) for name in _SAME}
        )
        message = envelope.write(request, ce_id=job_id, source=SOURCE, at=at, trace=self._trace())
        if (rest := len(message.value) - len(input_data)) > REST_BYTES:
            raise _too_large("request-too-large", "all but inputData", rest, REST_BYTES)
        proof = (mac.HEADER, mac.sign(message.value, self.mac_keys()))
        message = replace(message, headers=(*message.headers, proof))
        return Submission(asked(request, input_data), input_data, message)

    def expect(self, job_type: str, input_data: dict[str, Any]) -> None:
        """Returns if the handlers of this type take this input.

        Raises:
            Problem: 422 `invalid-input`.
        """
        if findings := self.schemas.findings(job_type, input_data):
            raise _refused(job_type, findings)

    def _trace(self) -> dict[str, str]:
        traceparent = self.traceparent()
        return {} if traceparent is None else {envelope.TRACEPARENT: traceparent}


_SAME = tuple(SubmitJob.model_fields)


def _too_large(type_slug: str, what: str, size: int, limit: int) -> Problem:
    detail = f"As JSON, {what} may have {limit} bytes; this has {size}. Pass large things by reference."
    return Problem(413, type_slug, detail)


def _refused(job_type: str, findings: Sequence[Finding]) -> Problem:
    errors = [FieldError(each.message, pointer=pointer(["inputData", *each.path])) for each in findings]
    return Problem(422, "invalid-input", f"The handler of {job_type} takes other input; see errors.", errors=errors)
