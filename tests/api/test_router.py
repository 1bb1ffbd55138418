"""Test the library's router with real tokens, real tables and the events of every source."""

from __future__ import annotations

import hashlib
import json
import logging
import secrets
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pycommon.api.operation_pipeline import CallContext, call_operation
from pycommon.api.ops import api_tool, registry, set_permissions_by_state
from pycommon.api.router import common_handler, route
from pycommon.authz import setup_validated, validated
from pycommon.decorators import required_env_vars
from pycommon.exceptions import HTTPConflict, HTTPNotFound
from pycommon.metrics import record_usage_with
from pycommon.testing import LambdaContext, alb_event, fresh_execution_environment, http_api_event, rest_api_event

if TYPE_CHECKING:
    from conftest import Aws

    from pycommon.testing import TokenIssuer

USAGE = "USAGE_METRICS_DYNAMO_TABLE"
GREET = {
    "type": "object",
    "properties": {
        "personName": {"type": "string", "minLength": 1, "maxLength": 20},
        "timesShown": {"type": "integer", "default": 1, "minimum": 1},
        "style": {"type": "object", "properties": {"loud": {"type": "boolean", "default": False}}, "default": {}},
    },
    "required": ["personName"],
    "additionalProperties": False,
}
SEARCH = {
    "type": "object",
    "properties": {
        "limit": {"type": "integer", "minimum": 1, "default": 20},
        "tags": {"type": "array", "items": {"type": "string"}, "default": []},
        "exact": {"type": "boolean"},
        "text": {"type": "string"},
    },
}

setup_validated({}, lambda: lambda *_: False)


@pytest.fixture(autouse=True)
def _own_registry(monkeypatch: pytest.MonkeyPatch) -> None:
    """Give each test a registry with only the operations below."""
    monkeypatch.setattr(registry, "_by_path", {})
    monkeypatch.setattr(registry, "_permissions", None)
    describe_operations()


def describe_operations() -> None:
    """Define the operations of these tests."""

    @api_tool("/agent/greet", "greet", "Greet somebody.", GREET)
    def greet_person(current_user: str, person_name: str, times_shown: int, style: dict[str, Any]) -> dict[str, Any]:
        return {"success": True, "by": current_user, "to": person_name, "times": times_shown, "loud": style["loud"]}

    @api_tool("/agent/caller", "caller", "Say who calls.")
    def tell_caller(
        current_user: str,
        access_token: str,
        account_id: str,
        api_key_id: str | None,
        rate_limit: dict[str, Any] | None,
        call_context: CallContext,
    ) -> dict[str, Any]:
        digest = hashlib.sha256(access_token.encode()).hexdigest()
        left = call_context.lambda_context.get_remaining_time_in_millis() > 0
        known = {"user": current_user, "account": account_id, "key": api_key_id, "limit": rate_limit}
        return {**known, "token": digest, "timeLeft": left, "name": call_context.name}

    @api_tool("/agent/search", "search", "Search.", SEARCH, method="GET")
    def search(
        current_user: str, limit: int, tags: list[str], *, exact: bool | None = None, text: str | None = None
    ) -> Any:
        tags.append("seen")  # must not change the default
        return {"limit": limit, "tags": tags, "exact": exact, "text": text}

    @api_tool("/agent/fail", "fail", "Fail in one way or another.", {"properties": {"how": {}}, "required": ["how"]})
    def fail(current_user: str, how: Any) -> Any:
        return end_as(how)

    @api_tool("/agent/replace", "replace", "Replace.", GREET, method="PUT")
    def replace_greeting(current_user: str, **_arguments: Any) -> dict[str, Any]:
        return {"success": True}

    @api_tool("/agent/endpoint", "endpoint", "An endpoint of its own.")
    @validated("endpoint")
    def endpoint(event: Any, context: Any, user: str, name: str, data: Any) -> Any: ...


def end_as(how: Any) -> Any:
    match how:
        case "conflict":
            raise HTTPConflict("It has changed meanwhile")
        case "boom":
            raise ValueError("something that the caller must not read")
        case "unsuccessful":
            return {"success": False, "error": "no luck"}
        case "proxy":
            return {"statusCode": 404, "body": {"success": False, "error": "not here"}}
    return {"success": True}


def post(path: str, data: Any, token: str, **more: Any) -> dict[str, Any]:
    return answer_of(rest_api_event("POST", path, {"data": data}, token=token, **more))


