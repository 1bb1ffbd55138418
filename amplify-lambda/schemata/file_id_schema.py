"""What POST /files/status and POST /files/delete accept: which file is meant.

The whole body is `{"data": <instance of this schema>}`, for example

    {"data": {"fileId": "ada/5f0c.../report.pdf"}}
"""

from __future__ import annotations

from typing import Any

file_id_schema: dict[str, Any] = {
    "type": "object",
    # As POST /files/upload answered it. S3 keeps keys of 1,024 bytes at most.
    "properties": {"fileId": {"type": "string", "minLength": 1, "maxLength": 1024}},
    "required": ["fileId"],
    "additionalProperties": False,
}
