"""Define the operation that waits, for a pause between two steps."""

from __future__ import annotations

import time
from typing import Any

from pycommon.api.ops import api_tool
from service.operation_schemas import answer, arguments

__all__ = ["wait"]


@api_tool(
    path="/vu-agent/wait",
    tags=["time"],
    name="wait",
    description="Wait for some seconds, for example between two steps.",
    parameters=arguments("seconds", seconds={"type": "number", "minimum": 0, "maximum": 20}),
    output=answer(),
    method="GET",
)
def wait(current_user: str, seconds: float) -> dict[str, Any]:
    """Wait for `seconds`. The caller pays for this time, as for the time of every other operation."""
    time.sleep(seconds)
    return {"success": True}