def answer_of(event: Any) -> dict[str, Any]:
    """Return the status and the body of the router's response to `event`."""
    answer = route(event, LambdaContext())
    return {"status": answer["statusCode"], **json.loads(answer["body"])}


@pytest.fixture
def jane(cold_start: dict[str, str], issuer: TokenIssuer) -> str:
    return issuer.token("jane", name="Jane Doe")


def test_arguments_are_snake_case_and_have_their_defaults(jane: str) -> None:
    answer = post("/agent/greet", {"personName": "Ada"}, jane)
    assert answer == {"status": 200, "success": True, "by": "jane", "to": "Ada", "times": 1, "loud": False}
    given_all = {"personName": "Ada", "timesShown": 3, "style": {"loud": True}}
    assert post("/agent/greet", given_all, jane) == {**answer, "times": 3, "loud": True}


@pytest.mark.parametrize(
    ("data", "pointer", "rule"),
    [
        ({}, "/data", "required"),
        ({"personName": 7}, "/data/personName", "type"),
        ({"personName": "Ada", "timesShown": 0}, "/data/timesShown", "minimum"),
        ({"personName": "Ada", "style": {"loud": "yes"}}, "/data/style/loud", "type"),
        ({"personName": "Ada", "person_name": "Eve"}, "/data", "additionalProperties"),
        ({"personName": "Ada", "current_user": "root"}, "/data", "additionalProperties"),
        ("Ada", "/data", "type"),
        (None, "/data", "type"),
    ],
)
def test_arguments_that_do_not_fit_are_400_with_each_fault(jane: str, data: Any, pointer: str, rule: str) -> None:
    answer = post("/agent/greet", data, jane)
    assert (answer["status"], answer["success"]) == (400, False)
    assert (answer["details"][0]["pointer"], answer["details"][0]["rule"]) == (pointer, rule)
    assert answer.keys() == {"status", "success", "error", "requestId", "details"}


@pytest.mark.parametrize("body", [None, "", "{", "[]", "7", '"text"', "{}"])
def test_a_body_without_data_is_400(jane: str, body: str | None) -> None:
    assert answer_of(rest_api_event("POST", "/agent/greet", body, token=jane))["status"] == 400


def test_only_the_library_sets_the_caller_of_a_handler(aws: Aws, jane: str) -> None:
    aws.put("ACCOUNTS_DYNAMO_TABLE", {"user": "jane", "accounts": [{"id": "acc-1", "isDefault": True}]})
    sent = {"current_user": "root", "account_id": "acc-9", "accessToken": "x", "call_context": {}, "rate_limit": None}
    event = rest_api_event("POST", "/agent/caller", {"data": sent, "account": "acc-9"}, token=jane)
    told = answer_of(event)
    assert (told["user"], told["account"], told["key"], told["limit"]) == ("jane", "acc-1", None, None)
    assert told["token"] == hashlib.sha256(jane.encode()).hexdigest()
    assert (told["name"], told["timeLeft"]) == ("Jane Doe", True)


def test_an_unknown_path_is_404_and_another_method_405(jane: str) -> None:
    assert post("/agent/unheard-of", {}, jane)["status"] == 404
    assert post("/agent/endpoint", {}, jane)["status"] == 404  # described, but not behind the router
    refused = route(rest_api_event("POST", "/agent/search", {"data": {}}, token=jane), LambdaContext())
    assert (refused["statusCode"], refused["headers"]["Allow"]) == (405, "GET")
    assert answer_of(rest_api_event("PUT", "/agent/replace", {"data": {"personName": "A"}}, token=jane))["success"]


def test_nobody_gets_in_without_a_token(cold_start: dict[str, str], aws: Aws) -> None:
    assert answer_of(rest_api_event("POST", "/agent/greet", {"data": {"personName": "Ada"}}))["status"] == 401
    assert aws.items(USAGE) == []


@pytest.mark.parametrize(
    ("how", "status", "error", "error_type"),
    [
        ("conflict", 409, "It has changed meanwhile", "HTTPConflict"),
        ("boom", 500, "Internal server error", "ValueError"),
        ("unsuccessful", 200, "no luck", "OperationFailure"),
        ("proxy", 404, "not here", "OperationFailure"),
    ],
)
def test_a_failure_has_the_one_error_body_and_its_item(
    aws: Aws, jane: str, how: str, status: int, error: str, error_type: str
) -> None:
    answer = post("/agent/fail", {"how": how}, jane)
    assert (answer["status"], answer["success"], answer["error"]) == (status, False, error)
    (item,) = aws.items(USAGE)
    assert (item["status_code"], item["success"], item["error_type"]) == (status or 200, False, error_type)
    assert item["operation"] == "fail"


