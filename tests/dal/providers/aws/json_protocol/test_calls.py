"""Test calls of the library's clients and of botocore's with the same tests, on the local AWS and with errors."""

from __future__ import annotations

import pickle
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import TYPE_CHECKING, Any

import botocore.exceptions
import botocore.session
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pycommon.dal.providers.aws.clients import client, describe_error, error_code, is_transient
from pycommon.dal.providers.aws.json_protocol import client_errors
from pycommon.dal.providers.aws.json_protocol.call_observers import observe_calls
from pycommon.dal.providers.aws.json_protocol.connections import HttpResponse
from pycommon.dal.providers.aws.json_protocol.service_responses import result_of
from pycommon.testing import fresh_execution_environment
from tests.dal.providers.aws.json_protocol.callers import KEYS, botocores, own
from tests.dal.providers.aws.json_protocol.scripted_service import (
    ScriptedService,
    answer,
    close,
    error,
    hang,
    message,
    raw,
    reset,
)
from tests.metrics.faulty_dynamodb import FaultyDynamoDB, at_random

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.conftest import Aws
    from tests.dal.providers.aws.json_protocol.callers import Caller
    from tests.dal.providers.aws.json_protocol.scripted_service import Step

USAGE = "USAGE_METRICS_DYNAMO_TABLE"


@pytest.fixture(autouse=True)
def credentials() -> Iterator[None]:
    """Set an access key. Tests that call the local AWS have root's keys in their environment."""
    with fresh_execution_environment(KEYS):
        yield


@pytest.fixture(params=[own, botocores], ids=["own", "botocore"])
def caller(request: pytest.FixtureRequest) -> Caller:
    caller: Caller = request.param
    return caller


def without_what_differs(response: dict[str, Any]) -> dict[str, Any]:
    """Return a response without the parts that differ between calls, and without the copy of the error's text."""
    metadata = {
        name: value for name, value in response["ResponseMetadata"].items() if name not in ("RequestId", "HTTPHeaders")
    }
    rest = {name: value for name, value in response.items() if name not in ("message", "Message")}
    return {**rest, "ResponseMetadata": metadata}


def outcome(caller: Any, call: str, parameters: dict[str, Any]) -> Any:
    """Return the result of a call, or the parts of its error that handlers read."""
    try:
        return without_what_differs(getattr(caller, call)(**parameters))
    except botocore.exceptions.ClientError as fault:
        by_name = type(fault) is botocore.exceptions.ClientError or getattr(caller.exceptions, type(fault).__name__)
        return (
            by_name is True or isinstance(fault, by_name),
            error_code(fault),
            describe_error(fault),
            is_transient(fault),
            fault.operation_name,
            without_what_differs(fault.response),
        )


# On the local AWS


@contextmanager
def both(aws: Aws, service: str, **changes: str) -> Iterator[tuple[Any, Any]]:
    """Return the library's client and botocore's in the environment of a function."""
    with fresh_execution_environment({**aws.variables, **changes}):
        endpoint = aws.variables["AWS_ENDPOINT_URL"]
        mine = client(service)
        assert type(mine).__module__.startswith("pycommon.")
        yield mine, botocores(service, endpoint)


BYTES = {"B": {"B": b"\0\xff"}, "BS": {"BS": [b"1", b"22"]}, "M": {"M": {"B": {"B": b""}}}, "S": {"S": '"B":"é'}}
ITEM = {"account": {"S": "a"}, "timestamp": {"S": "1"}, "cost": {"N": "0.00000005"}, **BYTES}
KEY = {"account": {"S": "a"}, "timestamp": {"S": "1"}}
IF_NEW = {"ConditionExpression": "attribute_not_exists(account)", "ReturnValuesOnConditionCheckFailure": "ALL_OLD"}
SET = {
    "UpdateExpression": "SET #x = :x ADD #y :y",
    "ExpressionAttributeNames": {"#x": "B", "#y": "seen"},
    "ExpressionAttributeValues": {":x": {"B": b"new"}, ":y": {"SS": ["a", "b"]}},
    "ReturnValues": "ALL_NEW",
}
OF_ACCOUNT = {"KeyConditionExpression": "account = :a", "ExpressionAttributeValues": {":a": {"S": "a"}}}


