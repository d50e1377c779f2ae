"""How the api's refusals look to callers."""

from collections.abc import Mapping

from sluicegate_api.domain.errors import (
    JobHasEnded,
    JobHasNotEnded,
    KeyReused,
    RecordNotWhole,
    ResentByOwner,
    UnknownDeadLetter,
    UnknownJob,
)
from sluicegate_kit.web.errors import ProblemOf
from sluicegate_kit.web.problem import FieldError, Problem, not_found


def _key_reused(error: KeyReused) -> Problem:
    where = [FieldError("used before with another body", header="Idempotency-Key")]
    return Problem(422, "idempotency-key-reused", _sentence(error), errors=where)


def _sentence(error: Exception) -> str:
    text = str(error)
    return f"{text[0].upper()}{text[1:]}."


PROBLEMS: Mapping[type[Exception], ProblemOf] = {
    UnknownJob: lambda error: not_found(f"job {error.job_id}"),
    JobHasEnded: lambda error: Problem(409, "job-has-ended", _sentence(error)),
    JobHasNotEnded: lambda error: Problem(409, "job-has-not-ended", _sentence(error)),
    KeyReused: _key_reused,
    UnknownDeadLetter: lambda error: not_found("dead letter with this id"),
    ResentByOwner: lambda error: Problem(409, "resent-by-owner", _sentence(error)),
    RecordNotWhole: lambda error: Problem(409, "record-not-whole", _sentence(error)),
}
