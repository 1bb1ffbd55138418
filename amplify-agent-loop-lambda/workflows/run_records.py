"""Define the records of a run and of its steps, and their form in responses."""

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
    """The state of a run or a step."""

    RUNNING = "running"
    SUSPENDED = "suspended"
    """The run stopped between two steps because the time was too short. Resuming the run continues it."""
    FAILED = "failed"
    """A step failed. Resuming the run tries the step again."""
    UNCERTAIN = "uncertain"
    """A step began, and it is unknown whether the step finished. Resuming the run needs a decision about the step."""
    INTERRUPTED = "interrupted"
    """The execution was stopped from outside: the record says `running`, and the lease has expired. Never stored."""
    SUCCEEDED = "succeeded"


@dataclass(frozen=True, slots=True)
class WorkflowRun:
    """One run of one owner. The run has its own copy of the steps. A change of the template does not change the run."""

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
        """Return the run in the form for lists of runs."""
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
    """The record of one step.

    Attributes:
        attempt: the number of times that the step has begun.
        holder: the name of the lease of the last attempt.
        result: the step's result as JSON text; None if there is no result, or if the result was too large to store.
        result_bytes: the size of a result that was too large.
        error: `{"status", "message", ...}` of a failed step.
        assumed: whether the step counts as done because its owner decided so.
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
        """Return the values of the step's item."""
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
        """Return the step in the form for responses."""
        shown: dict[str, Any] = {"state": self.state.value, "attempt": self.attempt, "startedAt": self.started_at}
        further = {
            "endedAt": self.ended_at,
            "result": None if self.result is None else orjson.loads(self.result),
            "resultTooLargeBytes": self.result_bytes,
            "error": self.error,
            "assumedDone": self.assumed or None,
        }
        return {**shown, **{name: value for name, value in further.items() if value is not None}}


def now_ms() -> int:
    """Return the current time in milliseconds since the epoch."""
    return time.time_ns() // 1_000_000


def expires_at() -> int:
    """Return the time when DynamoDB may delete an item that is written now, in seconds since the epoch."""
    return int(time.time()) + _KEPT_S
