"""Runs the command line against a scripted api."""

from dataclasses import dataclass, field

from typer.testing import CliRunner, Result

from sluicegate.cli.main import app
from sluicegate.cli.session import Identity, Session
from sluicegate.client import Client, Retries
from tests.support.http_api import HERE, ScriptedApi


@dataclass
class CommandLine:
    """Remembers as whom each command called."""

    api: ScriptedApi
    identities: list[Identity] = field(default_factory=list)

    def run(self, *arguments: str, typed: str = "") -> Result:
        """What the command printed, and its exit code."""
        return CliRunner().invoke(app, arguments, input=typed, obj=Session(self._connect))

    def _connect(self, identity: Identity | None, default: Identity) -> Client:
        self.identities.append(identity or default)
        return Client(HERE, retries=Retries(tries=1), wire=self.api.wire)


def against(scripted: ScriptedApi) -> CommandLine:
    """A command line that calls this api."""
    return CommandLine(scripted)