@pytest.mark.parametrize(
    ("call", "parameters"),
    [
        ("get_item", {"Key": KEY}),
        ("get_item", {"Key": {**KEY, "timestamp": {"S": "2"}}}),
        ("get_item", {"Key": KEY, "ReturnConsumedCapacity": "TOTAL"}),
        ("get_item", {"Key": {"account": {"S": "a"}}}),
        ("get_item", {"Key": KEY, "TableName": "nowhere"}),
        ("get_item", {"Key": KEY, "ProjectionExpression": "("}),
        ("put_item", {"Item": ITEM}),
        ("put_item", {"Item": ITEM, **IF_NEW}),
        ("put_item", {"Item": {}}),
        ("put_item", {"Item": {**ITEM, "cost": {"N": "no number"}}}),
        ("put_item", {"Item": {**ITEM, "seen": {"SS": ["a", "b"]}}, "ReturnValues": "ALL_OLD"}),
        ("update_item", {"Key": KEY, **SET}),
        ("update_item", {"Key": KEY, **SET, "ConditionExpression": "attribute_exists(nothing)"}),
        ("delete_item", {"Key": {**KEY, "timestamp": {"S": "3"}}}),
        ("delete_item", {"Key": KEY, "ConditionExpression": "attribute_exists(nothing)"}),
        ("delete_item", {"Key": {"account": {"S": "a"}}}),
        ("query", OF_ACCOUNT),
        ("query", {**OF_ACCOUNT, "Limit": 1}),
        ("query", {**OF_ACCOUNT, "Select": "COUNT"}),
        ("query", {**OF_ACCOUNT, "IndexName": "nowhere"}),
    ],
)
def test_a_call_of_dynamodb_comes_to_the_same(aws: Aws, call: str, parameters: dict[str, Any]) -> None:
    for second in ("1", "2"):
        aws.client("dynamodb").put_item(
            TableName=aws.variables[USAGE], Item={**ITEM, "timestamp": {"S": f"{second}"}, "seen": {"SS": ["a", "b"]}}
        )
    with both(aws, "dynamodb") as (mine, theirs):
        asked = {"TableName": aws.variables[USAGE], **parameters}
        assert outcome(mine, call, asked) == outcome(theirs, call, asked)


@pytest.mark.parametrize(
    ("call", "parameters"),
    [
        ("get_parameters", {"Names": ["there", "secret", "nowhere"], "WithDecryption": True}),
        ("get_parameters", {"Names": ["secret"]}),
        ("get_parameters", {"Names": ["nowhere"]}),
        ("get_parameters", {"Names": [f"/{number}" for number in range(11)]}),
        ("get_parameter", {"Name": "there"}),
        ("get_parameter", {"Name": "secret", "WithDecryption": True}),
        ("get_parameter", {"Name": "nowhere"}),
    ],
)
def test_a_call_of_parameter_store_comes_to_the_same(aws: Aws, call: str, parameters: dict[str, Any]) -> None:
    paths = {"there": aws.put_parameter("A", "1"), "secret": aws.put_parameter("S", "x", "SecureString")}
    names = {name: [paths.get(each, each) for each in parameters[name]] for name in ("Names",) if name in parameters}
    name = {"Name": paths.get(parameters["Name"], "/nowhere")} if "Name" in parameters else {}
    with both(aws, "ssm") as (mine, theirs):
        asked = {**parameters, **names, **name}
        assert outcome(mine, call, asked) == outcome(theirs, call, asked)


@pytest.mark.parametrize("name", [None, "nowhere", ""])
def test_a_queue_is_found_or_not_in_the_same_way(aws: Aws, name: str | None) -> None:
    with both(aws, "sqs") as (mine, theirs):
        asked = {"QueueName": aws.variables["CRITICAL_ERRORS_SQS_QUEUE_NAME"] if name is None else name}
        assert outcome(mine, "get_queue_url", asked) == outcome(theirs, "get_queue_url", asked)


def test_an_error_of_a_queue_has_the_name_that_it_has_now(aws: Aws) -> None:
    with both(aws, "sqs") as clients:
        for each in clients:
            with pytest.raises(each.exceptions.QueueDoesNotExist) as caught:
                each.get_queue_url(QueueName="nowhere")
            assert error_code(caught.value) == "AWS.SimpleQueueService.NonExistentQueue"


