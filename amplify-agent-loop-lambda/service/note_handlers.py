"""Define the operations on the caller's notes and counters. A note is any JSON value under a key."""

from __future__ import annotations

from typing import Any

import orjson

from pycommon.api.ops import api_tool
from pycommon.dal.providers.aws.resource_perms import DynamoDBOperation
from pycommon.decorators import required_env_vars
from pycommon.encoders import dumps
from pycommon.exceptions import HTTPBadRequest, HTTPNotFound
from service.operation_schemas import LIMIT, NEXT_TOKEN, TOKEN_OF_NEXT_PAGE, answer, arguments
from workflows.json_nesting import MAX_DEPTH, is_nested_too_deeply
from workflows.owned_items import OwnedItems

__all__ = ["add_to_counter", "delete_note", "get_note", "list_notes", "put_note"]

KEY = {"type": "string", "minLength": 1, "maxLength": 200, "description": "Your name for the value"}
MAX_VALUE_BYTES = 60_000

_notes = OwnedItems("AGENT_NOTES_TABLE")


@required_env_vars({"AGENT_NOTES_TABLE": [DynamoDBOperation.PUT_ITEM]})
@api_tool(
    path="/vu-agent/put-note",
    tags=["notes"],
    name="putNote",
    description="Store a value under a key. It replaces the previous value.",
    parameters=arguments("key", "value", key=KEY, value={"description": "Any JSON value, up to 60 kB"}),
    output=answer(),
    method="PUT",
)
def put_note(current_user: str, key: str, value: Any) -> dict[str, Any]:
    """Store a note.

    Raises:
        HTTPBadRequest: the value is too large, or nested too deeply.
    """
    if is_nested_too_deeply(value):
        raise HTTPBadRequest(f"The value is nested more than {MAX_DEPTH} levels deep")
    text = dumps(value)
    size = len(text.encode())
    if size > MAX_VALUE_BYTES:
        raise HTTPBadRequest(f"The value has {size} bytes as JSON; at most {MAX_VALUE_BYTES} are allowed")
    _notes.put(current_user, f"note/{key}", {"value": text})
    return {"success": True}


@required_env_vars({"AGENT_NOTES_TABLE": [DynamoDBOperation.GET_ITEM]})
@api_tool(
    path="/vu-agent/get-note",
    tags=["notes"],
    name="getNote",
    description="Read the value under a key.",
    parameters=arguments("key", key=KEY),
    output=answer(value={}),
    method="GET",
)
def get_note(current_user: str, key: str) -> dict[str, Any]:
    """Return the value of a note.

    Raises:
        HTTPNotFound: the caller has no note under this key.
    """
    item = _notes.get(current_user, f"note/{key}")
    if item is None:
        raise HTTPNotFound("You have no note under this key")
    return {"success": True, "value": orjson.loads(item["value"])}


@required_env_vars({"AGENT_NOTES_TABLE": [DynamoDBOperation.QUERY]})
@api_tool(
    path="/vu-agent/list-notes",
    tags=["notes"],
    name="listNotes",
    description="List the keys of your notes in sorted order.",
    parameters=arguments(limit=LIMIT, nextToken=NEXT_TOKEN),
    output=answer(keys={"type": "array", "items": {"type": "string"}}, nextToken=TOKEN_OF_NEXT_PAGE),
    method="GET",
)
def list_notes(current_user: str, limit: int = 20, next_token: str | None = None) -> dict[str, Any]:
    """Return a page of the caller's keys.

    Raises:
        HTTPBadRequest: the token does not belong to this list.
    """
    found = _notes.page(current_user, limit, next_token, prefix="note/", attributes=["id"])
    keys = [item["id"].removeprefix("note/") for item in found.items]
    return {"success": True, "keys": keys, "nextToken": found.next_token}


@required_env_vars({"AGENT_NOTES_TABLE": [DynamoDBOperation.DELETE_ITEM]})
@api_tool(
    path="/vu-agent/delete-note",
    tags=["notes"],
    name="deleteNote",
    description="Remove the value under a key.",
    parameters=arguments("key", key=KEY),
    output=answer(deleted={"type": "boolean", "description": "Whether the note existed"}),
    method="DELETE",
)
def delete_note(current_user: str, key: str) -> dict[str, Any]:
    """Remove a note. A second call is not an error: DELETE is idempotent."""
    return {"success": True, "deleted": _notes.delete(current_user, f"note/{key}")}


@required_env_vars({"AGENT_NOTES_TABLE": [DynamoDBOperation.UPDATE_ITEM]})
@api_tool(
    path="/vu-agent/add-to-counter",
    tags=["notes"],
    name="addToCounter",
    description="Add to one of your counters, and return its new value. A counter begins at 0.",
    parameters=arguments(
        "key", key=KEY, by={"type": "integer", "minimum": -1_000_000, "maximum": 1_000_000, "default": 1}
    ),
    output=answer(count={"type": "integer"}),
)
def add_to_counter(current_user: str, key: str, by: int = 1) -> dict[str, Any]:
    """Add to a counter atomically.

    The operation is not idempotent. If a run is interrupted here, the owner of the run decides whether to repeat it.
    """
    item = _notes.update(current_user, f"counter/{key}", "ADD #count :by", by=int(by))
    return {"success": True, "count": int((item or {})["count"])}
