"""Define the schema of POST /files/status and POST /files/delete: the id of a file.

The whole body is `{"data": <instance of this schema>}`, for example

    {"data": {"fileId": "ada/5f0c.../report.pdf"}}
"""

from __future__ import annotations

from typing import Any

file_id_schema: dict[str, Any] = {
    "type": "object",
    # The `fileId` of the response to POST /files/upload. A key in S3 has at most 1,024 bytes.
    "properties": {"fileId": {"type": "string", "minLength": 1, "maxLength": 1024}},
    "required": ["fileId"],
    "additionalProperties": False,
}
