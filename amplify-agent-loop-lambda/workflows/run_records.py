"""What is kept of a run and of each of its steps, and what clients are told of them."""

from __future__ import annotations

import time
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

import orjson

from pycommon.encoders import dumps
from workflows.workflow_steps import WorkflowStep

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["RunState", "StepRecord", "WorkflowRun", "expires_at", "now_ms"]

_KEPT_S = 90 * 86_400


class RunState(StrEnum):
    """Where a run or a step is."""

    RUNNING = "running"
    SUSPENDED = "suspended"
    """Stopped in order for want of time; goes on when it is resumed."""
    FAILED = "failed"
    """A step failed; resuming tries it again."""
    UNCERTAIN = "uncertain"
    """A step began, and nobody knows whether it ended; resuming asks what to do about it."""
    INTERRUPTED = "interrupted"
    """Its execution was ended by force. Told of a run that says `running` under a lease that is over; never kept."""
    SUCCEEDED = "succeeded"


@dataclass(frozen=True, slots=True)
class WorkflowRun:
    """One run of one owner. It carries its own copy of the steps: changing the template does not change it."""

    owner: str
    id: str
    workflow_id: str
    workflow_name: str
    workflow_version: int
    steps: tuple[WorkflowStep, ...]
    depth: int
    state: RunState
    steps_done: int
    created_at: str
    updated_at: str
    holder: str
    lease_until_ms: int

    @classmethod
    def of(cls, item: Mapping[str, Any]) -> WorkflowRun:
        """From its item."""
        state, until_ms = RunState(item["state"]), int(item["lease_until_ms"])
        if state is RunState.RUNNING and until_ms < now_ms():
            state = RunState.INTERRUPTED
        return cls(
            owner=item["owner"],
            id=item["id"].removeprefix("run/"),
            workflow_id=item["workflow_id"],
            workflow_name=item["workflow_name"],
            workflow_version=int(item["workflow_version"]),
            steps=tuple(
                WorkflowStep.of(each, index) for index, each in enumerate(orjson.loads(item.get("steps", "[]")))
            ),
            depth=int(item["depth"]),
            state=state,
            steps_done=int(item["steps_done"]),
            created_at=item["created_at"],
            updated_at=item["updated_at"],
            holder=item["holder"],
            lease_until_ms=until_ms,
        )

    def summary(self) -> dict[str, Any]:
        """As lists have it."""
        return {
            "runId": self.id,
            "workflowId": self.workflow_id,
            "workflowName": self.workflow_name,
            "workflowVersion": self.workflow_version,
            "state": self.state.value,
            "stepsDone": self.steps_done,
            "createdAt": self.created_at,
            "updatedAt": self.updated_at,
        }


@dataclass(frozen=True, slots=True)
class StepRecord:
    """What became of one step.

    Attributes:
        attempt: how often it was begun.
        holder: the lease under which it was begun last.
        result: JSON text; None where there is none, or where it was too large to keep.
        result_bytes: how large it was, where it was too large.
        error: `{"status", "message", ...}` of a step that failed.
        assumed: whether it is taken for done because its owner said so.
    """

    state: RunState
    attempt: int
    holder: str
    started_at: str
    ended_at: str | None = None
    result: str | None = None
    result_bytes: int | None = None
    error: dict[str, Any] | None = None
    assumed: bool = False

    @classmethod
    def of(cls, item: Mapping[str, Any]) -> StepRecord:
        """From its item."""
        size, error = item.get("result_bytes"), item.get("error")
        return cls(
            state=RunState(item["state"]),
            attempt=int(item["attempt"]),
            holder=item["holder"],
            started_at=item["started_at"],
            ended_at=item.get("ended_at"),
            result=item.get("result"),
            result_bytes=None if size is None else int(size),
            error=None if error is None else orjson.loads(error),
            assumed=item.get("assumed", False),
        )

    def values(self) -> dict[str, Any]:
        """As it is kept."""
        return {
            "state": self.state.value,
            "attempt": self.attempt,
            "holder": self.holder,
            "started_at": self.started_at,
            "ended_at": self.ended_at,
            "result": self.result,
            "result_bytes": self.result_bytes,
            "error": None if self.error is None else dumps(self.error),
            "assumed": self.assumed,
            "ttl": expires_at(),
        }

    def to_json(self) -> dict[str, Any]:
        """As clients are told."""
        told: dict[str, Any] = {"state": self.state.value, "attempt": self.attempt, "startedAt": self.started_at}
        further = {
            "endedAt": self.ended_at,
            "result": None if self.result is None else orjson.loads(self.result),
            "resultTooLargeBytes": self.result_bytes,
            "error": self.error,
            "assumedDone": self.assumed or None,
        }
        return {**told, **{name: value for name, value in further.items() if value is not None}}


def now_ms() -> int:
    """This moment, in milliseconds since the epoch."""
    return time.time_ns() // 1_000_000


def expires_at() -> int:
    """When DynamoDB may delete what is written now, in seconds since the epoch."""
    return int(time.time()) + _KEPT_S