@pytest.mark.parametrize("queue", [None, "http://127.0.0.1/000000000000/nowhere"])
def test_a_message_is_sent_in_the_same_way(aws: Aws, queue: str | None) -> None:
    asked = {
        "QueueUrl": queue or aws.queue_url(),
        "MessageBody": "é\x00 <&>" if queue else "é <&>",
        "MessageAttributes": {"B": {"DataType": "Binary", "BinaryValue": b"\0x"}},
    }
    with both(aws, "sqs") as (mine, theirs):
        sent = [outcome(each, "send_message", asked) for each in (mine, theirs)]
    for each in sent:
        if isinstance(each, dict):
            assert each.pop("MessageId")
    assert sent[0] == sent[1]
    assert aws.messages() == ([] if queue else ["é <&>"] * 2)


def test_errors_of_what_is_left_to_botocore_are_caught_by_the_same_name(aws: Aws) -> None:
    with both(aws, "dynamodb") as (mine, _):
        with pytest.raises(mine.exceptions.ResourceNotFoundException) as caught:
            mine.describe_table(TableName="nowhere")
        assert error_code(caught.value) == "ResourceNotFoundException"
        assert mine.meta.service_model.service_name == "dynamodb"
        with pytest.raises(mine.exceptions.ResourceNotFoundException):
            mine.get_item(TableName="nowhere", Key=KEY)  # botocore makes this call too, since `meta` was read


def test_a_denial_comes_to_the_same(aws: Aws) -> None:
    asked = {"TableName": aws.variables[USAGE], "Key": KEY}
    with both(aws, "dynamodb", **aws.role_variables()) as (mine, theirs):
        denied = outcome(mine, "get_item", asked)
        assert denied == outcome(theirs, "get_item", asked)
    assert denied[1] == "AccessDeniedException"
    assert "dynamodb:GetItem" in denied[2]


def test_credentials_are_read_for_each_call(aws: Aws) -> None:
    asked = {"TableName": aws.variables[USAGE], "Key": KEY}
    action = {"Effect": "Allow", "Action": "dynamodb:GetItem", "Resource": "*"}
    allowed, denied = aws.role_variables(action), aws.role_variables()
    with fresh_execution_environment(allowed):
        dynamodb = client("dynamodb")
        dynamodb.get_item(**asked)
        with fresh_execution_environment(denied), pytest.raises(dynamodb.exceptions.AccessDeniedException):
            dynamodb.get_item(**asked)
        with fresh_execution_environment({"AWS_ACCESS_KEY_ID": None}), pytest.raises(client_errors.NoCredentialsError):
            dynamodb.get_item(**asked)
        with fresh_execution_environment({"AWS_SESSION_TOKEN": "CANARY\n"}):
            with pytest.raises(client_errors.NoCredentialsError, match="AWS_SESSION_TOKEN") as caught:
                dynamodb.get_item(**asked)
            assert "CANARY" not in str(caught.value)
        assert dynamodb.get_item(**asked)["ResponseMetadata"]["HTTPStatusCode"] == 200


def test_pages_follow_one_another(aws: Aws) -> None:
    for number in range(5):
        aws.put(USAGE, {"account": "a", "timestamp": str(number)})
    with both(aws, "dynamodb") as (mine, theirs):
        asked = {"TableName": aws.variables[USAGE], **OF_ACCOUNT, "Limit": 2}
        pages, expected = (list(each.get_paginator("query").paginate(**asked)) for each in (mine, theirs))
        assert [page["Items"] for page in pages] == [page["Items"] for page in expected]
        assert [len(page["Items"]) for page in pages] == [2, 2, 1]


def test_what_the_client_does_not_do_itself_is_done_by_botocore(aws: Aws) -> None:
    table = aws.variables[USAGE]
    with fresh_execution_environment(aws.variables):
        dynamodb = client("dynamodb")
        assert dynamodb.describe_table(TableName=table)["Table"]["TableName"] == table
        assert [page["Items"] for page in dynamodb.get_paginator("scan").paginate(TableName=table)] == [[]]
        with pytest.raises(AttributeError):
            dynamodb.no_such_operation  # noqa: B018 - asking is the test
        with pytest.raises(AttributeError):
            dynamodb._no_such_part  # noqa: B018 - as above


def test_who_hangs_something_on_botocores_client_has_it_in_every_call(aws: Aws) -> None:
    seen = []
    with fresh_execution_environment(aws.variables):
        dynamodb = client("dynamodb")
        dynamodb.meta.events.register("before-call", lambda event_name, **_: seen.append(event_name))
        dynamodb.get_item(TableName=aws.variables[USAGE], Key=KEY)
    assert seen == ["before-call.dynamodb.GetItem"]


