"""No rules: a router's operations have their schemas in `@api_tool`. `setup_validated` wants the dict all the same."""

from __future__ import annotations

from typing import Any

rules: dict[str, dict[str, dict[str, dict[str, Any]]]] = {"validators": {}, "api_validators": {}}
