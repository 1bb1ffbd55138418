"""Check the router: a workflow of three operations, every other operation, and the same operations through MCP."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from demo import aws_lookups
from demo.checks import awaited

if TYPE_CHECKING:
    from demo.checks import Tour

__all__ = ["operated"]

FOLDER = "amplify-agent-loop-lambda"
STEPS = [
    {"id": "count", "operation": "textStatistics", "arguments": {"text": "every execution has a payer"}},
    {"operation": "putNote", "arguments": {"key": "statistics", "value": {"$result": {"step": "count"}}}},
    {"operation": "addToCounter", "arguments": {"key": "runs"}},
]
OPERATIONS = {"create_workflow_handler", "run_workflow_handler", "text_statistics", "put_note", "add_to_counter"}
HEADERS = {"Accept": "application/json, text/event-stream"}
REVISION = "2025-06-18"
OK = 200


def operated(tour: Tour) -> None:
    """Run a workflow, call every operation, and call one operation through MCP. Each call must have a usage item."""
    user = f"kay-{tour.began:.0f}"
    token = tour.stack.token(user)
    workflow = {"workflowName": "statistics", "steps": STEPS}
    created = _call(tour, token, "create-workflow", workflow, "workflowId")
    ran = _call(tour, token, "run-workflow", {"workflowId": created.get("workflowId", "")}, "state")
    done = f"{ran.get('state')}, {ran.get('stepsDone')} steps"
    tour.report.check("the run of a workflow of three operations", done, right=ran.get("state") == "succeeded")
    _others(tour, token, str(created.get("workflowId")), str(ran.get("runId")))
    unknown = tour.stack.call("POST", "/vu-agent/unheard-of", data={"data": {}}, token=token).status
    tour.report.check("POST /vu-agent/unheard-of", str(unknown), right=unknown == 404)  # noqa: PLR2004 - not found
    _agents(tour, token)

    def items() -> list[dict[str, Any]]:
        return [item for item in aws_lookups.usage(tour.stack, tour.began, user) if item["operation"] in OPERATIONS]

    found = awaited(items, len(OPERATIONS) + 1)
    tour.report.check(
        "a usage item for each operation, called in any way",
        ", ".join(str(item["operation"]) for item in found),
        right={item["operation"] for item in found} == OPERATIONS and len(found) == len(OPERATIONS) + 1,
        why=_complaints(tour),
    )


def _agents(tour: Tour, token: str) -> None:
    listed = _mcp(tour, token, "tools/list", {})
    names = [tool["name"] for tool in listed.get("tools", [])]
    tour.report.check("MCP tools/list", f"{len(names)} tools", right="createWorkflow" in names, why=_complaints(tour))
    arguments = {"text": "the same for agents"}
    called = _mcp(tour, token, "tools/call", {"name": "textStatistics", "arguments": arguments})
    content = called.get("structuredContent", {})
    tour.report.check("MCP tools/call textStatistics", json.dumps(content), right=bool(content), why=_complaints(tour))
    refused = tour.stack.call("POST", "/mcp", data={}, headers=HEADERS).status
    tour.report.check("MCP without a token", str(refused), right=refused == 401)  # noqa: PLR2004 - unauthorized


def _others(tour: Tour, token: str, workflow_id: str, run_id: str) -> None:
    """Call the operations that the workflow does not use. The check of declarations needs a call of every operation."""
    requests: tuple[tuple[str, str, dict[str, Any] | None], ...] = (
        ("GET", "list-workflows", None),
        ("GET", f"get-workflow?workflowId={workflow_id}", None),
        ("PATCH", "update-workflow", {"workflowId": workflow_id, "version": 1, "workflowName": "counted"}),
        ("GET", "list-runs", None),
        ("GET", f"get-run?runId={run_id}", None),
        ("POST", "resume-workflow", {"runId": run_id}),
        ("GET", "list-notes", None),
        ("GET", "get-note?key=statistics", None),
        ("DELETE", "delete-note?key=statistics", None),
        ("DELETE", f"delete-workflow?workflowId={workflow_id}", None),
    )
    for method, path, data in requests:
        body = None if data is None else {"data": data}
        answer = tour.stack.call(method, f"/vu-agent/{path}", data=body, token=token)
        shown = f"{method} /vu-agent/{path.partition('?')[0]}"
        came_back = f"{answer.status} {answer.body[:60]}"
        tour.report.check(shown, came_back, right=answer.status == OK, why=_complaints(tour))


def _call(tour: Tour, token: str, path: str, data: dict[str, Any], member: str) -> dict[str, Any]:
    answer = tour.stack.call("POST", f"/vu-agent/{path}", data={"data": data}, token=token)
    body = answer.json() if answer.body.startswith("{") else {}
    right = answer.status == OK and member in body
    tour.report.check(
        f"POST /vu-agent/{path}", f"{answer.status} {answer.body[:80]}", right=right, why=_complaints(tour)
    )
    return dict(body)


def _mcp(tour: Tour, token: str, method: str, params: dict[str, Any]) -> dict[str, Any]:
    """Send one MCP message (Streamable HTTP, without a session), and return the result of the response."""
    message = {"jsonrpc": "2.0", "id": 1, "method": method, "params": params}
    headers = {**HEADERS, "MCP-Protocol-Version": REVISION}
    answer = tour.stack.call("POST", "/mcp", data=message, token=token, headers=headers)
    return dict(answer.json().get("result", {})) if answer.status == OK else {}


def _complaints(tour: Tour) -> str:
    return aws_lookups.complaints(tour.stack, tour.began, f"{FOLDER}:route", f"{FOLDER}:mcp")