@pytest.mark.parametrize(
    ("path", "data", "status", "operation"),
    [
        ("/agent/greet", {"personName": "Ada"}, 200, "greet_person"),
        ("/agent/greet", {}, 400, "greet_person"),
        ("/agent/unheard-of", {}, 404, "route"),
        ("/agent/search", {}, 405, "route"),
    ],
)
def test_each_call_has_one_usage_item(aws: Aws, jane: str, path: str, data: Any, status: int, operation: str) -> None:
    aws.put("ACCOUNTS_DYNAMO_TABLE", {"user": "jane", "accounts": [{"id": "acc-1", "isDefault": True}]})
    assert post(path, data, jane)["status"] == status
    (item,) = aws.items(USAGE)
    assert (item["account"], item["user"], item["operation"]) == ("acc-1", "jane", operation)
    assert (item["endpoint"], item["status_code"], item["success"]) == ("agent_operation", status, status == 200)
    assert "api_key_id" not in item


def test_an_api_key_pays_from_its_account_and_is_named(aws: Aws, cold_start: dict[str, str]) -> None:
    key = "amp-v1-" + secrets.token_urlsafe(32)
    item = {
        "api_owner_id": "jane/ownerKey/1",
        "apiKey": hashlib.shake_256(key.encode()).hexdigest(64),
        "owner": "jane",
        "active": True,
        "accessTypes": ["full_access"],
        "account": {"id": "acc-2"},
    }
    aws.put("API_KEYS_DYNAMODB_TABLE", item)
    assert post("/agent/caller", {}, key)["key"] == "jane/ownerKey/1"
    (usage,) = aws.items(USAGE)
    assert (usage["account"], usage["api_key_id"], usage["user"]) == ("acc-2", "jane/ownerKey/1", "jane")


def test_a_spent_budget_is_429_with_its_item(aws: Aws, jane: str) -> None:
    account = {"id": "acc-1", "isDefault": True, "rateLimit": {"period": "Daily", "rate": 0}}
    aws.put("ACCOUNTS_DYNAMO_TABLE", {"user": "jane", "accounts": [account]})
    answer = route(rest_api_event("POST", "/agent/greet", {"data": {"personName": "A"}}, token=jane), LambdaContext())
    assert answer["statusCode"] == 429
    assert int(answer["headers"]["Retry-After"]) > 0
    assert [item["status_code"] for item in aws.items(USAGE)] == [429]


def test_the_cold_start_is_billed_once(aws: Aws, jane: str) -> None:
    post("/agent/greet", {"personName": "Ada"}, jane)
    post("/agent/greet", {"personName": "Ada"}, jane)
    first, second = sorted(aws.items(USAGE), key=lambda item: item["timestamp"])
    assert (first["cold_start"], second["cold_start"]) == (True, False)
    assert "init_duration_ms" not in second
    # The time of the operation includes the checks before it (token, account).
    assert first["duration_ms"] > second["duration_ms"] > 0


def test_time_and_request_of_nested_calls_count_once(aws: Aws, jane: str) -> None:
    import time

    @api_tool("/agent/inner", "inner", "Take a tenth of a second.")
    def inner(current_user: str) -> dict[str, Any]:
        time.sleep(0.1)
        return {"success": True}

    @api_tool("/agent/outer", "outer", "Call another one twice.")
    def outer(current_user: str, call_context: CallContext) -> dict[str, Any]:
        operation = registry.named("inner")
        assert operation is not None
        return {"success": all(call_operation(operation, {}, call_context)["success"] for _ in range(2))}

    post("/agent/greet", {"personName": "warm"}, jane)
    began = time.perf_counter()
    assert post("/agent/outer", {}, jane)["success"] is True
    elapsed_ms = (time.perf_counter() - began) * 1000
    items = {name: [i for i in aws.items(USAGE) if i["operation"] == name] for name in ("inner", "outer")}
    assert [len(items["inner"]), len(items["outer"])] == [2, 1]
    assert all(item["duration_ms"] >= 100 for item in items["inner"])
    assert sum(item["duration_ms"] for item in (*items["inner"], *items["outer"])) <= elapsed_ms
    assert [item["request_cost"] > 0 for item in (*items["inner"], *items["outer"])] == [False, False, True]


