"""Define the parts of JSON Schemas that several operations share."""

from __future__ import annotations

from typing import Any

__all__ = ["LIMIT", "NEXT_TOKEN", "RUN_ID", "TOKEN_OF_NEXT_PAGE", "WORKFLOW_ID", "WORKFLOW_NAME", "answer", "arguments"]

WORKFLOW_ID = {"type": "string", "pattern": "^[0-9a-f]{32}$", "description": "The id that createWorkflow returned"}
WORKFLOW_NAME = {"type": "string", "minLength": 1, "maxLength": 200, "description": "Name of the workflow"}
RUN_ID = {
    "type": "string",
    "pattern": r"^[0-9a-f]{32}(\.[0-9]{3}){0,2}$",
    "description": "The id that runWorkflow returned",
}
LIMIT = {"type": "integer", "minimum": 1, "maximum": 100, "default": 20, "description": "The most entries to return"}
NEXT_TOKEN = {"type": "string", "minLength": 1, "maxLength": 1200, "description": "nextToken of the previous page"}
TOKEN_OF_NEXT_PAGE = {"type": ["string", "null"], "description": "The token of the next page; null on the last page"}


def arguments(*required: str, **properties: Any) -> dict[str, Any]:
    """Return the schema of an operation's arguments: these properties and no others."""
    schema = {"type": "object", "properties": properties, "additionalProperties": False}
    return {**schema, "required": list(required)} if required else schema


def answer(**properties: Any) -> dict[str, Any]:
    """Return the schema of an operation's result: `success` and all of these properties."""
    described = {"success": {"type": "boolean"}, **properties}
    return {"type": "object", "properties": described, "required": list(described)}
