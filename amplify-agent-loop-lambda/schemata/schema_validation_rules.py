"""Define empty rules for `setup_validated`, which needs rules. The schemas of a router's operations are in `@api_tool`."""

from __future__ import annotations

from typing import Any

rules: dict[str, dict[str, dict[str, dict[str, Any]]]] = {"validators": {}, "api_validators": {}}
