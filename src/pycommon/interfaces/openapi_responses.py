"""The answers of every guarded endpoint, as OpenAPI has them; docs/responses.md says when each is given."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["COMPONENTS", "responses"]

_RETRY_AFTER = {"Retry-After": {"description": "Seconds to wait (RFC 9110).", "schema": {"type": "string"}}}
_CHALLENGE = {"WWW-Authenticate": {"description": "What is asked for (RFC 6750).", "schema": {"type": "string"}}}
_ALLOW = {"Allow": {"description": "The method that is allowed.", "schema": {"type": "string"}}}

# status -> name of the component, when it is given, headers
_ERRORS: tuple[tuple[str, str, str, dict[str, Any]], ...] = (
    (
        "400",
        "BadRequest",
        "The body is no JSON or lacks `data`, or does not fit the schema (see `details`).",
        {},
    ),
    ("401", "Unauthorized", "No token, or one that is not valid.", _CHALLENGE),
    ("403", "Forbidden", "The caller is known and may not do this.", {}),
    ("404", "NotFound", "There is no such operation, or no such thing.", {}),
    ("405", "MethodNotAllowed", "The operation takes another method.", _ALLOW),
    ("429", "TooManyRequests", "The caller's limit is reached.", _RETRY_AFTER),
    ("4XX", "Refused", "The operation itself refuses, e.g. 409 for what has changed meanwhile.", {}),
    ("500", "InternalServerError", "Something failed; the log has the cause under the request's id.", {}),
    ("503", "ServiceUnavailable", "Something that is needed to decide cannot be reached.", _RETRY_AFTER),
)

_FAULT = {
    "type": "object",
    "properties": {
        "pointer": {"type": "string", "description": "Where, as a JSON pointer (RFC 6901) into the body."},
        "rule": {"type": "string", "description": "The keyword of JSON Schema that is broken."},
        "message": {"type": "string"},
    },
    "required": ["pointer", "rule", "message"],
}
_ERROR = {
    "type": "object",
    "properties": {
        "success": {"const": False},
        "error": {"type": "string", "description": "What failed, for a person."},
        "requestId": {"type": ["string", "null"], "description": "Under which the log has more."},
        "details": {
            "type": "array",
            "description": "Each fault of the body; an operation may put anything here.",
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
"""What the operations of a document refer to."""


def responses(result: Mapping[str, Any]) -> dict[str, Any]:
    """The answers of one operation: 200 with its result, and every error."""
    success = {"description": "The result.", "content": {"application/json": {"schema": dict(result)}}}
    errors = {status: {"$ref": f"#/components/responses/{name}"} for status, name, _, _ in _ERRORS}
    return {"200": success, **errors}