# Permission


def checked_by(name: str, checker: Any) -> None:
    @api_tool(f"/agent/{name}", name, "For some.", {"properties": {"of": {}}}, permissions=checker)
    def guarded(current_user: str, of: str | None = None) -> dict[str, Any]:
        return {"success": True}


def raising(user: str, data: Any) -> bool:
    raise RuntimeError("the permission store is down")


@pytest.mark.parametrize(
    ("checker", "status"),
    [
        (lambda _user, _data: True, 200),
        (lambda _user, _data: False, 403),
        (lambda _user, _data: None, 403),
        (lambda _user, _data: "yes", 403),
        (lambda _user, _data: 1, 403),
        (lambda: True, 403),
        (raising, 403),
        ({"own": lambda _user, _data: True}, 200),
        ({"own": lambda _user, _data: False, "other": lambda _user, _data: True}, 403),
    ],
)
def test_only_true_of_its_own_checker_lets_through(aws: Aws, jane: str, checker: Any, status: int) -> None:
    checked_by("own", checker)
    assert post("/agent/own", {}, jane)["status"] == status
    assert [item["status_code"] for item in aws.items(USAGE)] == [status]


def test_the_checker_sees_the_arguments_and_the_caller(jane: str) -> None:
    def owns(user: str, data: dict[str, Any]) -> bool:
        return user == data["current_user"] == data["data"]["of"] and data["account"] == "general_account"

    checked_by("owned", owns)
    assert post("/agent/owned", {"of": "jane"}, jane)["status"] == 200
    assert post("/agent/owned", {"of": "ada"}, jane)["status"] == 403
    assert post("/agent/owned", {}, jane)["status"] == 403


@pytest.mark.parametrize("shape", ["dict", "module"])
@pytest.mark.parametrize(
    ("of_path", "status"),
    [
        ({"greet": lambda user, _data: user == "jane"}, 200),
        ({"greet": lambda user, _data: user == "ada"}, 403),
        ({"grete": lambda _user, _data: True}, 403),
        ({"greet": True}, 403),
        ({}, 403),
        (None, 403),
        (lambda _user, _data: True, 403),
    ],
)
def test_permissions_by_state(jane: str, shape: str, of_path: Any, status: int) -> None:
    permissions: Any = {"/agent/greet": of_path}
    if shape == "module":
        import types

        permissions = types.ModuleType("permissions")
        permissions.permissions_by_state_type = {"/agent/greet": of_path}
    set_permissions_by_state(permissions)
    assert post("/agent/greet", {"personName": "Ada"}, jane)["status"] == status
    assert post("/agent/caller", {}, jane)["status"] == 200  # not listed


def test_arguments_are_checked_before_the_permission(jane: str) -> None:
    set_permissions_by_state({"/agent/greet": {"greet": raising}})
    assert post("/agent/greet", {}, jane)["status"] == 400


# Declared variables


@pytest.mark.parametrize("order", ["variables above", "variables below"])
def test_a_variable_that_lives_only_in_parameter_store(aws: Aws, jane: str, order: str) -> None:
    import os

    def tell_motto(current_user: str) -> dict[str, Any]:
        return {"success": True, "motto": os.environ["MOTTO_OF_ROUTER"]}

    describe = api_tool("/agent/motto", "motto", "Tell the motto.")
    declare = required_env_vars({"MOTTO_OF_ROUTER": []})
    declare(describe(tell_motto)) if order == "variables above" else describe(declare(tell_motto))
    missing = post("/agent/motto", {}, jane)
    assert (missing["status"], missing["error"]) == (500, "Internal server error")
    aws.put_parameter("MOTTO_OF_ROUTER", "read twice, write once", "SecureString")
    with fresh_execution_environment({}):
        assert post("/agent/motto", {}, jane)["motto"] == "read twice, write once"
    recorded = {item["variable"] for item in aws.items("ENV_VARS_TRACKING_TABLE")}
    assert "MOTTO_OF_ROUTER" in recorded
    assert {item["operation"] for item in aws.items(USAGE)} == {"tell_motto"}


# Output


