"""Define the schema of POST /files/upload: the announcement of one file.

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
        # The content types whose text can be extracted. Other types are refused before the upload.
        "fileType": {"type": "string", "enum": sorted(FORMAT_BY_CONTENT_TYPE)},
        # The size in bytes. If it is given, the upload URL accepts only this size. permissions.py has the limit.
        "fileSize": {"type": "integer", "minimum": 1},
        # The seconds within which the upload must begin.
        "expiresIn": {"type": "integer", "minimum": 1, "maximum": MAX_VALIDITY_SECONDS},
    },
    "required": ["fileName", "fileType"],
    # Refuse misspelt properties.
    "additionalProperties": False,
}
