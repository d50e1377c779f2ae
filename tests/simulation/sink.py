"""The outside world: keeps every effect, with the digest of the bytes that it received."""

from dataclasses import dataclass, field
from hashlib import sha256
from typing import Protocol

from tests.witness.effect_sink import Effect


class Actor(Protocol):
    """Who performs an effect."""

    @property
    def faulty(self) -> bool:
        """It was killed, was stopped in the middle, or may have lost its lease: an effect of its may come twice."""


@dataclass(slots=True)
class Done:
    """One effect, and whether it is known to be in the journal."""

    effect: Effect
    actor: Actor
    recorded: bool = False


@dataclass(slots=True)
class Sink:
    """Never dies."""

    done: list[Done] = field(default_factory=list)

    def keep(self, actor: Actor, *, job: str, run: int, attempt: int, key: str, decision: str, content: bytes) -> int:
        """Perform it; gives its number."""
        digest = "sha256:" + sha256(content).hexdigest()
        self.done.append(Done(Effect(job, run, attempt, key, decision, digest), actor))
        return len(self.done) - 1

    def effects(self) -> list[Effect]:
        """All but those that a fault excuses: done by a process that broke down before the record, and done again."""
        kept = [one.effect for one in self.done if one.recorded or not one.actor.faulty]
        known = {(effect.key, effect.decision, effect.digest) for effect in kept}
        for one in self.done:
            same = (one.effect.key, one.effect.decision, one.effect.digest)
            if same not in known:
                known.add(same)
                kept.append(one.effect)
        return kept