def test_eight_threads_lose_nothing(aws: Aws) -> None:
    """With throttled calls and lost responses, every item is written once."""
    plan = at_random(7, throttled=0.01, lost=0.03)
    with FaultyDynamoDB(aws.variables["AWS_ENDPOINT_URL"], "PutItem", plan) as dynamodb:
        with fresh_execution_environment({**aws.variables, "AWS_ENDPOINT_URL_DYNAMODB": dynamodb.endpoint}):
            mine = client("dynamodb")

            def put(number: int) -> None:
                item = {"account": {"S": "a"}, "timestamp": {"S": f"{number:04}"}}
                mine.put_item(TableName=aws.variables[USAGE], Item=item)

            with ThreadPoolExecutor(8) as threads:
                list(threads.map(put, range(400)))
        assert sum(dynamodb.met.values()) > 400
    assert [int(item["timestamp"]) for item in aws.items(USAGE)] == list(range(400))


# Errors of connections


PUT = {"TableName": "t", "Item": {"id": {"S": "CANARY-value"}}}
BUSY = error("InternalServerError", 500)
THROTTLED = error("ProvisionedThroughputExceededException")


def put(caller: Any) -> tuple[str, Any]:
    """Return the result of a write, and the number of attempts."""
    try:
        return "written", caller.put_item(**PUT)["ResponseMetadata"]["RetryAttempts"]
    except botocore.exceptions.ClientError as fault:
        metadata = fault.response["ResponseMetadata"]
        return error_code(fault), (is_transient(fault), metadata["RetryAttempts"], "MaxAttemptsReached" in metadata)
    except botocore.exceptions.BotoCoreError as fault:
        return error_code(fault), is_transient(fault)


FAULTS: dict[str, tuple[list[Step], int, tuple[str, Any]]] = {
    "busy": ([BUSY], 2, ("written", 1)),
    "busy twice": ([BUSY, BUSY], 3, ("written", 2)),
    "busy for good": ([BUSY] * 3, 3, ("InternalServerError", (True, 2, True))),
    "throttled": ([THROTTLED], 2, ("written", 1)),
    "gateway": ([answer(b"<html>CANARY</html>", 502)], 2, ("written", 1)),
    "gateways": ([answer(b"<html>CANARY</html>", 503)] * 3, 3, ("503", (True, 2, True))),
    "empty 500": ([answer(b"", 500)] * 3, 3, ("500", (True, 2, True))),
    "refused": ([error("ValidationException")], 1, ("ValidationException", (False, 0, False))),
    "refused after busy": ([BUSY, error("ValidationException")], 2, ("ValidationException", (False, 1, False))),
    "conflict": ([error("TransactionConflictException")], 1, ("TransactionConflictException", (True, 0, False))),
    "replicated": ([error("ReplicatedWriteConflictException")], 2, ("written", 1)),
    "dropped": ([close], 2, ("written", 1)),
    "reset": ([reset], 2, ("written", 1)),
    "dropped for good": ([close] * 3, 3, ("ConnectionClosedError", True)),
    "hangs": ([hang], 2, ("written", 1)),
    "hangs for good": ([hang] * 3, 3, ("ReadTimeoutError", True)),
    "garbage": ([raw(b"CANARY\r\n\r\n", keep=False)], 2, ("written", 1)),
    "redirected": ([answer(b"", 302, Location="http://127.0.0.1:9/")], 1, ("302", (False, 0, False))),
}


def knows_replicas() -> bool:
    operation = botocore.session.get_session().get_service_model("dynamodb").operation_model("PutItem")
    shapes = {shape.name: shape.metadata for shape in operation.error_shapes}
    return bool(shapes.get("ReplicatedWriteConflictException", {}).get("retryable"))


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_comes_to_the_same(caller: Caller, name: str) -> None:
    steps, calls, expected = FAULTS[name]
    if name == "replicated" and caller is botocores and not knows_replicas():
        pytest.skip("this botocore does not know the error yet")
    with ScriptedService(*steps) as service:
        assert put(caller("dynamodb", service.endpoint)) == expected
        assert len(service.requests) == calls
        assert {request.body.replace(b" ", b"") for request in service.requests} == {
            b'{"TableName":"t","Item":{"id":{"S":"CANARY-value"}}}'
        }


