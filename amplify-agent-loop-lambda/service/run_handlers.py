"""Runs of the caller's workflows: begin, carry on, read, list."""

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
"""A run, a run that is a step of it, and one within that."""

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
        "success": {"type": "boolean", "description": "False where the run failed, or where it is uncertain"},
        **RUN,
        "result": {"description": "Of the last step, once all have ended well"},
        "stoppedAt": {"type": "string", "description": "Id of the step that has not ended well, or not begun"},
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
        "resultTooLargeBytes": {"type": "integer", "description": "The step took effect; its result was not kept"},
        "assumedDone": {"type": "boolean", "description": "Taken for done because you said so"},
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
    description="Run a workflow: its steps one after the other, with the rights and the limit of the caller. "
    "Where the time does not suffice, the run is suspended and can be resumed.",
    parameters=arguments("workflowId", workflowId=WORKFLOW_ID),
    output=OUTCOME,
)
def run_workflow_handler(
    current_user: str, call_context: CallContext, workflow_id: str, step_call: StepCall | None = None
) -> dict[str, Any]:
    """Begin a run of one of the caller's workflows, and carry it out as far as the time allows.

    As a step of another run it has one run for each step, however often the step is repeated.

    Raises:
        HTTPNotFound: the caller has no such workflow.
        HTTPConflict: another execution is carrying out the run of this step.
        HTTPUnprocessableContent: runs would be nested too deeply.
    """
    depth = step_call.depth + 1 if step_call else 1
    if depth > MAX_DEPTH:
        raise HTTPUnprocessableContent(f"Runs may be nested {MAX_DEPTH} deep; this one would be deeper")
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
    description="Carry on a run that was suspended, that failed, or whose execution was ended by force. "
    "Steps that have ended well are not repeated.",
    parameters=arguments(
        "runId",
        runId=RUN_ID,
        uncertainStep={
            "type": "string",
            "enum": ["repeat", "done"],
            "description": "For a run that is uncertain: whether to repeat the step, or to take it for done",
        },
    ),
    output=OUTCOME,
)
def resume_workflow_handler(
    current_user: str, call_context: CallContext, run_id: str, uncertain_step: UncertainStepDecision | None = None
) -> dict[str, Any]:
    """Carry on a run of the caller, with the rights and the limit that the caller has now.

    Raises:
        HTTPNotFound: the caller has no such run.
        HTTPConflict: it is being carried out.
    """
    lease = RunLease.of(call_context.lambda_context)
    run = run_store.take(current_user, run_id, lease)
    return outcome(carry_out(run, lease, call_context, uncertain_step))


@required_env_vars({"WORKFLOW_RUNS_TABLE": [DynamoDBOperation.GET_ITEM, DynamoDBOperation.QUERY]})
@api_tool(
    path="/vu-agent/get-run",
    tags=["runs", "default"],
    name="getRun",
    description="Read a run: where it is, and what became of each step.",
    parameters=arguments("runId", runId=RUN_ID),
    output=answer(
        run={"type": "object", "properties": RUN, "required": ["runId", "state"]},
        steps={"type": "array", "items": STEP},
    ),
    method="GET",
)
def get_run_handler(current_user: str, run_id: str) -> dict[str, Any]:
    """A run of the caller with its steps.

    Raises:
        HTTPNotFound: the caller has none with this id.
    """
    run = run_store.find(current_user, run_id)
    records = run_store.steps_of(run)
    told = [records[index].to_json() if index in records else {"state": "pending"} for index in range(len(run.steps))]
    done = sum(each["state"] == RunState.SUCCEEDED.value for each in told)
    steps = [{"id": s.id, "operation": s.operation, **each} for s, each in zip(run.steps, told, strict=True)]
    return {"success": True, "run": {**run.summary(), "stepsDone": done}, "steps": steps}


@required_env_vars({"WORKFLOW_RUNS_TABLE": [DynamoDBOperation.QUERY]})
@api_tool(
    path="/vu-agent/list-runs",
    tags=["runs", "default"],
    name="listRuns",
    description="List your runs, the newest first. They are kept for 90 days.",
    parameters=arguments(limit=LIMIT, nextToken=NEXT_TOKEN),
    output=answer(
        runs={"type": "array", "items": {"type": "object", "properties": RUN, "required": ["runId", "state"]}},
        nextToken=TOKEN_OF_NEXT_PAGE,
    ),
    method="GET",
)
def list_runs_handler(current_user: str, limit: int = 20, next_token: str | None = None) -> dict[str, Any]:
    """A page of the caller's runs.

    Raises:
        HTTPBadRequest: the token is not one of this list.
    """
    found, following = run_store.page(current_user, limit, next_token)
    return {"success": True, "runs": found, "nextToken": following}
