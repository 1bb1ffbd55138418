"""Define the dict of the operations by path. `@api_tool` fills the dict while the modules of handlers are imported."""

from __future__ import annotations

from typing import Any

route_data: dict[str, dict[str, Any]] = {}
