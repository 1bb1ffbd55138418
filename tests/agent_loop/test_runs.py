"""Runs through the router: each step is checked like a call, recorded, limited, and never executed twice."""

from __future__ import annotations

import itertools
import time
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from pycommon.api.ops import api_tool
from pycommon.testing import fresh_execution_environment
from tests.agent_loop.test_workflows import COUNT, STATISTICS, reference
from tests.metrics.faulty_dynamodb import Fault, FaultyDynamoDB
from workflows import run_store
from workflows.run_lease import RunLease

if TYPE_CHECKING:
    from tests.agent_loop.conftest import Client
    from tests.conftest import Aws

USAGE = "USAGE_METRICS_DYNAMO_TABLE"
WAIT: dict[str, Any] = {"operation": "wait", "arguments": {"seconds": 0.05}}


def counter(aws: Aws, key: str = "visits") -> int:
    counts = [item["count"] for item in aws.items("AGENT_NOTES_TABLE") if item["id"] == f"counter/{key}"]
    return int(counts[0]) if counts else 0


def pass_the_lease(aws: Aws) -> None:
    """Let all leases expire."""
    table = aws.variables["WORKFLOW_RUNS_TABLE"]
    for item in aws.items("WORKFLOW_RUNS_TABLE"):
        if item["id"].startswith("run/"):
            aws.client("dynamodb").update_item(
                TableName=table,
                Key={"owner": {"S": item["owner"]}, "id": {"S": item["id"]}},
                UpdateExpression="SET lease_until_ms = :past",
                ExpressionAttributeValues={":past": {"N": "1"}},
            )


def states(client: Client, run_id: str) -> list[str]:
    return [step["state"] for step in client.steps(run_id)]


def test_a_run_hands_results_on_and_records_each_step(jane: Client, aws: Aws) -> None:
    workflow_id = jane.create(
        STATISTICS,
        {"id": "c", "operation": "addToCounter", "arguments": {"key": "words", "by": reference("s", "/words")}},
        {"operation": "putNote", "arguments": {"key": "sum", "value": [reference("c", "/count"), reference("s")]}},
        {"operation": "getNote", "arguments": {"key": "sum"}},
        name="count words",
    )
    ran = jane.run(workflow_id)
    assert (jane.status, ran["success"], ran["state"], ran["stepsDone"]) == (200, True, "succeeded", 4)
    assert ran["result"]["value"] == [2, {"success": True, "characters": 7, "words": 2, "lines": 1}]
    got = jane("GET", f"get-run?runId={ran['runId']}")
    assert (got["run"]["workflowName"], got["run"]["state"], got["run"]["stepsDone"]) == ("count words", "succeeded", 4)
    assert [step["attempt"] for step in got["steps"]] == [1, 1, 1, 1]
    assert got["steps"][1]["result"] == {"success": True, "count": 2}
    assert all(step["startedAt"] <= step["endedAt"] for step in got["steps"])
    assert [run["runId"] for run in jane("GET", "list-runs")["runs"]] == [ran["runId"]]


def test_each_step_has_its_item_and_no_time_counts_twice(jane: Client, aws: Aws) -> None:
    workflow_id = jane.create(COUNT, WAIT, STATISTICS)
    before = len(aws.items(USAGE))
    began = time.perf_counter()
    jane.run(workflow_id)
    elapsed_ms = (time.perf_counter() - began) * 1000
    items = sorted(aws.items(USAGE), key=lambda item: item["timestamp"])[before:]
    assert [item["operation"] for item in items] == [
        "run_workflow_handler",
        "add_to_counter",
        "wait",
        "text_statistics",
    ]
    assert {(item["user"], item["account"], item["endpoint"]) for item in items} == {
        ("jane", "general_account", "agent_operation")
    }
    assert sum(item["duration_ms"] for item in items) <= elapsed_ms
    assert next(item for item in items if item["operation"] == "wait")["duration_ms"] >= 50
    assert [item["request_cost"] > 0 for item in items] == [True, False, False, False]


def test_a_resumed_run_that_is_done_does_nothing(jane: Client, aws: Aws) -> None:
    ran = jane.run(jane.create(COUNT))
    again = jane.resume(ran["runId"])
    assert (again["state"], again["result"], counter(aws)) == ("succeeded", ran["result"], 1)


def test_a_step_that_fails_stops_the_run_which_goes_on_after_mending(jane: Client, aws: Aws) -> None:
    get_note = {"id": "read", "operation": "getNote", "arguments": {"key": "rate"}}
    ran = jane.run(jane.create(COUNT, get_note, COUNT))
    assert (ran["success"], ran["state"], ran["stoppedAt"]) == (False, "failed", "read")
    assert ran["error"] == 'Step "read" failed: You have no note under this key'
    assert jane.steps(ran["runId"])[1]["error"]["status"] == 404
    assert jane.resume(ran["runId"])["state"] == "failed"
    jane("PUT", "put-note", {"key": "rate", "value": 7})
    done = jane.resume(ran["runId"])
    assert (done["state"], done["stepsDone"], counter(aws)) == ("succeeded", 3, 2)
    assert [step["attempt"] for step in jane.steps(ran["runId"])] == [1, 3, 1]


