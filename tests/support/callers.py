"""Identities for tests: one of each role, and the headers that prove them."""

import hashlib
from datetime import datetime

from sluicegate_kit.access.identities import Identities, Identity, Key
from sluicegate_kit.access.roles import Role
from sluicegate_kit.clock import Clock


def secret_of(name: str) -> str:
    """The secret of the key that `identity` gives to `name`."""
    return hashlib.sha256(name.encode()).hexdigest()[:32]


def identity(name: str, *roles: Role, person: bool = True, expires_at: datetime | None = None) -> Identity:
    """Somebody with one key, whose id is the name."""
    sha256 = hashlib.sha256(secret_of(name).encode()).hexdigest()
    return Identity(
        name=name, person=person, roles=frozenset(roles), keys=(Key(id=name, sha256=sha256, expires_at=expires_at),)
    )


def bearer(name: str) -> dict[str, str]:
    """The header that proves `name`."""
    return {"authorization": f"Bearer sg_{name}_{secret_of(name)}"}


def one_of_each_role(clock: Clock | None = None) -> Identities:
    """An identity per role, named as the role."""
    return Identities([identity(role.value, role) for role in Role], clock=clock)
