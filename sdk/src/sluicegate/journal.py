"""The port between the SDK and an engine: what a run has recorded, and how it records more."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, TypeAlias
from uuid import UUID

from sluicegate_schemas.checkpoint_created import Kind, Risk, View
from sluicegate_schemas.checkpoint_decided import Outcome
from sluicegate_schemas.job_lifecycle import StepSummary

__all__ = [
    "Ask",
    "CheckpointEntry",
    "Entry",
    "Journal",
    "JournaledDecision",
    "Kind",
    "Outcome",
    "Risk",
    "StepEntry",
    "StepSummary",
    "View",
]


@dataclass(frozen=True, slots=True)
class StepEntry:
    """A step that has been done."""

    name: str
    result: bytes
    """JSON, as `sluicegate_schemas.payload.encode` writes it."""
    duration_ms: float


@dataclass(frozen=True, slots=True)
class JournaledDecision:
    """What became of an approval checkpoint, as its signed event said."""

    decision_id: UUID
    outcome: Outcome
    payload_digest: str
    """Of the bytes that were decided on; equals the entry's, or the run fails as `DecisionMismatch`."""
    edited_payload: bytes | None = None
    """The bytes that run instead of those that were asked about."""
    decided_by: tuple[str, ...] = ()
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class CheckpointEntry:
    """A checkpoint that has been asked, or told when its kind is `info`."""

    name: str
    kind: Kind
    checkpoint_id: UUID
    ask: int
    payload: bytes
    payload_digest: str
    decision: JournaledDecision | None = None


Entry: TypeAlias = StepEntry | CheckpointEntry


@dataclass(frozen=True, slots=True)
class Ask:
    """A checkpoint on its way to a person: the journal entry, and what only the event carries."""

    entry: CheckpointEntry
    title: str
    description: str | None = None
    payload_schema: dict[str, Any] | None = None
    view: View | None = None
    risk: Risk = Risk.MEDIUM
    allowed_decisions: tuple[str, ...] = ("approve", "reject", "edit")
    expires_in_seconds: float | None = None
    """None: never."""


class Journal(Protocol):
    """One run's journal, held by one attempt under its lease.

    An entry is identified by its name alone (the run is given), never by its position. Every method is called
    from the event loop's thread; calls may overlap. A write raises `LeaseLost` (and changed nothing) once the
    attempt has no lease. An outage of the store is the journal's to wait out: it never fails a handler.
    """

    def entries(self) -> Mapping[str, Entry]:
        """What earlier attempts of the run recorded, as it stood when this attempt began. Does not block."""

    def check(self) -> None:
        """Called first at every `ctx` call. Does not block.

        Raises:
            JobCancelled, LeaseLost: as soon as either is known here.
        """

    async def record(self, entry: StepEntry) -> None:
        """Make the entry durable before returning. The same entry again changes nothing.

        Raises:
            LeaseLost: nothing was written.
        """

    async def inform(self, ask: Ask) -> None:
        """An `info` checkpoint: entry and event in one transaction. The same again changes nothing.

        Raises:
            LeaseLost: nothing was written.
        """

    async def ask(self, ask: Ask, steps: Sequence[StepSummary]) -> None:
        """An `approval` checkpoint: entry, suspension and event in one transaction.

        Also called for an entry that is there and still undecided: then it only suspends. Afterwards the
        attempt holds no lease and writes nothing more. `steps` are the entries that this attempt used.

        Raises:
            LeaseLost: nothing was written.
        """

    async def progress(self, value: bytes) -> None:
        """Show `value` (JSON) as the run's progress. May be dropped, if a newer one replaces it.

        Raises:
            LeaseLost: nothing was written.
        """