def test_nobody_listens(caller: Caller) -> None:
    with ScriptedService() as service:
        mine = caller("dynamodb", service.endpoint)
    assert put(mine) == ("EndpointConnectionError", True)


def test_a_kept_connection_that_was_closed_costs_no_attempt(caller: Caller) -> None:
    with ScriptedService() as service:
        mine = caller("dynamodb", service.endpoint)
        put(mine)
        service.close_connections()
        assert put(mine) == ("written", 0)


@pytest.mark.parametrize("steps", [[close] * 3, [raw(b"CANARY\r\n\r\n", keep=False)] * 3])
def test_an_error_holds_nothing_of_the_call_or_of_what_came_back(steps: list[Step]) -> None:
    with ScriptedService(*steps) as service, pytest.raises(client_errors.HTTPClientError) as caught:
        own("dynamodb", service.endpoint).put_item(**PUT)
    assert "CANARY" not in str(caught.value)
    assert service.endpoint in str(caught.value)


# Checks that botocore does not have


HALF = message(b'{"Attributes":{}}')[:-4]


@pytest.mark.parametrize(
    "step",
    [
        answer(b'{"x":1}', checksum=1),
        answer(b"<html>CANARY</html>"),
        answer(b"[]"),
        answer(b'{"Item":{"id":{"B":"no base64"}}}'),
        raw(HALF, keep=False),
        raw(HALF[:30], keep=False),
        raw(b"HTTP/1.1 200 OK\r\n\r\n{}", keep=False),
    ],
    ids=["checksum", "html", "list", "base64", "half", "half of the headers", "no length"],
)
def test_a_damaged_answer_is_asked_for_again_and_never_taken(step: Step) -> None:
    with ScriptedService(step) as service:
        assert put(own("dynamodb", service.endpoint)) == ("written", 1)
    with ScriptedService(*[step] * 3) as service:
        ended, transient = put(own("dynamodb", service.endpoint))
        assert (ended in ("UnusableResponseError", "ConnectionClosedError"), transient) == (True, True)
        assert len(service.requests) == 3


@pytest.mark.parametrize("off", [timedelta(hours=3), timedelta(minutes=-6)])
def test_a_clock_that_is_wrong_is_put_right(off: timedelta) -> None:
    there = format_datetime(datetime.now(UTC) + off, usegmt=True)
    refused = error("InvalidSignatureException", 400, Date=there)
    with ScriptedService(refused) as service:
        mine = own("dynamodb", service.endpoint)
        assert [put(mine), put(mine)] == [("written", 1), ("written", 0)]
        signed = [datetime.strptime(each.headers["x-amz-date"], "%Y%m%dT%H%M%S%z") for each in service.requests]
    apart = [abs(each - (datetime.now(UTC) + off)) for each in signed]
    assert [each < timedelta(minutes=1) for each in apart] == [False, True, True]


@pytest.mark.parametrize("date", ["", "yesterday", "now"])
def test_a_signature_that_is_wrong_for_another_reason_is_not_tried_again(date: str) -> None:
    told = format_datetime(datetime.now(UTC), usegmt=True) if date == "now" else date
    with ScriptedService(error("InvalidSignatureException", 400, Date=told)) as service:
        ended, _ = put(own("dynamodb", service.endpoint))
    assert (ended, len(service.requests)) == ("InvalidSignatureException", 1)


def test_a_clock_cannot_be_put_right_for_ever() -> None:
    dates = [format_datetime(datetime.now(UTC) + timedelta(days=number), usegmt=True) for number in range(1, 9)]
    with ScriptedService(*[error("RequestTimeTooSkewed", 400, Date=date) for date in dates]) as service:
        assert put(own("dynamodb", service.endpoint))[0] == "RequestTimeTooSkewed"
        assert len(service.requests) == 3


# Requests


def sent_by(caller: Caller, **variables: str) -> dict[str, str]:
    with ScriptedService() as service, fresh_execution_environment(variables):
        caller("dynamodb", service.endpoint).put_item(**PUT)
    return service.requests[0].headers


