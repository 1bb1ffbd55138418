"""Define the operations on the caller's workflow templates: create, read, list, change, remove."""

from __future__ import annotations

from typing import Any

from pycommon.api.ops import api_tool
from pycommon.dal.providers.aws.resource_perms import DynamoDBOperation
from pycommon.decorators import required_env_vars
from service.operation_schemas import (
    LIMIT,
    NEXT_TOKEN,
    TOKEN_OF_NEXT_PAGE,
    WORKFLOW_ID,
    WORKFLOW_NAME,
    answer,
    arguments,
)
from workflows import template_store
from workflows.workflow_steps import STEPS, check_steps

__all__ = [
    "create_workflow_handler",
    "delete_workflow_handler",
    "get_workflow_handler",
    "list_workflows_handler",
    "update_workflow_handler",
]

WORKFLOW = {
    "type": "object",
    "properties": {
        "workflowId": WORKFLOW_ID,
        "workflowName": WORKFLOW_NAME,
        "version": {"type": "integer", "description": "Counts the changes"},
        "createdAt": {"type": "string"},
        "updatedAt": {"type": "string"},
        "steps": STEPS,
    },
    "required": ["workflowId", "workflowName", "version"],
}
VERSION = {"type": "integer", "minimum": 1, "maximum": 1_000_000_000}
SEEN_VERSION = {**VERSION, "description": "The version that you have read; a conflict if it has changed since then"}


@required_env_vars({"WORKFLOW_TEMPLATES_TABLE": [DynamoDBOperation.PUT_ITEM]})
@api_tool(
    path="/vu-agent/create-workflow",
    tags=["workflows", "default"],
    name="createWorkflow",
    description="Create a new workflow template.",
    parameters=arguments("workflowName", "steps", workflowName=WORKFLOW_NAME, steps=STEPS),
    output=answer(workflowId=WORKFLOW_ID),
)
def create_workflow_handler(current_user: str, workflow_name: str, steps: list[dict[str, Any]]) -> dict[str, Any]:
    """Store a workflow of the caller after checking its steps.

    Raises:
        HTTPBadRequest: see `check_steps`.
    """
    return {"success": True, "workflowId": template_store.create(current_user, workflow_name, check_steps(steps))}


@required_env_vars({"WORKFLOW_TEMPLATES_TABLE": [DynamoDBOperation.GET_ITEM]})
@api_tool(
    path="/vu-agent/get-workflow",
    tags=["workflows", "default"],
    name="getWorkflow",
    description="Read a workflow template with its steps.",
    parameters=arguments("workflowId", workflowId=WORKFLOW_ID),
    output=answer(workflow=WORKFLOW),
    method="GET",
)
def get_workflow_handler(current_user: str, workflow_id: str) -> dict[str, Any]:
    """Return a workflow of the caller.

    Raises:
        HTTPNotFound: the caller has no workflow with this id.
    """
    return {"success": True, "workflow": template_store.find(current_user, workflow_id).to_json()}


@required_env_vars({"WORKFLOW_TEMPLATES_TABLE": [DynamoDBOperation.QUERY]})
@api_tool(
    path="/vu-agent/list-workflows",
    tags=["workflows", "default"],
    name="listWorkflows",
    description="List your workflow templates, the newest first.",
    parameters=arguments(limit=LIMIT, nextToken=NEXT_TOKEN),
    output=answer(workflows={"type": "array", "items": WORKFLOW}, nextToken=TOKEN_OF_NEXT_PAGE),
    method="GET",
)
def list_workflows_handler(current_user: str, limit: int = 20, next_token: str | None = None) -> dict[str, Any]:
    """Return a page of the caller's workflows, without their steps.

    Raises:
        HTTPBadRequest: the token does not belong to this list.
    """
    found, following = template_store.page(current_user, limit, next_token)
    return {"success": True, "workflows": found, "nextToken": following}


@required_env_vars({"WORKFLOW_TEMPLATES_TABLE": [DynamoDBOperation.UPDATE_ITEM, DynamoDBOperation.GET_ITEM]})
@api_tool(
    path="/vu-agent/update-workflow",
    tags=["workflows"],
    name="updateWorkflow",
    description="Change the name or the steps of a workflow template. Existing runs keep their steps.",
    parameters=arguments(
        "workflowId", "version", workflowId=WORKFLOW_ID, version=SEEN_VERSION, workflowName=WORKFLOW_NAME, steps=STEPS
    ),
    output=answer(version=VERSION),
    method="PATCH",
)
def update_workflow_handler(
    current_user: str,
    workflow_id: str,
    version: int,
    workflow_name: str | None = None,
    steps: list[dict[str, Any]] | None = None,
) -> dict[str, Any]:
    """Change a workflow of the caller if it has not changed since it was read.

    Raises:
        HTTPBadRequest: see `check_steps`.
        HTTPNotFound: the caller has no workflow with this id.
        HTTPConflict: the workflow has a different version now.
    """
    checked = None if steps is None else check_steps(steps)
    return {
        "success": True,
        "version": template_store.change(current_user, workflow_id, version, workflow_name, checked),
    }


@required_env_vars({"WORKFLOW_TEMPLATES_TABLE": [DynamoDBOperation.DELETE_ITEM]})
@api_tool(
    path="/vu-agent/delete-workflow",
    tags=["workflows"],
    name="deleteWorkflow",
    description="Remove a workflow template. Its runs stay.",
    parameters=arguments("workflowId", workflowId=WORKFLOW_ID),
    output=answer(deleted={"type": "boolean", "description": "Whether the workflow existed"}),
    method="DELETE",
)
def delete_workflow_handler(current_user: str, workflow_id: str) -> dict[str, Any]:
    """Remove a workflow of the caller. A second call is not an error: DELETE is idempotent."""
    return {"success": True, "deleted": template_store.remove(current_user, workflow_id)}
