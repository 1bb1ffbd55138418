"""Define the operation that lists the operations of this service."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pycommon.api.ops import api_tool, registry
from pycommon.interfaces.visibility import is_shown
from service.operation_schemas import answer, arguments

if TYPE_CHECKING:
    from pycommon.api.operation_pipeline import CallContext

__all__ = ["list_tools"]

TOOL = {
    "type": "object",
    "properties": {
        **{name: {"type": "string"} for name in ("name", "path", "method", "description")},
        "tags": {"type": "array", "items": {"type": "string"}},
        "parameters": {"type": "object", "description": "JSON Schema of the arguments"},
        "output": {"type": "object", "description": "JSON Schema of the result"},
    },
    "required": ["name", "path", "method", "description", "tags", "parameters", "output"],
}


@api_tool(
    path="/vu-agent/tools",
    tags=["tools"],
    name="listTools",
    description="List the operations that you may call, each with the schemas of its arguments and its result.",
    parameters=arguments(tag={"type": "string", "minLength": 1, "description": "Only those with this tag"}),
    output=answer(tools={"type": "array", "items": TOOL}),
    method="GET",
)
def list_tools(current_user: str, call_context: CallContext, tag: str | None = None) -> dict[str, Any]:
    """Return the operations of this router that the caller's permissions do not exclude."""
    shown = [
        {name: operation.entry[name] for name in TOOL["required"]}
        for operation in registry.operations()
        if operation.arguments is not None
        and (tag is None or tag in operation.entry["tags"])
        and is_shown(operation, call_context)
    ]
    return {"success": True, "tools": shown}
