"""The agent loop as clients call it, over HTTP: both routers, refusals, runs, and a function that is killed."""

from __future__ import annotations

import threading
import time
from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import psutil
import pytest

from demo import aws_lookups
from pycommon.authz.accounts import RateLimit
from pycommon.authz.api_key_store import ApiKeyStore
from tests.end_to_end.conftest import CANARY
from tests.end_to_end.policies import without

if TYPE_CHECKING:
    from pycommon_cli.local.local_aws import LocalAws
    from pycommon_cli.local.rest_api import RestResponse

READY, BY_HAND = "amplify-agent-loop-lambda:route", "amplify-agent-loop-lambda:route_by_hand"
COUNT: dict[str, Any] = {"operation": "addToCounter", "arguments": {"key": "visits"}}
TEXT: dict[str, Any] = {"id": "s", "operation": "textStatistics", "arguments": {"text": f"one two {CANARY}"}}
EXAMPLE_2 = {"workflowName": "close day", "steps": [TEXT]}


def variables(stack: LocalAws) -> dict[str, str]:
    """The environment of the function."""
    return aws_lookups.variables(stack, READY)


def call(stack: LocalAws, method: str, path: str, token: str | None, data: Any = None) -> RestResponse:
    return stack.call(method, f"/vu-agent/{path}", data=None if data is None else {"data": data}, token=token)


def usage(stack: LocalAws, user: str) -> list[dict[str, Any]]:
    table = variables(stack)["USAGE_METRICS_DYNAMO_TABLE"]
    found = [item for item in aws_lookups.items(stack, table) if item["user"] == user]
    return sorted(found, key=lambda item: item["timestamp"])


def counter(stack: LocalAws, user: str) -> int:
    key = {"owner": {"S": user}, "id": {"S": "counter/visits"}}
    answer = stack.client("dynamodb").get_item(TableName=variables(stack)["AGENT_NOTES_TABLE"], Key=key)
    return int(answer["Item"]["count"]["N"]) if "Item" in answer else 0


@pytest.mark.parametrize(("prefix", "user"), [("/vu-agent", "ready-user"), ("/vu-agent-by-hand", "by-hand-user")])
def test_example_2_behind_both_routers(stack: LocalAws, prefix: str, user: str) -> None:
    token = stack.token(user)
    answer = stack.call("POST", f"{prefix}/create-workflow", data={"data": EXAMPLE_2}, token=token)
    assert (answer.status, answer.json().keys()) == (200, {"success", "workflowId"})
    assert answer.headers["access-control-allow-origin"] == "*"
    (item,) = usage(stack, user)
    assert (item["operation"], item["endpoint"]) == ("create_workflow_handler", "agent_operation")
    assert (item["success"], item["account"]) == (True, "general_account")
    stored = call(stack, "GET", f"get-workflow?workflowId={answer.json()['workflowId']}", token).json()
    assert stored["workflow"]["workflowName"] == "close day"


def test_refusals_have_the_one_error_body(stack: LocalAws, ada: str) -> None:
    asked: list[tuple[str, str, str | None, Any, int]] = [
        ("POST", "create-workflow", None, EXAMPLE_2, 401),
        ("POST", "create-workflow", ada, {"workflowName": CANARY}, 400),
        ("POST", "unheard-of", ada, {}, 404),
        ("GET", "create-workflow", ada, None, 405),
        ("GET", f"get-run?runId={'0' * 32}", ada, None, 404),
    ]
    for method, path, token, data, status in asked:
        answer = call(stack, method, path, token, data)
        assert answer.status == status, answer
        assert answer.json().keys() == {"success", "error", "requestId", "details"}
        assert CANARY not in answer.body
        assert answer.headers["access-control-allow-origin"] == "*"


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "PATCH", "DELETE"])
def test_the_preflight_allows_every_method(stack: LocalAws, method: str) -> None:
    headers = {"Origin": "https://app.example.com", "Access-Control-Request-Method": method}
    answer = stack.call("OPTIONS", "/vu-agent/tools", headers=headers)
    assert answer.status == 200
    assert method in answer.headers["access-control-allow-methods"]


def test_an_api_key_without_the_access_type_and_one_that_may_not_delete(stack: LocalAws) -> None:
    keys = ApiKeyStore(variables(stack)["API_KEYS_DYNAMODB_TABLE"], stack.client("dynamodb"))
    program = keys.create("programmer", access_types=["assistants"]).key
    other = keys.create("programmer", access_types=["file_upload"]).key
    assert call(stack, "GET", "tools", other).status == 403
    shown = {tool["name"] for tool in call(stack, "GET", "tools", program).json()["tools"]}
    assert "runWorkflow" in shown
    assert "deleteWorkflow" not in shown
    assert call(stack, "DELETE", f"delete-workflow?workflowId={'0' * 32}", program).status == 403
    assert [item["status_code"] for item in usage(stack, "programmer")] == [200, 403]


def test_a_limit_that_is_reached_is_429(stack: LocalAws) -> None:
    known = variables(stack)
    limit = {"M": {"period": {"S": "Daily"}, "rate": {"N": "0"}}}
    account = {"M": {"id": {"S": "acc-0"}, "isDefault": {"BOOL": True}, "rateLimit": limit}}
    stack.client("dynamodb").put_item(
        TableName=known["ACCOUNTS_DYNAMO_TABLE"], Item={"user": {"S": "poor"}, "accounts": {"L": [account]}}
    )
    answer = call(stack, "POST", "create-workflow", stack.token("poor"), EXAMPLE_2)
    assert (answer.status, int(answer.headers["retry-after"]) > 0) == (429, True)
    assert [(item["status_code"], item["account"]) for item in usage(stack, "poor")] == [(429, "acc-0")]


