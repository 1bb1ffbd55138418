"""Pass empty rules to `setup_validated`, which needs them: a router's operations have their schemas in `@api_tool`."""

from __future__ import annotations

from typing import Any

rules: dict[str, dict[str, dict[str, dict[str, Any]]]] = {"validators": {}, "api_validators": {}}
