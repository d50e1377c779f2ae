"""What is left to chance, by seed; and the ids, which are made from the same seed."""

import random
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from random import Random
from typing import TypeVar
from unittest import mock

from sluicegate_schemas import ids

T = TypeVar("T")


@dataclass(slots=True)
class Chance:
    """A stream of random choices. `calm`: nothing bad happens by chance any more."""

    seed: int
    calm: bool = False
    random: Random = field(init=False)

    def __post_init__(self) -> None:
        self.random = Random(self.seed)

    def bad(self, probability: float) -> bool:
        """Whether a fault happens."""
        return not self.calm and self.random.random() < probability

    def good(self, probability: float) -> bool:
        """Whether something harmless happens."""
        return self.random.random() < probability

    def one(self, choices: Sequence[T]) -> T:
        """One of them."""
        return self.random.choice(choices)

    def between(self, low: float, high: float) -> float:
        """A number."""
        return self.random.uniform(low, high)


@contextmanager
def seeded(seed: int) -> Iterator[None]:
    """Ids and the services' own dice come from the seed while this lasts; ids go up, as they should."""
    dice, milliseconds = Random(seed), count(1)
    with mock.patch.multiple(ids, urandom=dice.randbytes, time_ns=lambda: next(milliseconds) * 1_000_000):
        before = random.getstate()
        random.seed(seed)
        try:
            yield
        finally:
            random.setstate(before)
