# Generated from _async/checkpoints.py by sdk/scripts/generate_sync_client.py; change that one.
"""The checkpoint routes."""

from collections.abc import Iterator, Mapping
from uuid import UUID

from sluicegate.client._sync.paging import every, read_page
from sluicegate.client._sync.transport import Transport, parse
from sluicegate.client.call import Call, Params, body, path
from sluicegate.client.models.checkpoint import Checkpoint, Edit, ShownCheckpoint, State
from sluicegate.client.models.page import Page
from sluicegate_schemas.checkpoint_created import Kind, Risk
from sluicegate_schemas.payload import encode

_CHECKPOINTS = "/api/admin/agent-checkpoints"


class Checkpoints:
    """Shows what waits for a person, and decides on it."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def page(
        self,
        *,
        state: State | None = None,
        kind: Kind | None = None,
        job_type: str | None = None,
        risk: Risk | None = None,
        job_id: str | None = None,
        q: str | None = None,
        limit: int | None = None,
        cursor: str | None = None,
    ) -> Page[Checkpoint]:
        """One page of the inbox: by default what is pending, by deadline.

        Raises:
            BadCursor
        """
        params = _filters(state, kind, job_type, risk, job_id, q)
        return read_page(self._transport, _CHECKPOINTS, {**params, "limit": limit, "cursor": cursor}, Page[Checkpoint])

    def iterate(
        self,
        *,
        state: State | None = None,
        kind: Kind | None = None,
        job_type: str | None = None,
        risk: Risk | None = None,
        job_id: str | None = None,
        q: str | None = None,
        page_size: int | None = None,
    ) -> Iterator[Checkpoint]:
        """All checkpoints that match, fetched page by page."""
        params = _filters(state, kind, job_type, risk, job_id, q)
        return every(self._transport, _CHECKPOINTS, {**params, "limit": page_size}, Page[Checkpoint])

    def get(self, checkpoint_id: UUID | str) -> ShownCheckpoint:
        """One checkpoint with its payload, and the `etag` to decide on exactly that.

        Raises:
            NotFound
        """
        return self._shown(Call("GET", _path(checkpoint_id), repeatable=True))

    def approve(
        self,
        checkpoint_id: UUID | str,
        *,
        reason: str | None = None,
        edit: Edit | None = None,
        etag: str | None = None,
    ) -> ShownCheckpoint:
        """Lets the payload through, or the edited one.

        `etag` of the checkpoint that a person looked at makes sure that it is still that one; without it the decision
        is on whatever is current. An edit needs it.

        Raises:
            SelfApproval: this identity requested the job.
            AlreadyDecided: otherwise than this; who and what is in the error. The same again is no error.
            ChangedSinceShown, ShownVersionRequired, NotFound, Forbidden, InvalidRequest
        """
        members: dict[str, object] = {"reason": reason} if reason is not None else {}
        if edit is not None:
            members["editedPayload"] = edit.payload
        return self._shown(
            Call("POST", _path(checkpoint_id), repeatable=True, body=encode(members), headers=_if_match(etag))
        )

    def reject(self, checkpoint_id: UUID | str, reason: str, *, etag: str | None = None) -> ShownCheckpoint:
        """Says no, and why.

        Raises:
            As `approve`.
        """
        call = Call(
            "DELETE", _path(checkpoint_id), repeatable=True, body=body({"reason": reason}), headers=_if_match(etag)
        )
        return self._shown(call)

    def acknowledge(self, checkpoint_id: UUID | str) -> ShownCheckpoint:
        """Says that a person has seen an `info` checkpoint.

        Raises:
            NotFound
            Conflict: it is an `approval` one.
        """
        return self._shown(Call("POST", f"{_path(checkpoint_id)}/acknowledge", repeatable=True))

    def _shown(self, call: Call) -> ShownCheckpoint:
        response = self._transport.send(call)
        return parse(response, ShownCheckpoint).model_copy(update={"etag": response.headers.get("etag")})


def _path(checkpoint_id: UUID | str) -> str:
    return path("api", "admin", "agent-checkpoints", checkpoint_id)


def _if_match(etag: str | None) -> Mapping[str, str]:
    return {} if etag is None else {"If-Match": etag}


def _filters(
    state: State | None, kind: Kind | None, job_type: str | None, risk: Risk | None, job_id: str | None, q: str | None
) -> Params:
    return {"state": state, "kind": kind, "jobType": job_type, "risk": risk, "jobId": job_id, "q": q}
