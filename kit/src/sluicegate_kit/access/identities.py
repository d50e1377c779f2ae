"""Callers and their keys, from the keys file, which is read again when it changes."""

import hashlib
import hmac
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError
from pydantic.alias_generators import to_camel

from sluicegate_kit.access.followed_file import FollowedFile
from sluicegate_kit.access.roles import Role
from sluicegate_kit.clock import Clock, SystemClock
from sluicegate_schemas.model import ShortText, Timestamp

BEARER = re.compile(r"bearer +sg_([A-Za-z0-9-]{1,64})_([A-Za-z0-9_-]{16,256})", re.IGNORECASE)


class AccessError(Exception):
    """Base of what can be wrong with a caller or with the files that say who may call."""


class KeysFileInvalid(AccessError, ValueError):
    """The keys file can't be read; the message says where it is wrong, never what it holds."""


class KeyRefused(AccessError):
    """A request without a key that is good now; the message says what is wrong with it."""


class _Strict(BaseModel):
    model_config = ConfigDict(
        frozen=True, extra="forbid", alias_generator=to_camel, validate_by_name=True, hide_input_in_errors=True
    )


class Key(_Strict):
    """A key as it is kept: enough to recognise it, not to use it."""

    id: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9-]{1,64}$")]
    sha256: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
    """Of the secret, the part after the id, in hex."""
    expires_at: Timestamp | None = None


class Identity(_Strict):
    """Somebody who may call, with any number of keys."""

    name: ShortText
    person: bool
    roles: frozenset[Role]
    keys: tuple[Key, ...] = ()


class _KeysFile(_Strict):
    identities: Annotated[tuple[Identity, ...], Field(min_length=1)]


@dataclass(frozen=True, slots=True)
class Caller:
    """Who sent a request: with a key, or within a session."""

    name: str
    person: bool
    roles: frozenset[Role]


@dataclass(frozen=True, slots=True)
class _Index:
    by_key_id: Mapping[str, tuple[Caller | None, str, datetime | None]]
    people: Mapping[str, Caller]

    def __len__(self) -> int:
        """How many keys there are."""
        return len(self.by_key_id)


class Identities:
    """Recognises callers by the key that they send, and people by their name."""

    def __init__(self, identities: Iterable[Identity], *, clock: Clock | None = None) -> None:
        index = _index(identities)
        self._clock = clock or SystemClock()
        self._now: Callable[[], _Index] = lambda: index

    @classmethod
    def from_file(cls, path: Path, *, clock: Clock | None = None) -> "Identities":
        """The identities of a file, which follow it when it changes.

        Raises:
            KeysFileInvalid: it is missing or wrong.
        """
        found = cls((), clock=clock)
        found._now = FollowedFile(path, _read, what="keys file", clock=clock).now
        return found

    def recognise(self, authorization: str | None) -> Caller:
        """The caller with this `Authorization` header.

        Raises:
            KeyRefused: there is none, or it is malformed, unknown or expired.
        """
        if authorization is None:
            raise KeyRefused("The request has no key.")
        match = BEARER.fullmatch(authorization)
        if match is None:
            raise KeyRefused("The key is malformed.")
        key_id, secret = match.groups()
        caller, sha256, expires_at = self._now().by_key_id.get(key_id, _NOBODY)
        given = hashlib.sha256(secret.encode()).hexdigest()
        if not hmac.compare_digest(given, sha256) or caller is None:
            raise KeyRefused("The key is unknown or was withdrawn.")
        if expires_at is not None and expires_at <= self._clock.now():
            raise KeyRefused("The key has expired.")
        return caller

    def holder(self, key: str) -> tuple[Caller, str]:
        """Who holds a key as it is handed out, `sg_<id>_<secret>`, and its id. Raises as `recognise`."""
        caller = self.recognise(f"Bearer {key}")
        return caller, key.split("_")[1]

    def holds(self, name: str, key_id: str) -> bool:
        """Whether somebody still has a key of this id that is good now."""
        caller, _, expires_at = self._now().by_key_id.get(key_id, _NOBODY)
        return caller is not None and caller.name == name and (expires_at is None or expires_at > self._clock.now())

    def person(self, name: str) -> Caller | None:
        """The person of this name, with the roles of this moment; None: there is none, or it is a machine."""
        return self._now().people.get(name)


_NOBODY: tuple[Caller | None, str, datetime | None] = (None, "0" * 64, None)


def _index(identities: Iterable[Identity]) -> _Index:
    found: dict[str, tuple[Caller | None, str, datetime | None]] = {}
    people: dict[str, Caller] = {}
    names: set[str] = set()
    for identity in identities:
        if identity.name in names:
            raise KeysFileInvalid(f"the identity {identity.name!r} stands there twice")
        names.add(identity.name)
        caller = Caller(identity.name, identity.person, identity.roles)
        if identity.person:
            people[identity.name] = caller
        for key in identity.keys:
            if key.id in found:
                raise KeysFileInvalid(f"the key id {key.id!r} stands there twice")
            found[key.id] = (caller, key.sha256, key.expires_at)
    return _Index(found, people)


def _read(path: Path) -> _Index:
    try:
        return _index(_KeysFile.model_validate_json(path.read_bytes()).identities)
    except OSError as error:
        raise KeysFileInvalid(f"{path} can't be read: {error.strerror}") from None
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False, include_context=False)[0]
        place = "/".join(str(part) for part in first["loc"])
        raise KeysFileInvalid(f"{path} is wrong at /{place}: {first['msg']}") from None
