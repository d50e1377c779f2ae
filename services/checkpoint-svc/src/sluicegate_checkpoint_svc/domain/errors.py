"""Why a decision or an acknowledgement is refused."""

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
