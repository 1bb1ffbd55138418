"""The library's router and the router written by hand; the list of tools; callers with an API key."""

from __future__ import annotations

import hashlib
import secrets
from typing import TYPE_CHECKING, Any

import pytest

from tests.agent_loop.conftest import Client
from tests.agent_loop.test_workflows import COUNT, STATISTICS

if TYPE_CHECKING:
    from pycommon.testing import TokenIssuer
    from tests.agent_loop.conftest import Service
    from tests.conftest import Aws

USAGE = "USAGE_METRICS_DYNAMO_TABLE"
EXAMPLE_2 = {"workflowName": "close day", "steps": [STATISTICS]}


@pytest.fixture
def by_hand(service: Service, cold_agent_loop: dict[str, str], issuer: TokenIssuer) -> Client:
    """Jane at the router written by hand, with its paths."""

    def route(event: Any, context: Any) -> dict[str, Any]:
        path = event["path"].replace("/vu-agent/", "/vu-agent-by-hand/")
        answer: dict[str, Any] = service.core_by_hand.route({**event, "path": path}, context)
        return answer

    return Client(route, issuer.token("jane"))


@pytest.fixture
def with_key(service: Service, aws: Aws, cold_agent_loop: dict[str, str]) -> Any:
    """`with_key(access types)` is a caller with an API key of Jane's."""

    def client(*access_types: str) -> Client:
        key = "amp-v1-" + secrets.token_urlsafe(32)
        item = {
            "api_owner_id": f"jane/ownerKey/{secrets.token_hex(4)}",
            "apiKey": hashlib.shake_256(key.encode()).hexdigest(64),
            "owner": "jane",
            "active": True,
            "accessTypes": list(access_types),
            "account": {"id": "acc-2"},
        }
        aws.put("API_KEYS_DYNAMODB_TABLE", item)
        return Client(service.core.route, key)

    return client


@pytest.mark.parametrize("kind", ["ready", "by hand"])
def test_example_2(jane: Client, by_hand: Client, aws: Aws, kind: str) -> None:
    client = jane if kind == "ready" else by_hand
    created = client("POST", "create-workflow", EXAMPLE_2)
    assert (client.status, created.keys()) == (200, {"success", "workflowId"})
    (usage,) = aws.items(USAGE)
    assert (usage["operation"], usage["endpoint"]) == ("create_workflow_handler", "agent_operation")
    assert (usage["user"], usage["account"], usage["success"]) == ("jane", "general_account", True)
    assert jane("GET", f"get-workflow?workflowId={created['workflowId']}")["workflow"]["steps"] == [STATISTICS]


def test_what_is_written_by_hand_answers_as_the_guidelines_have_it(by_hand: Client, aws: Aws) -> None:
    assert by_hand("POST", "unheard-of", {}) == {"success": False, "error": "Invalid path"}
    assert '"steps" is a required property' in by_hand("POST", "create-workflow", {"workflowName": "w"})["error"]
    assert aws.items(USAGE) == []
    refused = by_hand("POST", "create-workflow", {"workflowName": "w", "steps": [{"operation": "launchRocket"}]})
    assert refused["error"].startswith("The steps cannot be run")
    assert by_hand("POST", "add-to-counter", {"key": "k"}) == {"success": True, "count": 1}
    assert by_hand("POST", "run-workflow", {"workflowId": "0" * 32})["error"] == "Invalid path"
    assert by_hand("POST", "put-note", {"key": "k", "value": 1})["error"] == "Invalid path"
    assert sorted((item["operation"], item["status_code"]) for item in aws.items(USAGE)) == [
        ("add_to_counter", 200),
        ("create_workflow_handler", 400),
    ]


def test_a_fault_is_not_described_to_the_caller_by_hand_either(
    by_hand: Client, aws: Aws, caplog: pytest.LogCaptureFixture
) -> None:
    aws.client("dynamodb").delete_table(TableName=aws.variables["AGENT_NOTES_TABLE"])
    assert by_hand("POST", "add-to-counter", {"key": "k"}) == {"success": False, "error": "Internal server error"}
    assert "ResourceNotFoundException" in caplog.text
    assert [item["status_code"] for item in aws.items(USAGE)] == [500]


def test_the_tools_with_their_schemas(jane: Client) -> None:
    tools = {tool["name"]: tool for tool in jane("GET", "tools")["tools"]}
    assert {"createWorkflow", "runWorkflow", "putNote", "textStatistics", "listTools"} <= tools.keys()
    assert tools["createWorkflow"]["path"] == "/vu-agent/create-workflow"
    assert tools["createWorkflow"]["parameters"]["required"] == ["workflowName", "steps"]
    assert tools["getNote"]["method"] == "GET"
    assert {tool["name"] for tool in jane("GET", "tools?tag=text")["tools"]} == {"textStatistics"}
    assert jane("GET", "tools?tag=none")["tools"] == []


def test_every_tool_has_a_description_and_closed_schemas(service: Service) -> None:
    for operation in service.operations.values():
        entry = operation.entry
        assert entry["description"].endswith("."), operation.path
        assert entry["parameters"]["additionalProperties"] is False, operation.path
        assert entry["output"]["required"], operation.path
        assert entry["tags"], operation.path


def test_an_api_key_may_work_and_not_throw_away(jane: Client, with_key: Any, aws: Aws) -> None:
    program = with_key("assistants")
    workflow_id = program.create(COUNT)
    assert program.run(workflow_id)["state"] == "succeeded"
    program("DELETE", f"delete-workflow?workflowId={workflow_id}")
    assert program.status == 403
    shown = {tool["name"] for tool in program("GET", "tools")["tools"]}
    assert not shown & {"deleteWorkflow", "deleteNote"}
    assert {tool["name"] for tool in jane("GET", "tools")["tools"]} - shown == {"deleteWorkflow", "deleteNote"}
    # Neither does it by a step of a run.
    removing = program.create({"operation": "deleteNote", "arguments": {"key": "k"}})
    assert program.steps(program.run(removing)["runId"])[0]["error"]["status"] == 403
    assert jane.run(removing)["state"] == "succeeded"
    paid = {(item["account"], item.get("api_key_id", "") != "") for item in aws.items(USAGE)}
    assert paid == {("acc-2", True), ("general_account", False)}


@pytest.mark.parametrize(("access", "status"), [("assistants", 200), ("full_access", 200), ("file_upload", 403)])
def test_an_api_key_needs_the_access_type(with_key: Any, access: str, status: int) -> None:
    client = with_key(access)
    client("GET", "tools")
    assert client.status == status
