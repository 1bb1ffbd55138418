"""Describe the responses of every guarded endpoint for OpenAPI. docs/responses.md says when each response is sent."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["COMPONENTS", "responses"]

_RETRY_AFTER = {"Retry-After": {"description": "Seconds to wait (RFC 9110).", "schema": {"type": "string"}}}
_CHALLENGE = {
    "WWW-Authenticate": {"description": "The required authentication (RFC 6750).", "schema": {"type": "string"}}
}
_ALLOW = {"Allow": {"description": "The method that is allowed.", "schema": {"type": "string"}}}

# the columns: status, name of the component, meaning, headers
_ERRORS: tuple[tuple[str, str, str, dict[str, Any]], ...] = (
    (
        "400",
        "BadRequest",
        "The body is not valid JSON, has no `data`, or does not match the schema (see `details`).",
        {},
    ),
    ("401", "Unauthorized", "The token is missing or not valid.", _CHALLENGE),
    ("403", "Forbidden", "The caller is not permitted to do this.", {}),
    ("404", "NotFound", "The operation or the requested object does not exist.", {}),
    ("405", "MethodNotAllowed", "The operation needs another method.", _ALLOW),
    ("429", "TooManyRequests", "The caller's rate limit is reached.", _RETRY_AFTER),
    ("4XX", "Refused", "The operation refuses the request, e.g. 409 for a conflicting change.", {}),
    ("500", "InternalServerError", "An unexpected error; the log has the cause under the request's id.", {}),
    ("503", "ServiceUnavailable", "A table or service that is needed for the decision is unavailable.", _RETRY_AFTER),
)

_FAULT = {
    "type": "object",
    "properties": {
        "pointer": {"type": "string", "description": "The place in the body, as a JSON pointer (RFC 6901)."},
        "rule": {"type": "string", "description": "The JSON Schema keyword that was violated."},
        "message": {"type": "string"},
    },
    "required": ["pointer", "rule", "message"],
}
_ERROR = {
    "type": "object",
    "properties": {
        "success": {"const": False},
        "error": {"type": "string", "description": "What failed, for a person."},
        "requestId": {"type": ["string", "null"], "description": "The request's id in the log."},
        "details": {
            "type": "array",
            "description": "Each fault of the body. An operation may add other values.",
            "items": {"anyOf": [{"$ref": "#/components/schemas/Fault"}, {}]},
        },
    },
    "required": ["success", "error", "requestId", "details"],
}


def _error(text: str, headers: Mapping[str, Any]) -> dict[str, Any]:
    content = {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}}
    return {"description": text, **({"headers": dict(headers)} if headers else {}), "content": content}


COMPONENTS: dict[str, Any] = {
    "schemas": {"Error": _ERROR, "Fault": _FAULT},
    "responses": {name: _error(text, headers) for _, name, text, headers in _ERRORS},
    "securitySchemes": {
        "token": {
            "type": "http",
            "scheme": "bearer",
            "bearerFormat": "JWT",
            "description": "The access token of a signed-in user.",
        },
        "apiKey": {
            "type": "http",
            "scheme": "bearer",
            "bearerFormat": "amp-...",
            "description": "An API key, sent as a bearer token.",
        },
    },
}
"""The components to which the operations of a document refer."""


def responses(result: Mapping[str, Any]) -> dict[str, Any]:
    """Return the responses of one operation: the response 200 with its result, and every error response."""
    success = {"description": "The result.", "content": {"application/json": {"schema": dict(result)}}}
    errors = {status: {"$ref": f"#/components/responses/{name}"} for status, name, _, _ in _ERRORS}
    return {"200": success, **errors}
