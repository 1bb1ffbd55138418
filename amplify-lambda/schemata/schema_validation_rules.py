"""Map each path and operation to its schema."""

from __future__ import annotations

from typing import Any

from .file_id_schema import file_id_schema
from .upload_file_schema import upload_file_schema

_by_path: dict[str, dict[str, dict[str, Any]]] = {
    "/files/upload": {"upload_file": upload_file_schema},
    "/files/status": {"get_file": file_id_schema},
    "/files/delete": {"delete_file": file_id_schema},
}

# Path as in serverless.yml with a leading slash -> operation as in @validated -> schema of the request's `data`.
rules: dict[str, dict[str, dict[str, dict[str, Any]]]] = {
    # The rules for callers with a token of the identity provider.
    "validators": _by_path,
    # The rules for callers with an API key. The key must have the access type `file_upload`, or full access.
    "api_validators": _by_path,
}