def test_each_step_of_a_run_has_its_item_and_the_cold_start_is_paid_once(stack: LocalAws) -> None:
    token = stack.token("runner")
    steps = [TEXT, COUNT, {"operation": "putNote", "arguments": {"key": "n", "value": {"$result": {"step": "s"}}}}]
    created = call(stack, "POST", "create-workflow", token, {"workflowName": "w", "steps": steps}).json()
    ran = call(stack, "POST", "run-workflow", token, {"workflowId": created["workflowId"]}).json()
    assert (ran["state"], ran["stepsDone"]) == ("succeeded", 3)
    items = usage(stack, "runner")
    assert [item["operation"] for item in items] == [
        "create_workflow_handler",
        "run_workflow_handler",
        "text_statistics",
        "add_to_counter",
        "put_note",
    ]
    assert len({item["request_id"] for item in items[1:]}) == 1
    assert sum("init_duration_ms" in item for item in items) <= 1
    assert [item["request_cost"] > 0 for item in items] == [True, True, False, False, False]


def test_a_function_that_is_killed_after_three_of_five_steps(stack: LocalAws) -> None:
    """The function's own process, on the local AWS: SIGKILL, and another one carries the run on."""
    token = stack.token("survivor")
    wait = {"operation": "wait", "arguments": {"seconds": 8}}
    steps = [COUNT, COUNT, COUNT, wait, COUNT]
    created = call(stack, "POST", "create-workflow", token, {"workflowName": "five", "steps": steps}).json()
    run = {"workflowId": created["workflowId"]}
    running = threading.Thread(target=call, args=(stack, "POST", "run-workflow", token, run))
    running.start()
    end = time.monotonic() + 20
    table = variables(stack)["WORKFLOW_RUNS_TABLE"]
    while states(stack, table, "survivor") != [*["succeeded"] * 3, "running", "pending"] and time.monotonic() < end:
        time.sleep(0.2)
    kill_function(stack)
    running.join(40)
    assert counter(stack, "survivor") == 3
    run_id = call(stack, "GET", "list-runs", token).json()["runs"][0]["runId"]
    end = time.monotonic() + 45
    while (answer := call(stack, "POST", "resume-workflow", token, {"runId": run_id})).status == 409:
        assert time.monotonic() < end
        time.sleep(min(5, int(answer.headers["retry-after"])))
    assert (answer.json()["state"], answer.json()["stepsDone"]) == ("succeeded", 5)
    assert counter(stack, "survivor") == 4
    told = call(stack, "GET", f"get-run?runId={run_id}", token).json()["steps"]
    assert [step["attempt"] for step in told] == [1, 1, 1, 2, 1]


def states(stack: LocalAws, table: str, user: str) -> list[str]:
    """Where the run of `user` is, read from the table: the function itself is busy."""
    items = aws_lookups.items(stack, table)
    found = {item["id"][-3:]: item["state"] for item in items if item["owner"] == user and "step/" in item["id"]}
    return [found.get(f"{index:03d}", "pending") for index in range(5)]


def kill_function(stack: LocalAws) -> None:
    """End every process that runs the function."""
    folder = f"ministack-lambda-{stack.function(READY)}-"
    running = psutil.Process(stack.status().pid).children(recursive=True)
    killed = [process for process in running if any(folder in argument for argument in process.cmdline())]
    assert killed
    for process in killed:
        process.kill()


def agent_branches(stack: LocalAws) -> None:
    """Every branch of the service and of the library in it that calls AWS, once: for test_observed_operations."""
    user = f"observed-{datetime.now(UTC).timestamp():.0f}"
    token = stack.token(user)
    keys = ApiKeyStore(variables(stack)["API_KEYS_DYNAMODB_TABLE"], stack.client("dynamodb"))
    limited = keys.create(user, rate_limit=RateLimit("Monthly", Decimal(1_000_000)))
    with without(stack, "dynamodb:PutItem", READY):
        assert call(stack, "POST", "create-workflow", token, EXAMPLE_2).status == 500
    workflow = call(stack, "POST", "create-workflow", token, EXAMPLE_2).json()["workflowId"]
    for path in ("list-workflows", "list-runs", "list-notes"):
        assert call(stack, "GET", path, limited.key).status == 200
    change = {"workflowId": workflow, "version": 1, "workflowName": "v"}
    assert [call(stack, "PATCH", "update-workflow", token, change).status for _ in range(2)] == [200, 409]
    run_id = call(stack, "POST", "run-workflow", token, {"workflowId": workflow}).json()["runId"]
    assert call(stack, "POST", "resume-workflow", token, {"runId": run_id}).status == 200
    for path in (f"get-run?runId={run_id}", f"get-workflow?workflowId={workflow}"):
        assert call(stack, "GET", path, token).status == 200
    assert call(stack, "DELETE", f"delete-workflow?workflowId={workflow}", token).status == 200
    assert call(stack, "PUT", "put-note", token, {"key": "k", "value": 1}).status == 200
    assert call(stack, "GET", "get-note?key=k", token).json()["value"] == 1
    assert call(stack, "DELETE", "delete-note?key=k", token).json()["deleted"] is True
    assert call(stack, "POST", "add-to-counter", token, {"key": "k"}).json()["count"] == 1


def test_nothing_that_was_sent_is_logged(stack: LocalAws) -> None:
    for function in (READY, BY_HAND):
        logged = "\n".join(event.message for event in stack.logs(function))
        assert CANARY not in logged
        assert "eyJ" not in logged
        assert str(EXAMPLE_2["workflowName"]) not in logged
