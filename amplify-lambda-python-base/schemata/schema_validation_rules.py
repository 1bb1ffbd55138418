"""Map each path and operation to its schema."""

from __future__ import annotations

from typing import Any

from .sample_schema import sample_schema

# Path as in serverless.yml with a leading slash -> operation as in @validated -> schema of the request's `data`.
rules: dict[str, dict[str, dict[str, dict[str, Any]]]] = {
    # The rules for callers with a token of the identity provider.
    "validators": {
        "/sample/visits": {"record_visit": sample_schema},
    },
    # The rules for callers with an API key. The schemas may differ from the schemas above. To refuse API keys for an
    # operation, leave the operation out.
    "api_validators": {
        "/sample/visits": {"record_visit": sample_schema},
    },
}
