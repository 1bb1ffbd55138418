"""Execute the steps of a run one after the other while there is time. Record each step before and after its execution.

A step that has succeeded never begins again. If an execution was stopped from outside, its running step is repeated
when the step is idempotent. GET, PUT and DELETE are idempotent (RFC 9110 section 9.2.2), and so is a handler with the
parameter `step_call`. For every other step, it is unknown whether the step took effect. The run is then `uncertain`.
The owner of the run decides whether to repeat the step or to treat the step as done.
"""

from __future__ import annotations

import inspect
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import orjson

from pycommon.api.critical_logging import log_critical_error
from pycommon.api.operation_pipeline import OutputError, call_operation
from pycommon.api.ops import registry
from pycommon.encoders import dumps
from pycommon.exceptions import HTTPException
from pycommon.logger import getLogger
from pycommon.proxy_response import status_of
from workflows import run_store
from workflows.result_references import ReferenceFault, ResultReference, resolve
from workflows.run_records import RunState
from workflows.run_store import MAX_RESULT_BYTES, StepRecords
from workflows.step_call import StepCall

if TYPE_CHECKING:
    from pycommon.api.api_operation import Operation
    from pycommon.api.operation_pipeline import CallContext
    from workflows.run_lease import RunLease
    from workflows.run_records import WorkflowRun
    from workflows.workflow_steps import WorkflowStep

__all__ = ["UncertainStepDecision", "carry_out", "outcome"]

UncertainStepDecision = Literal["repeat", "done"]
"""The owner's decision about a step that may have taken effect."""

_IDEMPOTENT = frozenset({"GET", "PUT", "DELETE"})
_ERROR_FROM = 400
_MAX_ERROR = 500

_logger = getLogger(__name__)


class _Failure(Exception):  # noqa: N818 - how a step ended, and not a fault of this module
    def __init__(self, status: int, message: str, details: tuple[Any, ...] = ()) -> None:
        super().__init__(message)
        self.error = {"status": status, "message": message[:_MAX_ERROR], "details": list(details[:10])}


@dataclass(frozen=True, slots=True)
class _Ended:
    """The result of a step: its state, and the values to record."""

    state: RunState
    recorded: dict[str, Any]


def carry_out(
    run: WorkflowRun, lease: RunLease, caller: CallContext, decision: UncertainStepDecision | None = None
) -> WorkflowRun:
    """Execute the steps of `run`, under `lease`, until the run succeeds, fails, is uncertain, or has no time left.

    Raises:
        HTTPConflict: another execution has taken the lease of the run.
    """
    if run.state is RunState.SUCCEEDED:
        return run
    records = StepRecords(run, lease)
    state = RunState.SUCCEEDED
    for index in range(len(run.steps)):
        state = _advance(records, index, caller, decision)
        if state is not RunState.SUCCEEDED:
            break
    return run_store.finish(run, lease, state, records.done())


def outcome(run: WorkflowRun) -> dict[str, Any]:
    """Return the response about a run: its state, and the result of its last step or the reason why the run stopped."""
    records = run_store.steps_of(run)
    shown = {"success": run.state in {RunState.SUCCEEDED, RunState.SUSPENDED, RunState.RUNNING}, **run.summary()}
    stopped = next(
        (i for i in range(len(run.steps)) if i not in records or records[i].state is not RunState.SUCCEEDED), None
    )
    if stopped is None:
        last = records[len(run.steps) - 1]
        return {**shown, "result": None if last.result is None else orjson.loads(last.result)}
    shown["stoppedAt"] = run.steps[stopped].id
    if run.state is RunState.UNCERTAIN:
        shown["error"] = (
            f'Step "{run.steps[stopped].id}" had begun when the run was interrupted, and may have taken effect. '
            'Resume the run with uncertainStep "repeat" or "done"'
        )
    elif (record := records.get(stopped)) is not None and record.error is not None:
        shown["error"] = f'Step "{run.steps[stopped].id}" failed: {record.error["message"]}'
    return shown


