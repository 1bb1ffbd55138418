"""POST /sample/visits as clients call it, over HTTP."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

from demo import aws_lookups
from tests.end_to_end.conftest import CANARY

if TYPE_CHECKING:
    from pycommon_cli.local.local_aws import LocalAws
    from pycommon_cli.local.rest_api import RestResponse

PATH = "/sample/visits"


def post(stack: LocalAws, token: str | None, body: Any) -> RestResponse:
    return stack.call("POST", PATH, data=body, token=token)


def test_the_table_is_really_read_and_written(stack: LocalAws) -> None:
    token = stack.token("grace")
    first = post(stack, token, {"data": {"message": f"one {CANARY}"}}).json()
    second = post(stack, token, {"data": {"message": "two"}}).json()
    assert (first["visits"], first["previousMessage"]) == (1, None)
    assert (second["visits"], second["previousMessage"]) == (2, f"one {CANARY}")
    table = aws_lookups.variables(stack)["SAMPLE_DYNAMODB_TABLE"]
    item = stack.client("dynamodb").get_item(TableName=table, Key={"id": {"S": "grace"}})["Item"]
    assert item["visits"] == {"N": "2"}


def test_visits_at_once_are_all_counted_or_answered_409(stack: LocalAws) -> None:
    token = stack.token("eight-hands")
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda n: post(stack, token, {"data": {"message": f"visit {n}"}}), range(24)))
    counted = [answer.json()["visits"] for answer in answers if answer.status == 200]
    assert {answer.status for answer in answers} <= {200, 409}
    assert sorted(counted) == list(range(1, len(counted) + 1))


def test_every_answer_has_one_shape_and_cors(stack: LocalAws, ada: str) -> None:
    asked: list[tuple[str | None, Any, int]] = [
        (ada, {"data": {"message": CANARY}}, 200),
        (ada, {"data": {"message": CANARY * 40}}, 400),
        (ada, {"data": {}}, 400),
        (ada, {"message": CANARY}, 400),
        (ada, [CANARY], 400),
        (ada, f"{{{CANARY}", 400),
        (None, {"data": {"message": CANARY}}, 401),
        ("amp-v1-" + "x" * 43, {"data": {"message": CANARY}}, 401),
        (ada, {"data": {"message": CANARY, "visitor": "grace"}}, 403),
    ]
    for token, body, status in asked:
        answer = post(stack, token, body)
        assert answer.status == status, answer
        assert answer.headers["access-control-allow-origin"] == "*"
        if status >= 400:
            assert answer.json().keys() == {"success", "error", "requestId", "details"}
            assert CANARY not in answer.body


def test_the_preflight_needs_no_token(stack: LocalAws) -> None:
    headers = {"Origin": "https://app.example.com", "Access-Control-Request-Method": "POST"}
    answer = stack.call("OPTIONS", PATH, headers=headers)
    assert answer.status == 200
    assert answer.headers["access-control-allow-origin"] == "*"
    assert "Authorization" in answer.headers["access-control-allow-headers"]


def test_the_id_token_is_refused(stack: LocalAws) -> None:
    assert post(stack, stack.tokens("ada").id, {"data": {"message": "x"}}).status == 401


def test_the_usage_item_is_the_specifications(stack: LocalAws, ada: str) -> None:
    stack.client("dynamodb").put_item(
        TableName=aws_lookups.variables(stack)["ACCOUNTS_DYNAMO_TABLE"],
        Item={
            "user": {"S": "paying"},
            "accounts": {"L": [{"M": {"id": {"S": "acc-7"}, "isDefault": {"BOOL": True}}}]},
        },
    )
    assert post(stack, stack.token("paying"), {"data": {"message": "x"}}).status == 200
    (item,) = [
        item
        for item in aws_lookups.items(stack, aws_lookups.variables(stack)["USAGE_METRICS_DYNAMO_TABLE"])
        if item["account"] == "acc-7"
    ]
    specified = {
        "account",
        "timestamp",
        "user",
        "operation",
        "endpoint",
        "event_source",
        "duration_ms",
        "memory_used_mb",
        "memory_allocated_mb",
        "lambda_cost",
        "success",
        "error_type",
        "ttl",
    }
    assert specified <= item.keys()
    assert (item["user"], item["operation"], item["endpoint"]) == ("paying", "record_visit", PATH)
    assert (item["event_source"], item["success"], item["error_type"]) == ("HTTP", True, None)
    assert item["memory_allocated_mb"] == 512
    assert 0 < item["memory_used_mb"] < 512
    assert item["timestamp"].endswith("Z")


def test_the_record_holds_no_value(stack: LocalAws, ada: str) -> None:
    post(stack, ada, {"data": {"message": "x"}})
    variables = aws_lookups.variables(stack)
    uses = aws_lookups.variable_uses(stack)
    assert {use["variable"] for use in uses} >= {"SAMPLE_DYNAMODB_TABLE", "OAUTH_AUDIENCE"}
    for use in uses:
        if len(variables[use["variable"]]) > len("local"):
            assert variables[use["variable"]] not in json.dumps(use, default=str)


def test_the_log_tells_what_was_done_and_nothing_that_was_sent(stack: LocalAws, ada: str) -> None:
    for body in ({"data": {"message": CANARY}}, {"data": {"message": CANARY * 40}}, f"{{{CANARY}"):
        post(stack, ada, body)
    post(stack, ada[:-6] + "AAAAAA", {"data": {"message": CANARY}})
    logged = "\n".join(event.message for event in stack.logs(aws_lookups.FUNCTION))
    assert "visit" in logged
    assert "Token refused: the signature does not verify" in logged
    assert CANARY not in logged
    assert ada.split(".")[1] not in logged
