"""Reviewers who decide whatever becomes pending, each job as its plan says, on any replica that answers."""

import itertools
import json
from collections.abc import Mapping
from enum import StrEnum
from threading import Event, Thread
from typing import Any

import httpx

from tests.support.replica import Replica
from tests.support.stack import Stack
from tests.witness.evidence import Told


class Plan(StrEnum):
    """What becomes of a job."""

    APPROVE = "approve"
    EDIT = "edit"
    REJECT = "reject"
    EXPIRE = "expire"
    """Nobody decides."""


class People(Thread):
    """Works in the background until `leave`. Remembers what it was told; an answer that got lost is asked for again."""

    def __init__(self, stack: Stack, plans: Mapping[str, Plan]) -> None:
        """`plans` by job id; it may grow while they work."""
        super().__init__(daemon=True)
        self.told: list[Told] = []
        self.problems: list[str] = []
        self._stack = stack
        self._plans = plans
        self._leaving = Event()

    def run(self) -> None:
        """Look into the inbox of one replica after the other."""
        for turn in itertools.count():
            if self._leaving.wait(0.05):
                return
            replicas = [each for each in self._stack.replicas["checkpoint-svc"] if each.runs]
            if replicas:
                self._look(replicas[turn % len(replicas)])

    def leave(self) -> None:
        """Stop deciding."""
        self._leaving.set()
        self.join()

    def _look(self, replica: Replica) -> None:
        try:
            with self._stack.client(replica, "approver") as client:
                inbox = client.get("/api/admin/agent-checkpoints", params={"state": "pending", "limit": "200"})
                if inbox.status_code == 503:
                    return
                inbox.raise_for_status()
                for item in inbox.json()["items"]:
                    if (plan := self._plans.get(item["jobId"])) is not None and item["kind"] == "approval":
                        self._decide(client, item["checkpointId"], plan)
        except httpx.TransportError:
            return  # it was killed; the same decision is asked for again
        except httpx.HTTPStatusError as error:
            self.problems.append(f"{error.request.method} {error.request.url}: {error.response.text}")

    def _decide(self, client: httpx.Client, checkpoint: str, plan: Plan) -> None:
        path = f"/api/admin/agent-checkpoints/{checkpoint}"
        match plan:
            case Plan.APPROVE:
                answer = client.post(path)
            case Plan.EDIT:
                shown = client.get(path)
                if shown.status_code != 200:
                    return
                payload = {**shown.json()["payload"], "say": "edited"}
                answer = client.post(
                    path,
                    content=json.dumps({"editedPayload": payload}),
                    headers={"if-match": shown.headers["etag"], "content-type": "application/json"},
                )
            case Plan.REJECT:
                answer = client.request("DELETE", path, json={"reason": "not like this"})
            case Plan.EXPIRE:
                return
        self._note(answer, checkpoint)

    def _note(self, answer: httpx.Response, checkpoint: str) -> None:
        if answer.status_code == 200:
            decision: dict[str, Any] = answer.json()["decision"]
            self.told.append(Told(checkpoint, decision["decisionId"], decision["outcome"]))
        elif answer.status_code not in {409, 412, 503}:
            self.problems.append(f"{answer.request.method} {answer.request.url}: {answer.status_code} {answer.text}")
