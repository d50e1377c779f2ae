"""Dead letters: list, look, send again."""

import base64
import json
from contextlib import suppress
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

import orjson
from fastapi import APIRouter
from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response

from sluicegate_api.domain.dead_letters import DeadLetter
from sluicegate_api.http.models import DeadLetterModel, DeadLetterPage, ShownDeadLetter
from sluicegate_api.http.moments import rfc3339
from sluicegate_api.operations.redrive import Redrive
from sluicegate_api.reads.dead_letters import DeadLetterReads
from sluicegate_kit.db.write_loop import WriteLoop
from sluicegate_kit.web.cursor import NEXT, after, page
from sluicegate_kit.web.documented import Answer, Refusal, documented
from sluicegate_kit.web.exchange import caller
from sluicegate_kit.web.problem import not_found
from sluicegate_kit.web.query import ListQuery, read_query
from sluicegate_schemas.ids import new_id

PATH = "/api/admin/dead-letters"

_Text = Annotated[str, Field(min_length=1, max_length=200)]


class DeadLettersQuery(ListQuery):
    """Which dead letters."""

    topic: _Text | None = None
    code: _Text | None = None


class DeadLetterEndpoints:
    """What the routes do."""

    def __init__(self, letters: DeadLetterReads, writes: WriteLoop) -> None:
        self._letters = letters
        self._writes = writes

    async def many(self, request: Request) -> Response:
        """Dead letters, newest first, without their bytes."""
        query = read_query(request, DeadLettersQuery)
        found = await self._letters.page(query.topic, query.code, place(query), query.limit + 1)
        last = found[query.limit - 1] if len(found) > query.limit else None
        items = [_resource(letter) for letter in found[: query.limit]]
        return page(request, query, items, None if last is None else (last.received_at, last.dead_letter_id))

    async def one(self, request: Request) -> Response:
        """One, with the raw bytes of key, value and headers in base64, the value also as text if it is UTF-8.

        Of a record that was too large to be kept whole (`valueBytes`), only parts.
        """
        letter = await self._letters.one(letter_id(request))
        if letter is None:
            raise not_found("dead letter with this id")
        return Response(orjson.dumps(_resource(letter) | _bytes(letter)), media_type="application/json")

    async def redrive(self, request: Request) -> Response:
        """Send the record again as it was; for a lifecycle, ask the workers for the job's latest state.

        One that is too large to be kept whole can't be sent again.
        """
        letter = await self._writes.submit(Redrive(letter_id(request), new_id(), caller(request).name))
        return Response(orjson.dumps(_resource(letter)), 202, media_type="application/json")


def router(endpoints: DeadLetterEndpoints) -> APIRouter:
    """The routes."""
    routes = APIRouter(tags=["dead letters"])
    listed = documented(query=DeadLettersQuery, answer=Answer(DeadLetterPage, headers=(NEXT,)))
    routes.get(PATH, summary="List dead letters", openapi_extra=listed)(endpoints.many)
    shown = documented(path={"id": UUID}, answer=Answer(ShownDeadLetter))
    routes.get(f"{PATH}/{{id}}", summary="One dead letter", openapi_extra=shown)(endpoints.one)
    sent = documented(path={"id": UUID}, answer=Answer(DeadLetterModel, 202), refusals=[Refusal(409)])
    routes.post(f"{PATH}/{{id}}/redrive", summary="Send it again", openapi_extra=sent)(endpoints.redrive)
    return routes


def letter_id(request: Request) -> UUID:
    """The id in the path."""
    try:
        return UUID(request.path_params["id"])
    except ValueError:
        raise not_found("dead letter with this id") from None


def place(query: DeadLettersQuery) -> tuple[datetime, UUID] | None:
    """Where the page begins."""
    match after(query, (datetime, UUID)):
        case (datetime() as received_at, UUID() as dead_letter_id):
            return received_at, dead_letter_id
        case _:
            return None


def _resource(letter: DeadLetter) -> dict[str, Any]:
    found = {
        "id": str(letter.dead_letter_id),
        "topic": letter.topic,
        "partition": letter.partition,
        "offset": letter.record_offset,
        "key": None if letter.record_key is None else base64.b64encode(letter.record_key).decode(),
        "keyText": None if letter.record_key is None else letter.record_key.decode("utf-8", "replace"),
        "code": letter.code,
        "reason": letter.reason,
        "at": rfc3339(letter.at),
        "receivedAt": rfc3339(letter.received_at),
        "times": letter.times,
        "lastAt": rfc3339(letter.last_at),
        "jobId": letter.job_id,
        "valueBytes": letter.value_bytes,
        "redrives": letter.redrives,
        "redrivenAt": None if letter.redriven_at is None else rfc3339(letter.redriven_at),
        "redrivenBy": letter.redriven_by,
        "links": {"self": f"{PATH}/{letter.dead_letter_id}", "redrive": f"{PATH}/{letter.dead_letter_id}/redrive"},
    }
    return {name: value for name, value in found.items() if value is not None}


def _bytes(letter: DeadLetter) -> dict[str, Any]:
    found: dict[str, Any] = {
        "value": base64.b64encode(letter.value).decode(),
        "headers": [{"name": name, "value": text} for name, text in json.loads(letter.headers)],
    }
    with suppress(UnicodeDecodeError):
        found["valueText"] = letter.value.decode()
    return found