def test_what_identifies_a_call_is_the_same() -> None:
    variables = {"AWS_LAMBDA_FUNCTION_NAME": "f", "_X_AMZN_TRACE_ID": "Root=1-5;Parent=é;Sampled=0"}
    mine, theirs = sent_by(own, **variables), sent_by(botocores, **variables)
    for name in ("content-type", "x-amz-target", "x-amzn-trace-id"):
        assert mine[name] == theirs[name]
    assert mine["authorization"].partition("Signature")[0] == theirs["authorization"].partition("Signature")[0]
    assert "x-amzn-trace-id" not in sent_by(own, **{**variables, "AWS_LAMBDA_FUNCTION_NAME": ""})


def test_the_caller_is_named() -> None:
    with (
        ScriptedService() as service,
        fresh_execution_environment(
            {"AWS_ENDPOINT_URL": service.endpoint, "AWS_EXECUTION_ENV": "AWS_Lambda_python3.13"}
        ),
    ):
        client("dynamodb").put_item(**PUT)
    named = service.requests[0].headers["user-agent"]
    assert named.startswith("amplify-pycommon lang/python#3.")
    assert named.endswith("exec-env/AWS_Lambda_python3.13")


def test_nothing_of_a_call_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    """A fixture asserts after each test that the log has no secret. Here the log must be empty."""
    caplog.set_level("DEBUG")
    with ScriptedService(BUSY, error("ValidationException")) as service:
        put(own("dynamodb", service.endpoint))
    assert [record for record in caplog.records if record.name.startswith("pycommon")] == []


def test_every_call_is_shown_before_it_is_made() -> None:
    shown: list[Any] = []
    with ScriptedService() as service:
        mine = own("dynamodb", service.endpoint)
        end = observe_calls(lambda *call: shown.append((*call, len(service.requests))))
        try:
            mine.put_item(**PUT)
        finally:
            end()
        mine.put_item(**PUT)
    assert shown == [("dynamodb", "PutItem", PUT, 0)]


# Errors


def test_an_error_of_before_botocore_was_loaded_is_caught_by_its_code() -> None:
    before = client_errors.Exceptions().ResourceNotFoundException({"Error": {"Code": "x"}}, "GetItem")
    after = client_errors.client_error("ResourceNotFoundException", {"Error": {"Code": "x"}}, "GetItem")
    assert not isinstance(before, botocore.exceptions.ClientError)
    assert isinstance(after, botocore.exceptions.ClientError)
    assert isinstance(after, type(before))
    assert isinstance(before, client_errors.Exceptions().ClientError)


def test_errors_can_be_pickled() -> None:
    fault = client_errors.client_error("SomeException", {"Error": {"Code": "SomeException"}}, "GetItem")
    again = pickle.loads(pickle.dumps(fault))  # noqa: S301 - what was pickled here
    assert (again.response, again.operation_name) == (fault.response, "GetItem")


def test_a_code_that_is_no_name_has_the_class_of_all() -> None:
    assert type(client_errors.client_error("500", {}, "GetItem")).__name__ == "ClientError"
    with pytest.raises(AttributeError):
        getattr(client_errors.Exceptions(), "__wrapped__")  # noqa: B009 - as inspection asks


@given(
    status=st.integers(200, 599),
    body=st.binary(max_size=40)
    | st.sampled_from([b'{"__type":7}', b'{"__type":null,"message":null}', b'{"__type":"a#b:c"}', b'{"__type":"#"}'])
    | st.from_regex(rb'\{"__type":"[a-z#:.]{0,9}","(m|M)essage":("x"|1|null|\[\])\}', fullmatch=True),
    query_error=st.none() | st.text(max_size=9) | st.sampled_from(["A.B;Sender", ";", "A;"]),
    checksum=st.none() | st.text(max_size=4),
)
def test_no_answer_leads_to_another_kind_of_error(
    status: int, body: bytes, query_error: str | None, checksum: str | None
) -> None:
    headers = {"x-amzn-query-error": query_error, "x-amz-crc32": checksum}
    arrived = HttpResponse(status, {name: value for name, value in headers.items() if value is not None}, body)
    try:
        response = result_of(arrived, "GetItem")
    except client_errors.UnusableResponseError:
        return
    except client_errors.ClientError as fault:
        response = fault.response
    assert response["ResponseMetadata"]["HTTPStatusCode"] == status
    assert ("Error" in response) == (status >= 300)
    for text in response.get("Error", {}).values():
        assert isinstance(text, str)
    assert response.get("Error", {"Code": "none"})["Code"]