def _advance(records: StepRecords, index: int, caller: CallContext, decision: UncertainStepDecision | None) -> RunState:
    """Execute one step unless it has succeeded before. Return the state of the run after the step."""
    record, step = records.get(index), records.run.steps[index]
    if record is not None and record.state is RunState.SUCCEEDED:
        return RunState.SUCCEEDED
    operation = registry.named(step.operation)
    if record is not None and record.state is RunState.RUNNING and not _is_idempotent(operation):
        if decision == "done":
            records.end(index, RunState.SUCCEEDED, assumed=True)
            return RunState.SUCCEEDED
        if decision is None:
            return RunState.UNCERTAIN
    if not records.lease.has_time_for_a_step():
        return RunState.SUSPENDED
    records.begin(index)
    ended = _carry_out_step(records, index, operation, caller)
    records.end(index, ended.state, **ended.recorded)
    _logger.info("run %s: step %d of %d %s", records.run.id, index + 1, len(records.run.steps), ended.state.value)
    return ended.state


def _carry_out_step(records: StepRecords, index: int, operation: Operation | None, caller: CallContext) -> _Ended:
    step = records.run.steps[index]
    try:
        result = _call(records, index, operation, caller)
        if _is_nested(step) and result["state"] == RunState.SUSPENDED.value:
            return _Ended(RunState.SUSPENDED, _kept(result))
        _check_success(result)
        return _Ended(RunState.SUCCEEDED, _kept(result))
    except _Failure as failure:
        return _Ended(RunState.FAILED, {"error": failure.error})
    except HTTPException as error:
        return _Ended(RunState.FAILED, {"error": _Failure(error.status, error.message, error.details).error})
    except OutputError as error:
        return _Ended(RunState.FAILED, {"error": _Failure(500, str(error)).error})
    except Exception as error:
        _logger.exception("run %s: step %d (%s) failed", records.run.id, index + 1, step.operation)
        log_critical_error(
            function_name=step.operation,
            error_type=type(error).__name__,
            error_message="unhandled error in a step of a workflow; the log has the traceback",
            current_user=caller.user,
            context={"runId": records.run.id},
        )
        return _Ended(RunState.FAILED, {"error": _Failure(500, "Internal server error").error})


def _call(records: StepRecords, index: int, operation: Operation | None, caller: CallContext) -> Any:
    if operation is None:
        raise _Failure(404, "The operation no longer exists")
    run = records.run
    places = {step.id: place for place, step in enumerate(run.steps)}

    def result_of(reference: ResultReference) -> Any:
        record = records.get(places[reference.step])
        if record is None or record.result is None:
            raise ReferenceFault(reference.pointer, f'the result of step "{reference.step}" was not stored')
        return orjson.loads(record.result)

    try:
        arguments = resolve(run.steps[index].arguments, result_of)
    except ReferenceFault as fault:
        raise _Failure(422, f"{fault.pointer}: {fault}") from None
    further = {"step_call": StepCall(f"{run.id}.{index:03d}", run.depth)} if _names_step_call(operation) else {}
    return call_operation(operation, arguments, caller, **further)


def _check_success(result: Any) -> None:
    if not isinstance(result, dict):
        return
    status = status_of(result)
    if result.get("success", True) is False or (status or 0) >= _ERROR_FROM:
        message = result.get("error")
        raise _Failure(
            status or 500,
            message if isinstance(message, str) else "the operation reported a failure",
        )


def _kept(result: Any) -> dict[str, Any]:
    try:
        text = dumps(result)
    except TypeError as error:
        raise _Failure(500, f"The result cannot be stored: {error}") from error
    size = len(text.encode())
    return {"result": text} if size <= MAX_RESULT_BYTES else {"result_bytes": size}


def _is_nested(step: WorkflowStep) -> bool:
    return step.operation == "runWorkflow"


def _is_idempotent(operation: Operation | None) -> bool:
    return operation is not None and (operation.method in _IDEMPOTENT or _names_step_call(operation))


def _names_step_call(operation: Operation) -> bool:
    return "step_call" in inspect.signature(operation.entry["handler"]).parameters
