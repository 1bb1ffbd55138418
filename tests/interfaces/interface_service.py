"""Define a service behind a router for the tests. Its operations stay in the registry of the process."""

from __future__ import annotations

import asyncio
from typing import Any

from pycommon.api.ops import api_tool
from pycommon.api.router import route
from pycommon.authz import setup_validated, validated
from pycommon.exceptions import HTTPConflict
from pycommon.interfaces.mcp import mcp_endpoint

__all__ = ["mcp_endpoint", "note_visit", "route"]

NAMES = ("createWorkflow", "findDays", "close.day", "failing", "listNumbers", "auditLog", "ownDay")

visit_schema = {
    "type": "object",
    "properties": {"message": {"type": "string", "maxLength": 20}},
    "required": ["message"],
    "additionalProperties": False,
}
rules = {
    "validators": {
        "/interfaces/visits": {"note_visit": visit_schema},
        "/interfaces/visits/{id}": {"note_visit": visit_schema},
    },
    "api_validators": {"/interfaces/visits": {"note_visit": visit_schema}},
}


def get_permission_checker() -> Any:
    """Permit everything."""
    return lambda _path, _operation, _user, _data: True


setup_validated(rules, get_permission_checker)


@validated("note_visit")
def note_visit(event: Any, context: Any, user: str, name: str, data: dict[str, Any]) -> Any:
    """Note a visit.

    The message is kept until the next one.
    """
    return {"success": True, "user": user, "message": data["data"]["message"]}


@api_tool(
    path="/interfaces/create-workflow",
    tags=["workflows"],
    name="createWorkflow",
    description="Create a new workflow template.",
    parameters={
        "type": "object",
        "properties": {
            "workflowName": {"type": "string", "minLength": 1, "maxLength": 100},
            "steps": {"type": "array", "items": {"$ref": "#/$defs/step"}, "maxItems": 20},
            "draft": {"type": "boolean", "default": False},
        },
        "required": ["workflowName", "steps"],
        "additionalProperties": False,
        "$defs": {"step": {"type": "object", "properties": {"tool": {"type": "string"}}, "required": ["tool"]}},
    },
    output={
        "type": "object",
        "properties": {"success": {"type": "boolean"}, "workflowId": {"type": "string"}, "by": {"type": "string"}},
        "required": ["success", "workflowId"],
    },
)
def create_workflow(current_user: str, workflow_name: str, steps: list[Any], *, draft: bool) -> Any:
    """Make an id of the arguments."""
    if workflow_name == "taken":
        raise HTTPConflict("There is such a workflow", details=[{"name": workflow_name}])
    return {"success": True, "workflowId": f"{len(workflow_name)}-{len(steps)}-{draft}", "by": current_user}


@api_tool(
    path="/interfaces/days",
    name="findDays",
    description="Find days.",
    parameters={
        "type": "object",
        "properties": {
            "limit": {"type": "integer", "minimum": 1, "maximum": 7},
            "names": {"type": "array", "items": {"enum": ["monday", "tuesday"]}, "maxItems": 2},
        },
        "required": ["limit"],
    },
    output={"type": "object", "properties": {"limit": {"type": "integer"}}, "required": ["limit"]},
    tags=["days"],
    method="GET",
)
def find_days(limit: int, names: list[str] | None = None) -> Any:
    """Say what was asked for."""
    return {"limit": limit, "names": names}


@api_tool(
    path="/interfaces/close-day",
    name="close.day",
    description="Close a day.",
    parameters={"type": "object", "properties": {"day": {"type": "string"}}, "required": ["day"]},
    permissions=lambda _user, data: data["data"]["day"] != "sunday",
)
def close_day(day: str) -> Any:
    """Run a loop, as handlers do that ask several services at once."""
    return asyncio.run(_closed(day))


async def _closed(day: str) -> dict[str, Any]:
    return {"success": day != "monday", "closed": day}


@api_tool(path="/interfaces/failing", name="failing", description="Fails.")
def failing() -> Any:
    """Fail."""
    raise ValueError("something the caller must not read")


@api_tool(path="/interfaces/numbers", name="listNumbers", description="Some numbers.", output={"type": "array"})
def list_numbers() -> Any:
    """Give a result that is no object."""
    return [1, 2, 3]


@api_tool(
    path="/interfaces/audit",
    name="auditLog",
    description="For auditors.",
    permissions=lambda user, _data: user == "auditor",
)
def audit_log() -> Any:
    """Give nothing."""
    return {"success": True}


@api_tool(
    path="/interfaces/own-day",
    name="ownDay",
    description="One's own day.",
    parameters={"type": "object", "properties": {"owner": {"type": "string"}}},
    permissions=lambda user, data: dict(data)["data"].get("owner") == user,
)
def own_day(owner: str | None = None) -> Any:
    """Say whose."""
    return {"owner": owner}
