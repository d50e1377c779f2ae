"""Why a decision, an acknowledgement or a sign-in is refused."""

from uuid import UUID

from sluicegate_checkpoint_svc.domain.checkpoint import Checkpoint


class CheckpointError(Exception):
    """Base of everything that this service refuses."""


class UnknownCheckpoint(CheckpointError):
    """No checkpoint has this id."""

    def __init__(self, checkpoint_id: UUID) -> None:
        super().__init__(f"there is no checkpoint {checkpoint_id}")
        self.checkpoint_id = checkpoint_id


class Refused(CheckpointError):
    """The checkpoint as it stands does not allow this."""

    def __init__(self, checkpoint: Checkpoint) -> None:
        super().__init__((self.__doc__ or "").splitlines()[0])
        self.checkpoint = checkpoint


class AlreadyDecided(Refused):
    """It has its one decision, and it is another one."""


class NotAnApproval(Refused):
    """An info checkpoint is acknowledged, not decided."""


class NotAnInfo(Refused):
    """An approval checkpoint is decided, not acknowledged."""


class SelfApproval(Refused):
    """Nobody decides on what they requested."""


class Changed(Refused):
    """It is no longer what the caller was shown."""


class NotOffered(Refused):
    """The handler does not allow this kind of decision."""


class NotInBulk(Refused):
    """Many are approved at once only if their risk is low and their job type is one and the same."""


class BulkRefused(CheckpointError):
    """Base of why none of many decisions was tried."""


class TooManyApprovals(BulkRefused):
    """More than somebody can have looked at."""

    def __init__(self, approvals: int) -> None:
        super().__init__(f"{approvals} approvals at once")
        self.approvals = approvals


class SeveralJobTypes(BulkRefused):
    """Approvals of different things at once."""

    def __init__(self, job_types: list[str]) -> None:
        super().__init__(f"approvals of {len(job_types)} job types at once")
        self.job_types = job_types


class LinkRefused(CheckpointError):
    """Base of why a sign-in link does not sign in."""


class LinkUnknown(LinkRefused):
    """No such link was made, or it was long ago."""


class LinkUsed(LinkRefused):
    """It has signed somebody in already."""


class LinkExpired(LinkRefused):
    """It is too old."""
