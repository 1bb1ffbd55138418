"""Run an execution environment of the agent loop in a separate process, which the test kills.

Reads one event a line from stdin (JSON, with the invocation's time as `timeout_s` beside it), and writes the answer's
body as a line to stdout. Two further operations stand still until killed, having said so on stdout; with the argument
`go` they do not.
"""

from __future__ import annotations

import json
import sys
import time
from typing import Any

from pycommon.api.ops import api_tool
from pycommon.testing import LambdaContext
from service.core import route
from service.note_handlers import add_to_counter

HELD = "held"
KEY = {"type": "object", "properties": {"key": {"type": "string"}}, "required": ["key"]}


def hold() -> None:
    """Wait, unless the test disables waiting."""
    if "go" not in sys.argv:
        tell(HELD)
        time.sleep(600)


def tell(value: Any) -> None:
    """Send a line to the test."""
    sys.stdout.write(json.dumps(value) + "\n")
    sys.stdout.flush()


@api_tool("/vu-agent/look", "look", "Look, which may be repeated.", method="GET")
def look(current_user: str) -> dict[str, Any]:
    """Wait before the operation ends."""
    hold()
    return {"success": True}


@api_tool("/vu-agent/count-and-hold", "countAndHold", "Count, which must not be repeated.", KEY)
def count_and_hold(current_user: str, key: str) -> dict[str, Any]:
    """Wait after the count has taken effect, and before the response."""
    counted: dict[str, Any] = add_to_counter(current_user=current_user, key=key)
    hold()
    return counted


if __name__ == "__main__":
    for line in sys.stdin:
        call = json.loads(line)
        tell(json.loads(route(call["event"], LambdaContext(timeout_s=call["timeout_s"]))["body"]))
