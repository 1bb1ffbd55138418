"""Store runs in `WORKFLOW_RUNS_TABLE`: one item for the run, and one item for each step.

The item of a step is written before and after the step.

The ids are `run/<run>` and `step/<run>/<index>`. The condition of every write describes the expected item. If two
executions continue the same run, only one execution can write.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from pycommon.encoders import dumps
from pycommon.exceptions import HTTPConflict, HTTPNotFound
from workflows.owned_items import OwnedItems
from workflows.run_records import RunState, StepRecord, WorkflowRun, expires_at, now_ms
from workflows.template_store import WorkflowTemplate, now
from workflows.workflow_steps import MAX_STEPS

if TYPE_CHECKING:
    from workflows.run_lease import RunLease

__all__ = ["MAX_RESULT_BYTES", "StepRecords", "begin", "find", "finish", "page", "steps_of", "take"]

MAX_RESULT_BYTES = 65_536
"""The limit for one result as JSON. `MAX_STEPS` escaped results fit into a function's response of up to 6 MB."""

_LISTED = (  # all attributes of a run except its steps
    *("owner", "id", "workflow_id", "workflow_name", "workflow_version", "depth", "state", "steps_done"),
    *("created_at", "updated_at", "holder", "lease_until_ms"),
)

_runs = OwnedItems("WORKFLOW_RUNS_TABLE")


@dataclass(slots=True)
class StepRecords:
    """The step records of one run, read and written by one execution."""

    run: WorkflowRun
    lease: RunLease
    _records: dict[int, StepRecord] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._records = steps_of(self.run)

    def get(self, index: int) -> StepRecord | None:
        """Return the record of the step. Return None if the step has never begun."""
        return self._records.get(index)

    def done(self) -> int:
        """Return how many steps have succeeded."""
        return sum(record.state is RunState.SUCCEEDED for record in self._records.values())

    def begin(self, index: int) -> None:
        """Record that an attempt of the step begins.

        Raises:
            HTTPConflict: another execution has continued the run.
        """
        before = self._records.get(index)
        self._write(index, StepRecord(RunState.RUNNING, before.attempt + 1 if before else 1, self.lease.holder, now()))

    def end(self, index: int, state: RunState, **further: Any) -> None:
        """Record the result of the running step."""
        self._write(index, replace(self._records[index], state=state, ended_at=now(), **further))

    def _write(self, index: int, record: StepRecord) -> None:
        before = self._records.get(index)
        if before is None:
            kept = _runs.put(
                self.run.owner, _step_key(self.run.id, index), record.values(), "attribute_not_exists(#id)"
            )
        else:
            kept = _runs.put(
                self.run.owner,
                _step_key(self.run.id, index),
                record.values(),
                "#holder = :holder AND #attempt = :attempt AND #state = :state",
                holder=before.holder,
                attempt=before.attempt,
                state=before.state.value,
            )
        if kept is None and not self._is_written(index, record):
            raise HTTPConflict("Another execution has continued this run meanwhile")
        self._records[index] = record

    def _is_written(self, index: int, record: StepRecord) -> bool:
        """Return whether the table has this record.

        If the response to a write was lost, the SDK writes again, and the condition of the second write is false.
        """
        item = _runs.get(self.run.owner, _step_key(self.run.id, index))
        return item is not None and StepRecord.of(item) == record


def begin(owner: str, run_id: str, template: WorkflowTemplate, depth: int, lease: RunLease) -> WorkflowRun | None:
    """Store a new run under `lease`, and return it. Return None if a run with this id exists."""
    moment = now()
    item = _runs.put(
        owner,
        f"run/{run_id}",
        {
            "workflow_id": template.id,
            "workflow_name": template.name,
            "workflow_version": template.version,
            "steps": dumps([step.to_json() for step in template.steps]),
            "depth": depth,
            "state": RunState.RUNNING.value,
            "steps_done": 0,
            "created_at": moment,
            "updated_at": moment,
            "holder": lease.holder,
            "lease_until_ms": lease.until_ms,
            "ttl": expires_at(),
        },
        "attribute_not_exists(#id)",
    )
    return None if item is None else WorkflowRun.of(item)


def take(owner: str, run_id: str, lease: RunLease) -> WorkflowRun:
    """Take the lease of a run and return the run. A run that has succeeded stays unchanged.

    Raises:
        HTTPNotFound: the owner has no run with this id.
        HTTPConflict: another execution is running the run. `Retry-After` has the time until its lease ends.
    """
    item = _runs.update(
        owner,
        f"run/{run_id}",
        "SET #holder = :holder, #lease_until_ms = :until, #state = :running, #updated_at = :now",
        "attribute_exists(#id) AND #state <> :succeeded AND #lease_until_ms < :now_ms",
        holder=lease.holder,
        until=lease.until_ms,
        running=RunState.RUNNING.value,
        now=now(),
        succeeded=RunState.SUCCEEDED.value,
        now_ms=now_ms(),
    )
    if item is not None:
        return WorkflowRun.of(item)
    run = find(owner, run_id)
    # If the run has this lease already, the write succeeded and only its response was lost.
    if run.state is RunState.SUCCEEDED or run.holder == lease.holder:
        return run
    left_s = max(1, -(-(run.lease_until_ms - now_ms()) // 1000))
    raise HTTPConflict("Another execution is running this run at the moment", headers={"Retry-After": str(left_s)})


def finish(run: WorkflowRun, lease: RunLease, state: RunState, steps_done: int) -> WorkflowRun:
    """Give the lease back, and store the state of the run.

    Raises:
        HTTPConflict: the lease was lost.
    """
    item = _runs.update(
        run.owner,
        f"run/{run.id}",
        "SET #state = :state, #steps_done = :done, #lease_until_ms = :over, #updated_at = :now",
        "#holder = :holder",
        state=state.value,
        done=steps_done,
        over=0,
        now=now(),
        holder=lease.holder,
    )
    if item is None:
        raise HTTPConflict("Another execution has continued this run meanwhile")
    return WorkflowRun.of(item)


def find(owner: str, run_id: str) -> WorkflowRun:
    """Return the run.

    Raises:
        HTTPNotFound: the owner has no run with this id.
    """
    item = _runs.get(owner, f"run/{run_id}")
    if item is None:
        raise HTTPNotFound("You have no such run")
    return WorkflowRun.of(item)


def page(owner: str, limit: int, token: str | None) -> tuple[list[dict[str, Any]], str | None]:
    """Return a page of the owner's runs, the newest first, and the token of the next page."""
    found = _runs.page(owner, limit, token, prefix="run/", attributes=_LISTED, newest_first=True)
    return [WorkflowRun.of(item).summary() for item in found.items], found.next_token


def steps_of(run: WorkflowRun) -> dict[int, StepRecord]:
    """Return the records of the run's steps, by their index."""
    prefix, records, token = f"step/{run.id}/", {}, None
    while True:
        found = _runs.page(run.owner, MAX_STEPS, token, prefix=prefix)
        records.update({int(item["id"].removeprefix(prefix)): StepRecord.of(item) for item in found.items})
        token = found.next_token
        if token is None:
            return records


def _step_key(run_id: str, index: int) -> str:
    return f"step/{run_id}/{index:03d}"
