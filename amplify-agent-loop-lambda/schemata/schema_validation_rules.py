"""Define empty rules, because `setup_validated` needs rules. `@api_tool` has the schemas of a router's operations."""

from __future__ import annotations

from typing import Any

rules: dict[str, dict[str, dict[str, dict[str, Any]]]] = {"validators": {}, "api_validators": {}}
