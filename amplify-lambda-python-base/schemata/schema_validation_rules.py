"""Map each path and operation to its schema."""

from __future__ import annotations

from typing import Any

from .sample_schema import sample_schema

# Path as in serverless.yml with a leading slash -> operation as in @validated -> schema of the request's `data`.
rules: dict[str, dict[str, dict[str, dict[str, Any]]]] = {
    # Callers with a token of the identity provider.
    "validators": {
        "/sample/visits": {"record_visit": sample_schema},
    },
    # Callers with an API key. Their schemas may differ. Leave an operation out to refuse API keys.
    "api_validators": {
        "/sample/visits": {"record_visit": sample_schema},
    },
}
