"""The operations by their path. `set_route_data` has `@api_tool` fill it as the modules of handlers are imported."""

from __future__ import annotations

from typing import Any

route_data: dict[str, dict[str, Any]] = {}
