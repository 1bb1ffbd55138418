"""Define the operations on runs of the caller's workflows: start, resume, read, list."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pycommon.api.ops import api_tool
from pycommon.dal.providers.aws.resource_perms import DynamoDBOperation
from pycommon.decorators import required_env_vars
from pycommon.exceptions import HTTPUnprocessableContent
from service.operation_schemas import (
    LIMIT,
    NEXT_TOKEN,
    RUN_ID,
    TOKEN_OF_NEXT_PAGE,
    WORKFLOW_ID,
    WORKFLOW_NAME,
    answer,
    arguments,
)
from workflows import run_store, template_store
from workflows.run_execution import carry_out, outcome
from workflows.run_lease import RunLease
from workflows.run_records import RunState

if TYPE_CHECKING:
    from pycommon.api.operation_pipeline import CallContext
    from workflows.run_execution import UncertainStepDecision
    from workflows.step_call import StepCall

__all__ = ["get_run_handler", "list_runs_handler", "resume_workflow_handler", "run_workflow_handler"]

MAX_DEPTH = 3
"""The largest nesting depth of runs. A step of a run can start a second run. A step of the second can start a third."""

RUN = {
    "runId": RUN_ID,
    "workflowId": WORKFLOW_ID,
    "workflowName": WORKFLOW_NAME,
    "workflowVersion": {"type": "integer"},
    "state": {"type": "string", "enum": [state.value for state in RunState]},
    "stepsDone": {"type": "integer", "minimum": 0},
    "createdAt": {"type": "string"},
    "updatedAt": {"type": "string"},
}
OUTCOME = {
    "type": "object",
    "properties": {
        "success": {"type": "boolean", "description": "False if the run failed, was interrupted, or is uncertain"},
        **RUN,
        "result": {"description": "The result of the last step, if all steps have succeeded"},
        "stoppedAt": {"type": "string", "description": "The id of the first step that has not succeeded"},
        "error": {"type": "string"},
    },
    "required": ["success", "runId", "state", "stepsDone"],
}
STEP = {
    "type": "object",
    "properties": {
        "id": {"type": "string"},
        "operation": {"type": "string"},
        "state": {"type": "string", "enum": ["pending", *(state.value for state in RunState)]},
        "attempt": {"type": "integer"},
        "startedAt": {"type": "string"},
        "endedAt": {"type": "string"},
        "result": {},
        "resultTooLargeBytes": {"type": "integer", "description": "The step took effect; its result was not stored"},
        "assumedDone": {"type": "boolean", "description": "Counts as done because you decided so"},
        "error": {"type": "object", "properties": {"status": {"type": "integer"}, "message": {"type": "string"}}},
    },
    "required": ["id", "operation", "state"],
}
CARRY_OUT = [
    DynamoDBOperation.PUT_ITEM,
    DynamoDBOperation.UPDATE_ITEM,
    DynamoDBOperation.GET_ITEM,
    DynamoDBOperation.QUERY,
]


@required_env_vars({"WORKFLOW_TEMPLATES_TABLE": [DynamoDBOperation.GET_ITEM], "WORKFLOW_RUNS_TABLE": CARRY_OUT})
@api_tool(
    path="/vu-agent/run-workflow",
    tags=["runs", "default"],
    name="runWorkflow",
    description="Run the steps of a workflow one after the other, with the permissions and the rate limit of the "
    "caller. If the time is too short, the run is suspended and can be resumed.",
    parameters=arguments("workflowId", workflowId=WORKFLOW_ID),
    output=OUTCOME,
)
def run_workflow_handler(
    current_user: str, call_context: CallContext, workflow_id: str, step_call: StepCall | None = None
) -> dict[str, Any]:
    """Start a run of one of the caller's workflows, and execute its steps while there is time.

    A step of another run may call this operation. If that step is repeated, it continues the same run, and starts no
    second run.

    Raises:
        HTTPNotFound: the caller has no such workflow.
        HTTPConflict: another execution is running the run of this step.
        HTTPUnprocessableContent: the runs would be nested too deeply.
    """
    depth = step_call.depth + 1 if step_call else 1
    if depth > MAX_DEPTH:
        raise HTTPUnprocessableContent(f"Runs may be nested {MAX_DEPTH} levels deep; this run would be deeper")
    lease = RunLease.of(call_context.lambda_context)
    run_id = step_call.key if step_call else template_store.new_id()
    template = template_store.find(current_user, workflow_id)
    run = run_store.begin(current_user, run_id, template, depth, lease) or run_store.take(current_user, run_id, lease)
    return outcome(carry_out(run, lease, call_context))


@required_env_vars({"WORKFLOW_RUNS_TABLE": CARRY_OUT})
@api_tool(
    path="/vu-agent/resume-workflow",
    tags=["runs", "default"],
    name="resumeWorkflow",
    description="Continue a run that was suspended, has failed, or was interrupted. Steps that have succeeded are not "
    "repeated.",
    parameters=arguments(
        "runId",
        runId=RUN_ID,
        uncertainStep={
            "type": "string",
            "enum": ["repeat", "done"],
            "description": "For an uncertain run: repeat the step, or treat it as done",
        },
    ),
    output=OUTCOME,
)
def resume_workflow_handler(
    current_user: str, call_context: CallContext, run_id: str, uncertain_step: UncertainStepDecision | None = None
) -> dict[str, Any]:
    """Continue a run of the caller, with the caller's current permissions and rate limit.

    Raises:
        HTTPNotFound: the caller has no such run.
        HTTPConflict: another execution is running the run.
    """
    lease = RunLease.of(call_context.lambda_context)
    run = run_store.take(current_user, run_id, lease)
    return outcome(carry_out(run, lease, call_context, uncertain_step))


@required_env_vars({"WORKFLOW_RUNS_TABLE": [DynamoDBOperation.GET_ITEM, DynamoDBOperation.QUERY]})
@api_tool(
    path="/vu-agent/get-run",
    tags=["runs", "default"],
    name="getRun",
    description="Read a run: its state, and the result of each step.",
    parameters=arguments("runId", runId=RUN_ID),
    output=answer(
        run={"type": "object", "properties": RUN, "required": ["runId", "state"]},
        steps={"type": "array", "items": STEP},
    ),
    method="GET",
)
def get_run_handler(current_user: str, run_id: str) -> dict[str, Any]:
    """Return a run of the caller with its steps.

    Raises:
        HTTPNotFound: the caller has no run with this id.
    """
    run = run_store.find(current_user, run_id)
    records = run_store.steps_of(run)
    shown = [records[index].to_json() if index in records else {"state": "pending"} for index in range(len(run.steps))]
    done = sum(each["state"] == RunState.SUCCEEDED.value for each in shown)
    steps = [{"id": s.id, "operation": s.operation, **each} for s, each in zip(run.steps, shown, strict=True)]
    return {"success": True, "run": {**run.summary(), "stepsDone": done}, "steps": steps}


@required_env_vars({"WORKFLOW_RUNS_TABLE": [DynamoDBOperation.QUERY]})
@api_tool(
    path="/vu-agent/list-runs",
    tags=["runs", "default"],
    name="listRuns",
    description="List your runs, the newest first. Runs are deleted after 90 days.",
    parameters=arguments(limit=LIMIT, nextToken=NEXT_TOKEN),
    output=answer(
        runs={"type": "array", "items": {"type": "object", "properties": RUN, "required": ["runId", "state"]}},
        nextToken=TOKEN_OF_NEXT_PAGE,
    ),
    method="GET",
)
def list_runs_handler(current_user: str, limit: int = 20, next_token: str | None = None) -> dict[str, Any]:
    """Return a page of the caller's runs.

    Raises:
        HTTPBadRequest: the token does not belong to this list.
    """
    found, following = run_store.page(current_user, limit, next_token)
    return {"success": True, "runs": found, "nextToken": following}