@pytest.mark.parametrize(("stage", "status"), [("local", 500), ("dev", 500), ("prod", 200), ("staging", 200)])
def test_a_result_is_compared_with_its_schema_in_development(
    cold_start: dict[str, str],
    issuer: TokenIssuer,
    aws: Aws,
    caplog: pytest.LogCaptureFixture,
    stage: str,
    status: int,
) -> None:
    output = {"type": "object", "properties": {"count": {"type": "integer"}}, "required": ["count"]}

    @api_tool("/agent/count", "count", "Count.", output=output)
    def count_wrongly(current_user: str) -> dict[str, Any]:
        return {"count": "CANARY-count"}

    with fresh_execution_environment({**cold_start, "STAGE": stage}), caplog.at_level(logging.ERROR):
        assert post("/agent/count", {}, issuer.token("jane"))["status"] == status
    said = 'count_wrongly does not fit its output schema: /count must be of type "integer"'
    assert (said in caplog.text) is (status == 500)
    assert [item["status_code"] for item in aws.items(USAGE)] == [status]


def test_a_proxy_response_is_not_compared_with_the_schema(cold_start: dict[str, str], issuer: TokenIssuer) -> None:
    @api_tool("/agent/download", "download", "Redirect.", output={"type": "object", "required": ["url"]})
    def redirect(current_user: str) -> dict[str, Any]:
        return {"statusCode": 307, "headers": {"Location": "https://example.com/"}, "body": ""}

    with fresh_execution_environment({**cold_start, "STAGE": "local"}):
        event = rest_api_event("POST", "/agent/download", {"data": {}}, token=issuer.token("jane"))
        assert route(event, LambdaContext())["statusCode"] == 307


# Event sources


QUERY = {"limit": "3", "tags": "a,b", "exact": "true", "text": "5"}
FOUND = {"status": 200, "limit": 3, "tags": ["a", "b", "seen"], "exact": True, "text": "5"}


def test_get_takes_its_arguments_from_the_query(jane: str) -> None:
    event = rest_api_event("GET", "/agent/search", token=jane)
    assert answer_of(event) == {"status": 200, "limit": 20, "tags": ["seen"], "exact": None, "text": None}
    assert answer_of(event)["tags"] == ["seen"]  # the default is unchanged
    assert answer_of({**event, "queryStringParameters": QUERY}) == FOUND
    several = {"tags": ["a", "b"], "limit": ["1", "3"], "exact": ["true"], "text": ["5"]}
    assert answer_of({**event, "queryStringParameters": QUERY, "multiValueQueryStringParameters": several}) == FOUND
    wrong = answer_of({**event, "queryStringParameters": {"limit": "many"}})
    assert (wrong["status"], wrong["details"][0]["pointer"]) == (400, "/data/limit")


def test_get_through_an_http_api_and_a_load_balancer(jane: str) -> None:
    assert answer_of({**http_api_event("GET", "/agent/search", token=jane), "queryStringParameters": QUERY}) == FOUND
    sent = {"limit": "3", "tags": "a%2Cb", "exact": "true", "text": "%35"}  # as in the URL
    balancer = alb_event("GET", "/agent/search", token=jane)
    assert answer_of({**balancer, "queryStringParameters": sent}) == FOUND
    many = alb_event("GET", "/agent/search", token=jane, multi_value_headers=True)
    del many["queryStringParameters"]
    answer = route({**many, "multiValueQueryStringParameters": {"text": ["a+b%20c"]}}, LambdaContext())
    assert json.loads(answer["body"])["text"] == "a b c"
    assert answer["multiValueHeaders"]["Content-Type"] == ["application/json"]


@pytest.mark.parametrize(
    "event",
    [
        rest_api_event("POST", "/agent/greet"),
        rest_api_event("POST", "/agent/greet", resource="/agent/{proxy+}"),
        {
            **rest_api_event("POST", "/base/agent/greet", resource="/agent/{proxy+}"),
            "pathParameters": {"proxy": "greet"},
        },
        {**rest_api_event("POST", "/a/b/agent/greet", resource="/{any+}"), "pathParameters": {"any": "agent/greet"}},
        http_api_event("POST", "/agent/greet"),
        http_api_event("POST", "/agent/greet", stage="dev"),
        {
            **http_api_event("POST", "/base/agent/greet", route="/agent/{proxy+}"),
            "pathParameters": {"proxy": "greet"},
        },
        alb_event("POST", "/agent/greet"),
    ],
    ids=["REST", "proxy", "base path", "two base paths", "HTTP API", "HTTP API stage", "HTTP API base path", "ALB"],
)
def test_the_path_is_found_behind_every_front_door(jane: str, event: dict[str, Any]) -> None:
    body = json.dumps({"data": {"personName": "Ada"}})
    headers = {**event["headers"], "authorization": f"Bearer {jane}"}
    assert answer_of({**event, "headers": headers, "body": body})["to"] == "Ada"