@pytest.mark.parametrize(
    ("steps", "status", "message"),
    [
        ([STATISTICS, {"operation": "getNote", "arguments": {"key": reference("s", "/words")}}], 400, "do not fit"),
        (
            [STATISTICS, {"operation": "getNote", "arguments": {"key": reference("s", "/letters")}}],
            422,
            '/key: the result of step "s" has no /letters',
        ),
        ([{"operation": "getWorkflow", "arguments": {"workflowId": "0" * 32}}], 404, "no such workflow"),
    ],
)
def test_what_only_the_run_can_tell_is_recorded_with_its_step(
    jane: Client, steps: list[dict[str, Any]], status: int, message: str
) -> None:
    ran = jane.run(jane.create(*steps))
    assert (jane.status, ran["state"]) == (200, "failed")
    error = jane.steps(ran["runId"])[-1]["error"]
    assert (error["status"], message in error["message"]) == (status, True)


def test_a_fault_of_the_code_is_told_to_operators_and_not_to_the_caller(
    jane: Client, aws: Aws, caplog: pytest.LogCaptureFixture
) -> None:
    @api_tool("/vu-agent/boom", "boom", "Fail.")
    def boom(current_user: str) -> None:
        raise RuntimeError("the disk of db-7 is full")

    ran = jane.run(jane.create({"id": "b", "operation": "boom", "arguments": {}}))
    assert ran["error"] == 'Step "b" failed: Internal server error'
    assert "the disk of db-7 is full" in caplog.text
    (report,) = aws.messages()
    assert '"functionName":"boom"' in report
    assert "db-7" not in report


def test_a_step_has_the_permissions_and_the_limit_of_a_call(jane: Client, aws: Aws) -> None:
    @api_tool("/vu-agent/forbidden", "forbidden", "For nobody.", permissions=lambda _user, _data: False)
    def forbidden(current_user: str) -> None: ...

    workflow_id = jane.create(COUNT, {"operation": "forbidden"})
    ran = jane.run(workflow_id)
    assert [step.get("error", {}).get("status") for step in jane.steps(ran["runId"])] == [None, 403]
    account = {"id": "acc-1", "isDefault": True, "rateLimit": {"period": "Monthly", "rate": Decimal(1)}}
    aws.put("ACCOUNTS_DYNAMO_TABLE", {"user": "jane", "accounts": [account]})
    aws.put("COST_CALCULATIONS_DYNAMO_TABLE", {"id": "jane", "accountInfo": "a", "monthlyCost": Decimal(2)})
    with fresh_execution_environment({}):
        jane.run(workflow_id)
    assert jane.status == 429
    assert counter(aws) == 1


def test_an_operation_that_has_gone_fails_its_step(jane: Client, service: Any, monkeypatch: Any) -> None:
    from pycommon.api.ops import registry

    workflow_id = jane.create(STATISTICS)
    remaining = {path: each for path, each in service.operations.items() if each.name != "textStatistics"}
    monkeypatch.setattr(registry, "_by_path", remaining)
    ran = jane.run(workflow_id)
    assert (ran["state"], "operation no longer exists" in ran["error"]) == ("failed", True)


def test_a_result_that_is_too_large_is_not_kept_and_its_step_not_repeated(jane: Client, aws: Aws) -> None:
    calls = []

    @api_tool("/vu-agent/large", "large", "A large result.", {"properties": {"size": {}}, "required": ["size"]})
    def large(current_user: str, size: int) -> str:
        calls.append(size)
        return "x" * size

    fits = {"id": "fits", "operation": "large", "arguments": {"size": 65_534}}
    too_large = {"id": "large", "operation": "large", "arguments": {"size": 65_535}}
    keep = {"id": "keep", "operation": "putNote", "arguments": {"key": "k", "value": reference("large")}}
    ran = jane.run(jane.create(fits, too_large, keep))
    steps = jane.steps(ran["runId"])
    assert (len(steps[0]["result"]), steps[1]["resultTooLargeBytes"]) == (65_534, 65_537)
    assert [step["state"] for step in steps] == ["succeeded", "succeeded", "failed"]
    assert ran["error"] == 'Step "keep" failed: /value: the result of step "large" was not stored'
    jane.resume(ran["runId"])
    assert calls == [65_534, 65_535]


