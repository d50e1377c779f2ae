"""Sends calls, tries again what is safe to repeat, and turns refusals into exceptions."""

import asyncio
import random
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import TypeVar

import httpx
from pydantic import BaseModel, ValidationError

from sluicegate.client import problems
from sluicegate.client.call import Call
from sluicegate.client.connection import Connection
from sluicegate.client.errors import ClientError, UnexpectedAnswer, Unreachable
from sluicegate.client.retries import Retries

Model = TypeVar("Model", bound=BaseModel)
Sleep = Callable[[float], Awaitable[None]]


class AsyncTransport:
    """One connection pool to one Sluicegate, as one identity."""

    def __init__(
        self,
        connection: Connection,
        *,
        retries: Retries,
        wire: httpx.AsyncBaseTransport | None = None,
        sleep: Sleep = asyncio.sleep,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        """`wire` replaces the network, `sleep` and `jitter` (in [0, 1)) the pauses between tries."""
        self.origin = connection.origin
        self._retries = retries
        self._jitter = jitter
        self.sleep = sleep
        self._http = httpx.AsyncClient(
            base_url=connection.origin,
            headers={"Authorization": f"Bearer {connection.api_key}", "Accept": "application/json"},
            transport=wire,
            trust_env=not connection.local,
        )

    async def send(self, call: Call) -> httpx.Response:
        """The answer to `call`, which is a success.

        Raises:
            Problem: the service refused.
            Unreachable: no answer came.
        """
        tried = 0
        while True:
            tried += 1
            try:
                return await self._once(call)
            except ClientError as error:
                pause = self._retries.pause_seconds(tried, error, self._jitter()) if call.repeatable else None
                if pause is None:
                    raise
            await self.sleep(pause)

    async def read(self, call: Call, model: type[Model]) -> Model:
        """The answer to `call`, typed.

        Raises:
            UnexpectedAnswer: it is not what this client knows.
        """
        return parse(await self.send(call), model)

    async def aclose(self) -> None:
        """Closes the connections."""
        await self._http.aclose()

    async def _once(self, call: Call) -> httpx.Response:
        headers = dict(call.headers)
        if call.body is not None:
            headers["Content-Type"] = "application/json"
        timeout = httpx.Timeout(call.longest_seconds, connect=10)
        request = self._http.build_request(
            call.method, call.path, params=call.query, content=call.body, headers=headers, timeout=timeout
        )
        try:
            response = await self._http.send(request)
        except httpx.TransportError as error:
            where = f"{call.method} {request.url.copy_with(query=None)}"
            raise Unreachable(f"{where} got no answer ({error or type(error).__name__}): is it running?") from error
        if response.is_success:
            return response
        if response.status_code < 400:
            raise UnexpectedAnswer(f"{call.method} {call.path} was answered {response.status_code}, not by Sluicegate")
        raise problems.read(response.status_code, response.headers, response.content, datetime.now(UTC))


def parse(response: httpx.Response, model: type[Model]) -> Model:
    """The body as `model`.

    Raises:
        UnexpectedAnswer: it is something else.
    """
    try:
        return model.model_validate_json(response.content)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False, include_context=False)[0]
        place = "/".join(map(str, first["loc"]))
        raise UnexpectedAnswer(
            f"{response.url.path} answered no {model.__name__}: {first['msg']} at /{place}"
        ) from error
