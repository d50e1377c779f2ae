"""Operations on their way to a commit, and who is told what became of them."""

import asyncio
from dataclasses import dataclass
from typing import Any, Protocol

from sluicegate_kit.db.operation import Operation


class Receiver(Protocol):
    """Who waits for an operation. A rider is one."""

    def landed(self, result: Any) -> None:
        """It is committed and gave `result`."""

    def missed(self, error: BaseException) -> None:
        """It was not committed, or raised."""


class Promise:
    """A future for one operation."""

    __slots__ = ("future",)

    def __init__(self) -> None:
        self.future: asyncio.Future[Any] = asyncio.get_running_loop().create_future()

    def landed(self, result: Any) -> None:
        if not self.future.done():
            self.future.set_result(result)

    def missed(self, error: BaseException) -> None:
        if not self.future.done():
            self.future.set_exception(error)


class Party:
    """One future for many operations."""

    __slots__ = ("_left", "_results", "future")

    def __init__(self, size: int) -> None:
        self._left = size
        self._results: list[Any] = [None] * size
        self.future: asyncio.Future[list[Any]] = asyncio.get_running_loop().create_future()

    def back(self, place: int, result: Any) -> None:
        self._results[place] = result
        self._left -= 1
        if not self._left and not self.future.done():
            self.future.set_result(self._results)


@dataclass(slots=True)
class Member:
    """One operation of a party."""

    party: Party
    place: int

    def landed(self, result: Any) -> None:
        self.party.back(self.place, result)

    missed = landed


@dataclass(slots=True, eq=False)
class Waiting:
    """An operation on its way."""

    operation: Operation[Any]
    receiver: Receiver
    since: float
    rides: bool = False
    """Whether a rider has added it to a batch; then the rider receives it."""

    def done(self, result: Any) -> None:
        if isinstance(result, BaseException):
            self.receiver.missed(result)
        else:
            self.receiver.landed(result)

    def failed(self, error: BaseException) -> None:
        self.receiver.missed(error)