def test_the_largest_run_can_be_kept_and_read(jane: Client) -> None:
    @api_tool("/vu-agent/quotes", "quotes", "What is escaped twice.")
    def quotes(current_user: str) -> str:
        return '"' * 32_766

    steps = [{"operation": "putNote", "arguments": {"key": "k", "value": "x" * 55_000}}]
    ran = jane.run(jane.create(*steps, *[{"operation": "quotes"}] * 24))
    assert (ran["state"], ran["stepsDone"]) == ("succeeded", 25)
    import json

    answer = json.dumps({"body": json.dumps(jane("GET", f"get-run?runId={ran['runId']}"))})
    assert 1_500_000 < len(answer) < 6_000_000


# Time, depth, and two at once


def test_a_run_without_time_is_suspended_and_goes_on(jane: Client, aws: Aws) -> None:
    @api_tool("/vu-agent/slow", "slow", "Take a second.")
    def slow(current_user: str) -> dict[str, Any]:
        time.sleep(1)
        return {"success": True}

    workflow_id = jane.create(COUNT, {"id": "slow", "operation": "slow"}, COUNT, COUNT)
    ran = jane.run(workflow_id, timeout_s=5.9)
    assert (ran["success"], ran["state"], ran["stepsDone"]) == (True, "suspended", 2)
    assert states(jane, ran["runId"]) == ["succeeded", "succeeded", "pending", "pending"]
    assert counter(aws) == 1
    done = jane.resume(ran["runId"])
    assert (done["state"], done["stepsDone"], counter(aws)) == ("succeeded", 4, 3)


def test_a_run_that_begins_without_time_begins_no_step(jane: Client, aws: Aws) -> None:
    ran = jane.run(jane.create(COUNT), timeout_s=4)
    assert (ran["state"], ran["stepsDone"], counter(aws)) == ("suspended", 0, 0)
    assert jane.resume(ran["runId"])["state"] == "succeeded"


def nested(jane: Client, *steps: dict[str, Any]) -> str:
    """A workflow that runs another one with `steps`."""
    inner = jane.create(*steps)
    return jane.create({"id": "inner", "operation": "runWorkflow", "arguments": {"workflowId": inner}}, COUNT)


def test_a_step_may_run_another_workflow(jane: Client, aws: Aws) -> None:
    ran = jane.run(nested(jane, STATISTICS, COUNT))
    inner = jane.steps(ran["runId"])[0]["result"]
    assert (ran["state"], inner["state"], inner["result"]["count"]) == ("succeeded", "succeeded", 1)
    assert inner["runId"] == f"{ran['runId']}.000"
    assert states(jane, inner["runId"]) == ["succeeded", "succeeded"]
    assert counter(aws) == 2


def test_a_nested_run_that_fails_is_carried_on_by_the_outer_one(jane: Client, aws: Aws) -> None:
    ran = jane.run(nested(jane, COUNT, {"operation": "getNote", "arguments": {"key": "rate"}}))
    assert (ran["state"], counter(aws)) == ("failed", 1)
    jane("PUT", "put-note", {"key": "rate", "value": 7})
    assert (jane.resume(ran["runId"])["state"], counter(aws)) == ("succeeded", 2)


def test_a_nested_run_without_time_suspends_both(jane: Client, aws: Aws) -> None:
    @api_tool("/vu-agent/slow", "slow", "Take a second.")
    def slow(current_user: str) -> dict[str, Any]:
        time.sleep(1)
        return {"success": True}

    ran = jane.run(nested(jane, COUNT, {"operation": "slow"}, COUNT), timeout_s=5.9)
    assert (ran["state"], ran["stoppedAt"], counter(aws)) == ("suspended", "inner", 1)
    assert states(jane, ran["runId"]) == ["suspended", "pending"]
    assert (jane.resume(ran["runId"])["state"], counter(aws)) == ("succeeded", 3)


def test_a_workflow_that_runs_itself_comes_to_an_end(jane: Client, aws: Aws) -> None:
    workflow_id = jane.create(COUNT)
    itself = {"operation": "runWorkflow", "arguments": {"workflowId": workflow_id}}
    jane("PATCH", "update-workflow", {"workflowId": workflow_id, "version": 1, "steps": [COUNT, itself]})
    ran = jane.run(workflow_id)
    assert (ran["state"], counter(aws)) == ("failed", 3)
    deepest = jane.steps(f"{ran['runId']}.001.001")[1]["error"]
    assert (deepest["status"], "nested 3 levels deep" in deepest["message"]) == (422, True)


