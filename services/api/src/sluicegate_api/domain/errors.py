"""Why the api refuses a request, one class per condition."""

from uuid import UUID


class ApiError(Exception):
    """Base of everything that the api refuses."""


class UnknownJob(ApiError):
    """No job has this id."""

    def __init__(self, job_id: str) -> None:
        super().__init__(f"there is no job {job_id}")
        self.job_id = job_id


class JobHasEnded(ApiError):
    """An ended run can't be cancelled."""

    def __init__(self, job_id: str, status: str) -> None:
        super().__init__(f"job {job_id} has already ended: {status}")


class JobHasNotEnded(ApiError):
    """Only an ended run can be followed by the next one."""

    def __init__(self, job_id: str, status: str) -> None:
        super().__init__(f"job {job_id} is {status}; only an ended job can be retried")


class KeyReused(ApiError):
    """The same Idempotency-Key came with another body."""

    def __init__(self, job_id: str) -> None:
        super().__init__(f"this Idempotency-Key already made job {job_id} from another body; use a new key")


class UnknownDeadLetter(ApiError):
    """No dead letter has this id."""

    def __init__(self, dead_letter_id: UUID) -> None:
        super().__init__(f"there is no dead letter {dead_letter_id}")


class ResentByOwner(ApiError):
    """The api may not write this topic; whoever does sends the event again by itself until it is answered."""

    def __init__(self, topic: str) -> None:
        super().__init__(f"{topic} is written by another service, which sends it again until it is answered")


class RecordNotWhole(ApiError):
    """The record was too large to be kept whole, and a part of it is not sent again."""

    def __init__(self, topic: str, partition: int, offset: int) -> None:
        super().__init__(
            f"the record is too large to be kept whole; it stands in {topic}, partition {partition}, offset {offset}, "
            "as long as the topic keeps it, and whoever sent it has to send it again, smaller"
        )
