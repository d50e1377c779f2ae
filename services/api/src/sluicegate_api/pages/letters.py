"""Dead letters: the list, one with its bytes, and sending them again."""

import base64
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated
from urllib.parse import urlencode
from uuid import UUID

from pydantic import Field, model_validator
from starlette.requests import Request
from starlette.responses import Response

from sluicegate_api.domain.dead_letters import DeadLetter, job_to_report, why_not
from sluicegate_api.domain.errors import RecordNotWhole, ResentByOwner, UnknownDeadLetter
from sluicegate_api.http.dead_letters import DeadLettersQuery, letter_id, place
from sluicegate_api.operations.redrive import Redrive
from sluicegate_api.pages import paths
from sluicegate_api.pages.raw_bytes import RawBytes, raw_bytes
from sluicegate_api.reads.dead_letters import DeadLetterReads
from sluicegate_kit.db.errors import WriteError
from sluicegate_kit.kafka.writes import Writes
from sluicegate_kit.pages.form import Form, read_form
from sluicegate_kit.pages.pages import Pages
from sluicegate_kit.web.cursor import encode
from sluicegate_kit.web.exchange import caller
from sluicegate_kit.web.page import PageRoute
from sluicegate_kit.web.problem import not_found
from sluicegate_kit.web.query import read_query
from sluicegate_schemas.ids import new_id
from sluicegate_schemas.topics import BY_NAME

MOST_AT_ONCE = 200


class LettersPageQuery(DeadLettersQuery):
    """The same in the address of the page, where a form leaves what was not filled in empty."""

    @model_validator(mode="before")
    @classmethod
    def _without_blanks(cls, given: dict[str, object]) -> dict[str, object]:
        return {name: value for name, value in given.items() if value != ""}


class Selected(Form):
    """Which dead letters to send again."""

    letter: Annotated[list[UUID], Field(min_length=1, max_length=MOST_AT_ONCE)]


@dataclass(frozen=True, slots=True)
class LetterRow:
    """One dead letter in the list."""

    letter: DeadLetter
    href: str
    topic: str
    """Without what all topics have in common."""
    key: str | None
    redrivable: bool
    not_whole: str | None
    """Why it can't be sent again though the api may write its topic: a sentence."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of sending one again."""

    letter_id: UUID
    href: str
    said: str
    done: bool


class LettersPage:
    """What the routes do."""

    def __init__(self, pages: Pages, letters: DeadLetterReads, writes: Writes) -> None:
        self._pages = pages
        self._letters = letters
        self._writes = writes

    def routes(self) -> Sequence[PageRoute]:
        """List, one, and sending again."""
        return (
            PageRoute("GET", paths.LETTERS, self.show),
            PageRoute("POST", paths.LETTERS_REDRIVE, self.redrive_many),
            PageRoute("GET", paths.LETTER, self.one),
            PageRoute("POST", paths.LETTER_REDRIVE, self.redrive),
        )

    async def show(self, request: Request) -> Response:
        """Dead letters, newest first."""
        query = read_query(request, LettersPageQuery)
        found = await self._letters.page(query.topic, query.code, place(query), query.limit + 1)
        rows = [letter_row(letter) for letter in found[: query.limit]]
        more = found[query.limit - 1] if len(found) > query.limit else None
        cursor = None if more is None else encode((more.received_at, more.dead_letter_id), query.filters())
        return self._pages.render(
            request,
            "letters.html",
            query=query,
            rows=rows,
            topics=[("", "any"), *((name, name) for name in sorted(BY_NAME))],
            next_url=None if cursor is None else f"{paths.LETTERS}?{urlencode({**query.filters(), 'cursor': cursor})}",
        )

    async def one(self, request: Request) -> Response:
        """One, with its bytes."""
        return await self._one(request, None)

    async def redrive(self, request: Request) -> Response:
        """Send it again, and say what became of that."""
        outcome = await self._send(letter_id(request), caller(request).name)
        return await self._one(request, outcome)

    async def redrive_many(self, request: Request) -> Response:
        """Send several again; each with what became of it."""
        selected = await read_form(request, Selected)
        name = caller(request).name
        outcomes = [await self._send(each, name) for each in dict.fromkeys(selected.letter)]
        return self._pages.render(request, "letters-done.html", outcomes=outcomes)

    async def _one(self, request: Request, outcome: Outcome | None) -> Response:
        letter = await self._letters.one(letter_id(request))
        if letter is None:
            raise not_found("dead letter with this id")
        status = 200 if outcome is None or outcome.done else 409
        return self._pages.render(
            request,
            "letter.html",
            status=status,
            it=letter_row(letter),
            value=raw_bytes(letter.value),
            value_bytes=len(letter.value) if letter.value_bytes is None else letter.value_bytes,
            key=None if letter.record_key is None else raw_bytes(letter.record_key),
            orig_headers=_headers(letter),
            reports=job_to_report(letter),
            outcome=outcome,
        )

    async def _send(self, dead_letter_id: UUID, by: str) -> Outcome:
        href = paths.letter(dead_letter_id)
        try:
            sent = await self._writes.submit(Redrive(dead_letter_id, new_id(), by))
        except (RecordNotWhole, ResentByOwner, UnknownDeadLetter) as error:
            return Outcome(dead_letter_id, href, _capital(f"{error}."), done=False)
        except WriteError:
            return Outcome(dead_letter_id, href, "The database could not be reached; try this one again.", done=False)
        asked = job_to_report(sent)
        what = "The workers are asked for the job's latest state." if asked else f"Sent again to {sent.topic}."
        return Outcome(dead_letter_id, href, what, done=True)


def letter_row(letter: DeadLetter) -> LetterRow:
    """As the list shows it."""
    key = None if letter.record_key is None else _key(raw_bytes(letter.record_key))
    topic = letter.topic.removeprefix("sluicegate.").removesuffix(".v1")
    error = why_not(letter)
    not_whole = _capital(f"{error}.") if isinstance(error, RecordNotWhole) else None
    return LetterRow(letter, paths.letter(letter.dead_letter_id), topic, key, error is None, not_whole)


def _key(key: RawBytes) -> str:
    return key.text if key.text is not None else " ".join(numbers for _, numbers, _ in key.lines)


def _headers(letter: DeadLetter) -> list[tuple[str, RawBytes]]:
    return [(name, raw_bytes(base64.b64decode(text))) for name, text in json.loads(letter.headers)]


def _capital(text: str) -> str:
    return f"{text[0].upper()}{text[1:]}"
