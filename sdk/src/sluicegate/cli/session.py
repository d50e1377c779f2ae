"""How commands reach Sluicegate."""

import os
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import typer

from sluicegate.client import Client, Connection, find_connection


class Identity(StrEnum):
    """The identities that `make dev` writes into dev.json."""

    SUBMITTER = "submitter"
    APPROVER = "approver"
    ADMIN = "admin"


def found(identity: Identity | None, default: Identity) -> Client:
    """A client for whom and what the environment or dev.json says."""
    connection: Connection = find_connection(identity, start=Path.cwd(), environ=os.environ, default=default)
    return Client(connection)


@dataclass(frozen=True, slots=True)
class Session:
    """What the whole command line shares; tests bring their own."""

    connect: Callable[[Identity | None, Identity], Client] = found


def connect(context: typer.Context, identity: Identity | None, default: Identity) -> Client:
    """A client as `identity`; `default` is whom a command takes from dev.json when nobody is named."""
    session = context.find_object(Session) or Session()
    return session.connect(identity, default)
