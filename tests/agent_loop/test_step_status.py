"""Test which results of an operation make a step of a workflow fail."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from pycommon.api.ops import api_tool

if TYPE_CHECKING:
    from tests.agent_loop.conftest import Client


@pytest.mark.parametrize(
    ("result", "state"),
    [
        ({"statusCode": 200}, "succeeded"),
        ({"statusCode": 404}, "failed"),
        ({"statusCode": 599}, "failed"),
        ({"success": False}, "failed"),
        ({"statusCode": "404"}, "succeeded"),
        ({"statusCode": True}, "succeeded"),
        ({"statusCode": 99999}, "succeeded"),
    ],
)
def test_only_a_status_code_of_http_makes_a_step_fail(jane: Client, result: Any, state: str) -> None:
    @api_tool("/vu-agent/result", "result", "Return a result.")
    def operation() -> Any:
        return result

    ran = jane.run(jane.create({"id": "only", "operation": "result"}))
    assert ran["state"] == state