def test_a_run_keeps_the_steps_that_it_began_with(jane: Client, aws: Aws) -> None:
    workflow_id = jane.create(COUNT, {"operation": "getNote", "arguments": {"key": "rate"}})
    ran = jane.run(workflow_id)
    jane("PATCH", "update-workflow", {"workflowId": workflow_id, "version": 1, "steps": [STATISTICS]})
    jane("PUT", "put-note", {"key": "rate", "value": 7})
    assert jane.resume(ran["runId"])["result"] == {"success": True, "value": 7}
    jane("DELETE", f"delete-workflow?workflowId={workflow_id}")
    assert jane("GET", f"get-run?runId={ran['runId']}")["run"]["workflowVersion"] == 1


@pytest.mark.usefixtures("cold_agent_loop")
def test_of_many_resumes_at_once_one_goes_on(jane: Client, aws: Aws) -> None:
    ran = jane.run(jane.create(*[COUNT, WAIT] * 6), timeout_s=4)
    assert ran["stepsDone"] == 0
    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(lambda _: jane.resume(ran["runId"]).get("state"), range(6)))
    assert answers.count("succeeded") >= 1
    assert set(answers) <= {"succeeded", None}
    assert answers.count(None) == jane.statuses.count(409) >= 1
    assert counter(aws) == 6
    assert [step["attempt"] for step in jane.steps(ran["runId"])] == [1] * 12


def test_an_execution_that_has_lost_its_lease_writes_nothing_more(jane: Client, aws: Aws) -> None:
    """The lease has expired, another execution continues the run, and the first execution continues too."""
    import threading

    begun, awake = threading.Event(), threading.Event()

    @api_tool("/vu-agent/sleep-once", "sleepOnce", "Sleep, the first time.", method="GET")
    def sleep_once(current_user: str) -> dict[str, Any]:
        if not begun.is_set():
            begun.set()
            awake.wait(10)
        return {"success": True}

    workflow_id = jane.create(COUNT, {"operation": "sleepOnce"}, COUNT)
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(jane.run, workflow_id)
        assert begun.wait(10)
        run_id = jane("GET", "list-runs")["runs"][0]["runId"]
        pass_the_lease(aws)
        assert jane.resume(run_id)["state"] == "succeeded"
        awake.set()
        assert first.result()["error"] == "Another execution has continued this run meanwhile"
    assert counter(aws) == 2
    assert [step["attempt"] for step in jane.steps(run_id)] == [1, 2, 1]


def test_answers_of_dynamodb_that_get_lost_stop_nothing(jane: Client, aws: Aws) -> None:
    """Every second write loses its response. The SDK retries, and its condition fails because of its own write."""
    workflow_id = jane.create(COUNT, STATISTICS, COUNT)
    every_other = itertools.cycle([Fault.DROPPED_AFTERWARDS, Fault.NONE])
    with (
        FaultyDynamoDB(aws.client.endpoint, "PutItem", lambda: next(every_other)) as dynamodb,
        fresh_execution_environment({"AWS_ENDPOINT_URL_DYNAMODB": dynamodb.endpoint}),
    ):
        ran = jane.run(workflow_id)
    assert (ran["state"], ran["stepsDone"], counter(aws)) == ("succeeded", 3, 2)
    assert {step["attempt"] for step in jane.steps(ran["runId"])} == {1}
    assert dynamodb.met[Fault.DROPPED_AFTERWARDS] >= 8


def test_a_lease_whose_answer_got_lost_is_held(jane: Client, aws: Aws) -> None:
    run_id = jane.run(jane.create(COUNT), timeout_s=4)["runId"]
    lost = itertools.chain([Fault.DROPPED_AFTERWARDS], itertools.repeat(Fault.NONE))
    with (
        FaultyDynamoDB(aws.client.endpoint, "UpdateItem", lambda: next(lost)) as dynamodb,
        fresh_execution_environment({"AWS_ENDPOINT_URL_DYNAMODB": dynamodb.endpoint}),
    ):
        lease = RunLease.of(None)
        assert run_store.take("jane", run_id, lease).holder == lease.holder
    assert dynamodb.met[Fault.NONE] >= 1
    jane.resume(run_id)
    assert jane.status == 409


def test_who_comes_too_early_is_told_when_to_come_again(jane: Client, aws: Aws) -> None:
    import threading

    begun, end = threading.Event(), threading.Event()

    @api_tool("/vu-agent/hold", "hold", "Hold.")
    def hold(current_user: str) -> dict[str, Any]:
        begun.set()
        end.wait(10)
        return {"success": True}

    workflow_id = jane.create({"operation": "hold"})
    with ThreadPoolExecutor(1) as pool:
        running = pool.submit(jane.run, workflow_id, timeout_s=20)
        assert begun.wait(10)
        (run,) = jane("GET", "list-runs")["runs"]
        assert run["state"] == "running"
        refused = jane.resume(run["runId"])
        assert (refused["error"], jane.status) == ("Another execution is running this run at the moment", 409)
        end.set()
        assert running.result()["state"] == "succeeded"