@pytest.mark.parametrize("path", ["/agent/greet/", "/Agent/greet", "//agent/greet", "/x/agent/greet", "/greet"])
def test_no_path_is_guessed(jane: str, path: str) -> None:
    assert post(path, {"personName": "Ada"}, jane)["status"] == 404


# Services with their own router


def test_common_handler_replaces_the_hand_written_one(jane: str, aws: Aws) -> None:
    @validated("route", False)  # noqa: FBT003 - the specification's call
    def own_route(event: Any, context: Any, current_user: str, name: str, data: dict[str, Any]) -> Any:
        entry = registry.at("/agent/greet")
        assert entry is not None
        handler = common_handler(entry.entry["handler"], entry.entry["parameters"])
        return handler(event, context, current_user, name, data)

    event = rest_api_event("POST", "/wherever", {"data": {"personName": "Ada"}}, token=jane)
    assert json.loads(own_route(event, LambdaContext())["body"])["to"] == "Ada"
    assert [item["operation"] for item in aws.items(USAGE)] == ["greet_person"]


def test_common_handler_hands_over_what_the_service_adds(jane: str) -> None:
    @api_tool("/agent/any", "any", "Take anything.", {"type": "object"})
    def take(current_user: str, stamp: str = "none", **anything: Any) -> dict[str, Any]:
        return {"stamp": stamp, **anything}

    data = {"account": "a", "access_token": "", "api_key_id": None, "rate_limit": None}
    handler = common_handler(take, None, stamp="of the service", extra="too")
    sent = {**data, "data": {"stamp": "of the client", "extra": "as well", "other": 1}}
    answer = handler({}, LambdaContext(), "jane", "Jane", sent)
    assert answer == {"stamp": "of the service", "extra": "too", "other": 1}
    alone = common_handler(take)({}, LambdaContext(), "jane", "Jane", {**data, "data": {"Stamp": "x"}})
    assert alone == {"stamp": "none"}


def test_common_handler_of_a_function_that_nobody_described() -> None:
    data = {"account": "a", "access_token": "", "api_key_id": None, "rate_limit": None}
    with pytest.raises(HTTPNotFound):
        common_handler(print)({}, LambdaContext(), "jane", "Jane", data)


# Any event

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=12,
)
members = st.sampled_from(["personName", "timesShown", "style", "current_user", "call_context", "limit", "tags", "how"])
instances = json_values | st.dictionaries(members, json_values, max_size=5)
paths = st.sampled_from(["/agent/greet", "/agent/caller", "/agent/search", "/agent/replace", "/agent/fail"])
CALM = {200, 400, 404, 405}


class Kept(list[Any]):
    """A sink that counts usage records faster than a table."""

    def put(self, metrics: Any) -> None:
        self.append(metrics)


@given(path=paths, body=instances.map(lambda value: {"data": value}) | instances)
def test_any_body_is_answered_and_metered_once(issuer: TokenIssuer, jane: str, path: str, body: Any) -> None:
    kept = Kept()
    record_usage_with(kept)
    statuses = [answer_of(rest_api_event(way, path, json.dumps(body), token=jane))["status"] for way in ("POST", "PUT")]
    assert set(statuses) <= CALM
    assert [metrics.status_code for metrics in kept] == statuses


@given(
    query=st.dictionaries(
        st.sampled_from(["limit", "tags", "exact", "text"]) | st.text(max_size=8),
        st.text(max_size=12) | st.none() | st.lists(st.text(max_size=6), max_size=3),
        max_size=4,
    ),
    make=st.sampled_from([rest_api_event, http_api_event, alb_event]),
)
def test_any_query_is_answered(jane: str, query: dict[str, Any], make: Any) -> None:
    event = make("GET", "/agent/search", token=jane)
    for name in ("queryStringParameters", "multiValueQueryStringParameters"):
        assert answer_of({**event, name: query})["status"] in CALM
