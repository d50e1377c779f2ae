"""One message or one request, all or nothing: the rows that it needs, and what it decides on them."""

from abc import ABC, abstractmethod
from collections.abc import Iterable
from typing import Any, Generic, Protocol, TypeVar

from sluicegate_kit.db.rows import Rows
from sluicegate_kit.db.table import Need

T = TypeVar("T")


class Operation(ABC, Generic[T]):
    """A unit of writing. Made of plain data, so that it can be decided again.

    `decide` may run several times, also after a commit whose outcome was lost. An operation that must know its own
    write therefore carries an id made before its first try, writes it, and takes finding it written for success.
    """

    __slots__ = ()

    @property
    def size(self) -> int:
        """Bytes that it will send to the database, roughly; a batch takes at most 4 MiB."""
        return 0

    @abstractmethod
    def locks(self) -> Iterable[Need]:
        """The rows that `decide` looks at or changes."""

    @abstractmethod
    def decide(self, rows: Rows) -> T:
        """Change `rows` and give the answer. Blocks on nothing, reads no clock but `rows.now`.

        Whatever it raises is raised by `WriteLoop.submit`, and nothing of the operation is written.
        """


class Rider(Protocol):
    """Adds one operation to the end of each batch, in the same transaction."""

    def board(self, aboard: int) -> Operation[Any] | None:
        """Called when a batch of `aboard` operations, riders not counted, has been put together; None: nothing to add.

        A batch that the database refuses is split, and its halves are batches like any other. With `aboard` 0 the
        batch runs only if a rider boards, and the riders are asked again after it. Must not block.
        """

    def landed(self, result: Any) -> None:
        """Its operation is committed and gave `result`. Must not block or raise."""

    def missed(self, error: BaseException) -> None:
        """Its operation was not committed, or raised. Must not block or raise."""
