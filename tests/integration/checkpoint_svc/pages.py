"""A browser without a script, in front of a replica: it follows links and sends the forms that a page has."""

import json
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urlencode

import httpx

from sluicegate_schemas.checkpoint_created import CheckpointCreated
from sluicegate_schemas.checkpoint_recorded import CheckpointRecorded
from tests.integration.checkpoint_svc.replicas import SECRET, Replica, World
from tests.unit.checkpoint_svc.examples import created

INBOX = "/admin/agent-checkpoints"
FILES = {
    "target": "site",
    "files": [
        {"content": "one\ntwo\n", "path": "a.txt", "present": {"bytes": 4, "content": "one\n", "digest": "sha256:0"}},
        {"content": "hidden \u202e here\n", "path": "b.txt", "present": None},
    ],
}
VIEW = {"kind": "files", "at": "/files"}


@dataclass
class HtmlForm:
    """A form as it stands on a page."""

    action: str
    fields: list[tuple[str, str]] = field(default_factory=list)

    def with_values(self, **values: str) -> list[tuple[str, str]]:
        """What the browser sends once these are filled in."""
        return [(name, value) for name, value in self.fields if name not in values] + list(values.items())


class _Forms(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[HtmlForm] = []
        self._area: str | None = None
        self._text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form" and given.get("method") == "post":
            self.found.append(HtmlForm(given["action"]))
        elif self.found and tag == "input" and given.get("type") == "hidden":
            self.found[-1].fields.append((given["name"], given["value"]))
        elif self.found and tag == "textarea":
            self._area, self._text = given["name"], ""

    def handle_data(self, data: str) -> None:
        if self._area is not None:
            self._text += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea" and self._area is not None:
            # A browser drops the end of line right after the tag.
            self.found[-1].fields.append((self._area, self._text.removeprefix("\n")))
            self._area = None


@dataclass(frozen=True, slots=True)
class Page:
    """What the browser shows."""

    answer: httpx.Response

    @property
    def status(self) -> int:
        return self.answer.status_code

    @property
    def text(self) -> str:
        return self.answer.text

    def form(self, action_ends: str) -> HtmlForm:
        """The one form that goes there."""
        (found,) = [form for form in self.forms() if form.action.endswith(action_ends)]
        return found

    def forms(self) -> list[HtmlForm]:
        """All that change something here."""
        parser = _Forms()
        parser.feed(self.text)
        return [form for form in parser.found if "/preferences" not in form.action and "sign-out" not in form.action]


@dataclass(frozen=True, slots=True)
class Browser:
    """Somebody looks."""

    replica: Replica
    who: str

    async def get(self, path: str, **headers: str) -> Page:
        """Open a page."""
        answer = await self.replica.http.get(path, headers=self._headers() | headers)
        assert answer.status_code < 500, answer.text
        return Page(answer)

    async def send(self, form: HtmlForm, to: str | None = None, htmx: bool = False, **values: str) -> Page:
        """Send a form, and go where its answer leads."""
        headers = self._headers() | ({"hx-request": "true"} if htmx else {})
        content = urlencode(form.with_values(**values)).encode()
        kind = {"content-type": "application/x-www-form-urlencoded"}
        answer = await self.replica.http.post(to or form.action, content=content, headers=headers | kind)
        assert answer.status_code < 500, answer.text
        if answer.status_code == 303:
            return await self.get(answer.headers["location"])
        return Page(answer)

    def _headers(self) -> dict[str, str]:
        return {"authorization": f"Bearer sg_{self.who}_{SECRET}", "accept": "text/html"}


def review(event: CheckpointCreated) -> str:
    """The path of a checkpoint's page."""
    return f"{INBOX}/{event.checkpoint_id}"


def asked(payload: Any = None, **changes: Any) -> CheckpointCreated:
    """An ask whose payload is written as the worker writes it."""
    text = json.dumps(FILES if payload is None else payload, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    view = {"view": VIEW} if payload is None else {}
    return created(payload=text, **(view | changes))


async def recorded(world: World, *events: CheckpointCreated) -> None:
    """Has the events recorded."""
    expected = len(world.sent(CheckpointRecorded)) + len(events)
    for event in (*events, *events):
        world.deliver(event)
    await world.until(lambda: len(world.sent(CheckpointRecorded)) >= expected)
