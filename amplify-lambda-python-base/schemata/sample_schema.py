"""Define the schema of POST /sample/visits.

The whole body is `{"data": <instance of this schema>}`, for example

    {"data": {"message": "back again"}}
    {"data": {"visitor": "alice@example.com", "message": "back again"}}
"""

from __future__ import annotations

from typing import Any

sample_schema: dict[str, Any] = {
    "type": "object",
    "properties": {
        # The visitor. The default is the caller. The permission checker refuses any other user.
        "visitor": {"type": "string", "minLength": 1, "maxLength": 128},
        # The message, which is stored until the next visit.
        "message": {"type": "string", "minLength": 1, "maxLength": 200},
    },
    "required": ["message"],
    # Refuse misspelt properties.
    "additionalProperties": False,
}
