"""The checkpoint routes."""

from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Literal, TypeVar
from uuid import UUID

from sluicegate.client._async.paging import every, read_page
from sluicegate.client._async.transport import AsyncTransport, parse
from sluicegate.client.call import Call, Params, body, path
from sluicegate.client.models.bulk import BulkAnswer, BulkDecision, BulkResult
from sluicegate.client.models.checkpoint import Checkpoint, Edit, Moment, ShownCheckpoint, State
from sluicegate.client.models.page import Page
from sluicegate_schemas.checkpoint_created import Kind, Risk

Answer = TypeVar("Answer", bound=Checkpoint)

_CHECKPOINTS = "/api/admin/agent-checkpoints"


class AsyncCheckpoints:
    """Shows what waits for a person, and decides on it."""

    def __init__(self, transport: AsyncTransport) -> None:
        self._transport = transport

    async def page(
        self,
        *,
        state: State | Literal["all"] | None = None,
        kind: Kind | None = None,
        job_type: str | None = None,
        risk: Risk | None = None,
        job_id: str | None = None,
        q: str | None = None,
        limit: int | None = None,
        cursor: str | None = None,
    ) -> Page[Checkpoint]:
        """One page of the inbox: by default what is pending, by deadline; other states newest first.

        Raises:
            BadCursor
        """
        params = _filters(state, kind, job_type, risk, job_id, q)
        return await read_page(
            self._transport, _CHECKPOINTS, {**params, "limit": limit, "cursor": cursor}, Page[Checkpoint]
        )

    def iterate(
        self,
        *,
        state: State | Literal["all"] | None = None,
        kind: Kind | None = None,
        job_type: str | None = None,
        risk: Risk | None = None,
        job_id: str | None = None,
        q: str | None = None,
        page_size: int | None = None,
    ) -> AsyncIterator[Checkpoint]:
        """All checkpoints that match, fetched page by page."""
        params = _filters(state, kind, job_type, risk, job_id, q)
        return every(self._transport, _CHECKPOINTS, {**params, "limit": page_size}, Page[Checkpoint])

    async def get(self, checkpoint_id: UUID | str) -> ShownCheckpoint:
        """One checkpoint with its payload, and the `etag` to decide on exactly that.

        Raises:
            NotFound
        """
        return await self._read(Call("GET", _path(checkpoint_id), repeatable=True), ShownCheckpoint)

    async def approve(
        self,
        checkpoint_id: UUID | str,
        *,
        reason: str | None = None,
        edit: Edit | None = None,
        etag: str | None = None,
    ) -> Checkpoint:
        """Lets the payload through, or the edited one.

        `etag` of the checkpoint that a person looked at makes sure that it is still that one; without it the decision
        is on whatever is current. An edit needs it.

        Raises:
            SelfApproval: this identity requested the job.
            AlreadyDecided: otherwise than this; who and what is in the error. The same again is no error.
            ChangedSinceShown, ShownVersionRequired, DecisionNotOffered, NotAnApproval, NotFound, Forbidden
        """
        content = body({"reason": reason})
        if edit is not None:
            content = _with_member(content, "editedPayload", edit.text)
        call = Call("POST", _path(checkpoint_id), repeatable=True, body=content, headers=_if_match(etag))
        return await self._read(call, Checkpoint)

    async def reject(self, checkpoint_id: UUID | str, reason: str, *, etag: str | None = None) -> Checkpoint:
        """Says no, and why.

        Raises:
            As `approve`.
        """
        call = Call(
            "DELETE", _path(checkpoint_id), repeatable=True, body=body({"reason": reason}), headers=_if_match(etag)
        )
        return await self._read(call, Checkpoint)

    async def acknowledge(self, checkpoint_id: UUID | str) -> Checkpoint:
        """Says that a person has seen an `info` checkpoint.

        Raises:
            NotFound
            NotAnInfo
        """
        return await self._read(Call("POST", f"{_path(checkpoint_id)}/acknowledge", repeatable=True), Checkpoint)

    async def comment(self, checkpoint_id: UUID | str, text: str) -> Moment:
        """Says something about a checkpoint, in at most 5,000 characters. It changes nothing that is decided on.

        Raises:
            NotFound, Forbidden, InvalidRequest
        """
        call = Call("POST", f"{_path(checkpoint_id)}/comments", repeatable=False, body=body({"text": text}))
        return await self._transport.read(call, Moment)

    async def bulk(self, decisions: Sequence[BulkDecision]) -> list[BulkResult]:
        """Decides up to 100, each by itself: a refused one is told in its result, and keeps no other back.

        At most 20 of them may be approvals, all of one job type; those of more than low risk are refused.

        Raises:
            InvalidRequest: nothing was decided.
            Forbidden
        """
        sent = [decision.model_dump(mode="json", by_alias=True, exclude_none=True) for decision in decisions]
        call = Call("POST", f"{_CHECKPOINTS}/bulk", repeatable=True, body=body({"decisions": sent}))
        return (await self._transport.read(call, BulkAnswer)).results

    async def _read(self, call: Call, model: type[Answer]) -> Answer:
        response = await self._transport.send(call)
        return parse(response, model).model_copy(update={"etag": response.headers.get("etag")})


def _path(checkpoint_id: UUID | str) -> str:
    return path("api", "admin", "agent-checkpoints", checkpoint_id)


def _with_member(object_: bytes, name: str, text: str) -> bytes:
    """A JSON object with one more member whose value is exactly `text`."""
    opening = f'{{"{name}":{text}'.encode()
    return opening + (b"}" if object_ == b"{}" else b"," + object_[1:])


def _if_match(etag: str | None) -> Mapping[str, str]:
    return {} if etag is None else {"If-Match": etag}


def _filters(
    state: State | Literal["all"] | None,
    kind: Kind | None,
    job_type: str | None,
    risk: Risk | None,
    job_id: str | None,
    q: str | None,
) -> Params:
    return {"state": state, "kind": kind, "jobType": job_type, "risk": risk, "jobId": job_id, "q": q}
