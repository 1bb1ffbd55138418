"""What POST /files/upload accepts: the announcement of one file.

The whole body is `{"data": <instance of this schema>}`, for example

    {"data": {"fileName": "report.pdf", "fileType": "application/pdf", "fileSize": 48213}}
"""

from __future__ import annotations

from typing import Any

from files.document_formats import FORMAT_BY_CONTENT_TYPE
from files.presigned_upload import MAX_VALIDITY_SECONDS

upload_file_schema: dict[str, Any] = {
    "type": "object",
    "properties": {
        "fileName": {"type": "string", "minLength": 1, "maxLength": 255},
        # Only what can be made into text; another type is refused now and not after the upload.
        "fileType": {"type": "string", "enum": sorted(FORMAT_BY_CONTENT_TYPE)},
        # Bytes. Who gives it gets an address that takes exactly so many; the limit stands in permissions.py.
        "fileSize": {"type": "integer", "minimum": 1},
        # Seconds until an upload must have begun.
        "expiresIn": {"type": "integer", "minimum": 1, "maximum": MAX_VALIDITY_SECONDS},
    },
    "required": ["fileName", "fileType"],
    # A misspelt property is refused, not ignored.
    "additionalProperties": False,
}
