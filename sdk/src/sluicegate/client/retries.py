"""Decides whether a call is tried again, and after how long."""

from dataclasses import dataclass

from sluicegate.client.errors import ClientError, Unavailable, Unreachable


@dataclass(frozen=True, slots=True)
class Retries:
    """How persistent a client is. Only calls that are safe to repeat are tried again."""

    tries: int = 10
    """All tries of one call, the first included; 1: never again."""
    first_seconds: float = 0.2
    """The longest pause after the first try; doubles with each."""
    longest_seconds: float = 10.0
    """No pause is longer; a service that asks for more gets its answer raised."""

    def pause_seconds(self, tried: int, error: ClientError, jitter: float) -> float | None:
        """How long to pause after `tried` tries that ended in `error`. None: give up.

        `Retry-After` is kept to the second; without one the pause is random below a doubling bound ("full jitter",
        https://aws.amazon.com/builders-library/timeouts-retries-and-backoff-with-jitter/). `jitter` is in [0, 1).
        """
        if tried >= self.tries or not isinstance(error, Unavailable | Unreachable):
            return None
        asked = error.retry_after_seconds if isinstance(error, Unavailable) else None
        if asked is not None:
            return asked if asked <= self.longest_seconds else None
        bound: float = min(self.longest_seconds, self.first_seconds * 2.0 ** (tried - 1))
        return jitter * bound
