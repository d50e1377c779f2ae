"""When a replica looks for more runs."""

from uuid import UUID

from sluicegate_worker.executing.claims import Claims
from sluicegate_worker.executing.replica_lease import ReplicaLease


class Loop:
    def nudge(self) -> None:
        """Nobody is there."""


def open_claims(*, slots: int) -> Claims:
    claims = Claims(Loop(), "w", {"demo": "1"}, slots, on_claimed=lambda lease, claims: None, on_left=lambda: None)
    lease = ReplicaLease(UUID(int=1), monotonic=lambda: 0.0)
    lease.confirm(1.0)
    claims.open(lease)
    return claims


def test_a_slot_whose_attempt_is_leaving_is_offered_to_the_batch_that_may_carry_its_last_write() -> None:
    claims = open_claims(slots=1)
    claims.held.add(("job", 1))
    claims.leaving.add(("job", 1))
    settle = claims.board(1)
    assert settle is not None
    assert list(settle.locks())


def test_an_empty_batch_is_not_run_again_and_again_while_an_attempt_takes_its_time_to_leave() -> None:
    claims = open_claims(slots=1)
    claims.held.add(("job", 1))
    claims.leaving.add(("job", 1))
    assert claims.board(0) is None
    claims.freed(("job", 1))
    assert claims.board(0) is not None
