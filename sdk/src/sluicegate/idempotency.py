"""Makes the keys by which systems outside notice that a step comes again."""

from uuid import NAMESPACE_URL, uuid5

from sluicegate.facts import RunFacts

_STEPS = uuid5(NAMESPACE_URL, "https://sluicegate.dev/step")


def idempotency_key(facts: RunFacts, name: str) -> str:
    """UUIDv5 over (job, run, name): the same in every attempt (RFC 9562, section 5.5)."""
    return str(uuid5(_STEPS, "\n".join((facts.job_id, str(facts.run), name))))
