"""A stand-in for the HTTP API: answers calls from a script and remembers them."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import httpx

from sluicegate.client import Connection

HERE = Connection("http://127.0.0.1:8000", "sg_k1_secret", local=True)
Answer = httpx.Response | Exception | Callable[[httpx.Request], httpx.Response]


@dataclass
class ScriptedApi:
    """Gives its answers in order; the last one serves every later call."""

    answers: list[Answer]
    calls: list[httpx.Request] = field(default_factory=list)

    def __call__(self, request: httpx.Request) -> httpx.Response:
        """One answer."""
        self.calls.append(request)
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Exception):
            raise answer
        return answer(request) if callable(answer) else answer

    @property
    def wire(self) -> httpx.MockTransport:
        """In place of the network."""
        return httpx.MockTransport(self)


def api(*answers: Answer) -> ScriptedApi:
    """An api that answers these."""
    return ScriptedApi(list(answers))


def ok(data: Any, status: int = 200, **headers: str) -> httpx.Response:
    """A success."""
    return httpx.Response(status, json=data, headers=headers)


def problem(
    status: int, slug: str, detail: str = "What to do.", *, retry_after: str = "", **members: Any
) -> httpx.Response:
    """A refusal."""
    headers = {"content-type": "application/problem+json"} | ({"retry-after": retry_after} if retry_after else {})
    body = {"type": f"https://sluicegate.dev/problems/{slug}", "status": status, "detail": detail, **members}
    return httpx.Response(status, json=body, headers=headers)


def job(status: str = "queued", **members: Any) -> dict[str, Any]:
    """A job as the api shows it."""
    return {
        "jobId": "job-1",
        "jobType": "simple-task",
        "taskDescription": "Test task",
        "inputData": {"test": "data"},
        "priority": 5,
        "status": status,
        "run": 1,
        "attempt": 1,
        "maxAttempts": 3,
        "requestedBy": "sam",
        "tags": [],
        "createdAt": "2026-11-22T12:00:00Z",
        "updatedAt": "2026-11-22T12:00:01Z",
        "links": {},
    } | members


CHECKPOINT_ID = "5b0f9f57-8f0c-5c15-9c30-111111111111"
ETAG = '"' + "0" * 64 + '.1"'


def checkpoint(state: str = "pending", **members: Any) -> dict[str, Any]:
    """A checkpoint as a list or a decision's answer shows it."""
    return {
        "checkpointId": CHECKPOINT_ID,
        "jobId": "job-1",
        "run": 1,
        "jobType": "code-generation",
        "key": "write",
        "ask": 1,
        "kind": "approval",
        "title": "Write 1 file",
        "payloadDigest": "sha256:" + "0" * 64,
        "allowedDecisions": ["approve", "reject", "edit"],
        "risk": "medium",
        "state": state,
        "version": 1,
        "requestedBy": "sam",
        "handlerVersion": "1",
        "createdAt": "2026-11-22T12:00:00Z",
    } | members


def shown_checkpoint(payload: Any = None, text: str = '{"files":[]}', **members: Any) -> dict[str, Any]:
    """A checkpoint as a reviewer gets it."""
    return checkpoint(**members) | {
        "payload": {"files": []} if payload is None else payload,
        "payloadText": text,
        "timeline": [],
    }


def decision(outcome: str = "approved", **members: Any) -> dict[str, Any]:
    """The decision of a checkpoint."""
    return {
        "decisionId": "0193e000-0000-7000-8000-000000000001",
        "outcome": outcome,
        "by": ["ana"],
        "at": "2026-11-22T12:05:00Z",
    } | members


def comment(**members: Any) -> dict[str, Any]:
    """A comment, as a timeline has it."""
    return {
        "event": "commented",
        "at": "2026-11-22T12:03:00Z",
        "by": "cleo",
        "commentId": "0193e000-0000-7000-8000-000000000002",
        "text": "Is this safe?",
    } | members


def refused(status: int, slug: str, detail: str = "What to do.", **members: Any) -> dict[str, Any]:
    """One of many decisions that was refused."""
    document = {"type": f"https://sluicegate.dev/problems/{slug}", "status": status, "detail": detail, **members}
    return {"checkpointId": CHECKPOINT_ID, "status": status, "problem": document}


def login_link() -> dict[str, Any]:
    """A sign-in link, as the service answers it."""
    return {"name": "Ana", "url": "/admin/sign-in/s3cret", "expiresAt": "2026-11-22T12:10:00Z"}
