"""What a handler talks to: steps, checkpoints, progress. `sync_context.py` is generated from this file."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import partial
from inspect import isawaitable
from time import perf_counter
from typing import Any, ParamSpec, TypeVar, overload

from sluicegate.asking import Allowed, RiskName, build_ask
from sluicegate.awaiting import Calls, awaited
from sluicegate.decision import Decision
from sluicegate.encoding import decode, encode_payload
from sluicegate.facts import RunFacts
from sluicegate.journal import CheckpointEntry, Kind, View
from sluicegate.replay import Replay
from sluicegate.run_view import RunView

P = ParamSpec("P")
T = TypeVar("T")


class JobContext(RunView):
    """The run, as an `async def` handler that works on it sees it.

    Any method may raise `JobCancelled` or `LeaseLost`. They, `RunSuspended`, `CheckpointRejected` and
    `CheckpointExpired` are no `Exception`s, so that `except Exception` lets them through.
    """

    def __init__(self, facts: RunFacts, replay: Replay, calls: Calls) -> None:
        super().__init__(facts)
        self._replay = replay
        self._calls = calls

    @overload
    async def step(self, name: str, fn: Callable[P, Awaitable[T]], *args: P.args, **kwargs: P.kwargs) -> T: ...
    @overload
    async def step(self, name: str, fn: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T: ...
    @awaited
    async def step(self, name: str, fn: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        """Call `fn`, once: its result is recorded, and comes back from the journal ever after.

        The result is a JSON value, at most 256 kB, and comes back as JSON carries it (a tuple as a list). If the
        process dies between the call and the record, the call is made again: give `idempotency_key(name)` to
        whatever must notice. A plain function runs where the handler runs.

        Raises:
            DuplicateKey, InvalidName, JournalMismatch, PayloadTooLarge, UnencodableValue, and what `fn` raises.
        """
        recorded = await self._replay.enter_step(name)
        if recorded is not None:
            return decode(recorded)
        started = perf_counter()
        result = fn(*args, **kwargs)
        if isawaitable(result):
            result = await self._replay.unless_closed(result)
        return await self._replay.leave_step(name, result, (perf_counter() - started) * 1000)

    @awaited
    async def checkpoint(
        self,
        key: str,
        *,
        title: str,
        payload: Any | Callable[[], Any],
        description: str | None = None,
        view: View | Mapping[str, Any] | None = None,
        risk: RiskName = "medium",
        allow: Sequence[Allowed] = ("approve", "reject", "edit"),
        expires_in_seconds: float | None = None,
        payload_schema: dict[str, Any] | None = None,
    ) -> Decision:
        """Stop until a person has decided on `payload`.

        The run leaves its slot and the process; the handler is called again, from the top, when there is a
        decision. `payload` is a JSON value (pydantic models too), at most 512 kB, and must be the same at every
        replay; a function is called at the first ask alone, and what it gave serves every replay. Act on the
        decision's payload only: it is what was approved.

        Raises:
            CheckpointRejected, CheckpointExpired: no approval.
            DuplicateKey, InvalidName, InvalidAsk, JournalMismatch, PayloadTooLarge, UnencodableValue
        """
        entry = await self._replay.enter_checkpoint(key, Kind.APPROVAL)
        data = await self._payload_bytes(key, entry, payload)
        build = partial(
            build_ask,
            title=title,
            description=description,
            view=view,
            risk=risk,
            allow=allow,
            expires_in_seconds=expires_in_seconds,
            payload_schema=payload_schema,
        )
        return await self._replay.decide(key, entry, data, build)

    @awaited
    async def info(
        self,
        key: str,
        *,
        title: str,
        payload: Any | Callable[[], Any],
        description: str | None = None,
        view: View | Mapping[str, Any] | None = None,
    ) -> None:
        """Tell people something, once, and go on. `payload` is as for `checkpoint`.

        Raises:
            DuplicateKey, InvalidName, InvalidAsk, JournalMismatch, PayloadTooLarge, UnencodableValue
        """
        entry = await self._replay.enter_checkpoint(key, Kind.INFO)
        data = await self._payload_bytes(key, entry, payload)
        build = partial(build_ask, title=title, description=description, view=view)
        await self._replay.inform(key, entry, data, build)

    @awaited
    async def progress(self, value: Any) -> None:
        """Show how far the run is: any JSON value up to 16 kB. The newest one counts.

        Raises:
            PayloadTooLarge, UnencodableValue
        """
        await self._replay.progress(value)

    async def _payload_bytes(self, key: str, entry: CheckpointEntry | None, payload: Any) -> bytes:
        if callable(payload):
            if entry is not None:
                return entry.payload
            payload = payload()
            if isawaitable(payload):
                payload = await self._replay.unless_closed(payload)
        return encode_payload(payload, key)
