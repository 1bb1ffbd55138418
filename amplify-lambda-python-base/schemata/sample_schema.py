"""What POST /sample/visits accepts.

The whole body is `{"data": <instance of this schema>}`, for example

    {"data": {"message": "back again"}}
    {"data": {"visitor": "alice@example.com", "message": "back again"}}
"""

from __future__ import annotations

from typing import Any

sample_schema: dict[str, Any] = {
    "type": "object",
    "properties": {
        # Whose visit it is; the caller's when left out. The permission checker lets nobody name another person.
        "visitor": {"type": "string", "minLength": 1, "maxLength": 128},
        # Kept until the next visit.
        "message": {"type": "string", "minLength": 1, "maxLength": 200},
    },
    "required": ["message"],
    # A misspelt property is refused, not ignored.
    "additionalProperties": False,
}
