"""Test the observation of calls of all kinds of AWS clients, and their comparison with the declarations."""

from __future__ import annotations

import os
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import boto3
import pytest

from pycommon.authz import setup_validated, validated
from pycommon.background import background_writes
from pycommon.dal.providers.aws import clients
from pycommon.dal.providers.aws.resource_perms import DynamoDBOperation, S3Operation, SQSOperation
from pycommon.decorators import required_env_vars
from pycommon.env.call_observation import ObservedUse, observer
from pycommon.env.observed_call import ObservedCall, calls_of, resource_name
from pycommon.execution_environment import renew
from pycommon.testing import LambdaContext, fresh_execution_environment, rest_api_event

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from conftest import Aws

    from pycommon.testing import TokenIssuer

CANARY = "CANARY-44e1"
ON = {"OBSERVE_AWS_CALLS": "true"}
BUCKET_AND_TABLE = {
    "FILES_BUCKET": [S3Operation.GET_OBJECT, S3Operation.PUT_OBJECT],
    "FILES_TABLE": [DynamoDBOperation.GET_ITEM, DynamoDBOperation.PUT_ITEM],
}


@pytest.fixture
def names(aws: Aws) -> Iterator[dict[str, str]]:
    """Create a bucket, a table and a queue, and set the variables of an observed function to their names."""
    unique = aws.variables["SERVICE_NAME"]
    names = {"FILES_BUCKET": f"{unique}-bucket", "FILES_TABLE": f"{unique}-files", "JOBS_QUEUE_URL": ""}
    aws.client("s3").create_bucket(Bucket=names["FILES_BUCKET"])
    aws.client("dynamodb").create_table(
        TableName=names["FILES_TABLE"],
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    names["JOBS_QUEUE_URL"] = aws.client("sqs").create_queue(QueueName=f"{unique}-jobs")["QueueUrl"]
    with fresh_execution_environment({**aws.variables, **names, **ON}):
        yield names


def observed(
    handler: Callable[[], Any], declared: dict[str, Any] = BUCKET_AND_TABLE
) -> set[tuple[str | None, str, str]]:
    """Return the observed actions of the handler: variable, action, verdict."""
    required_env_vars(declared)(handler)()
    watcher = observer()
    assert watcher is not None
    return {(f.variable, f.action, f.verdict.value) for f in watcher.findings() if not f.by_library}


def key(value: str = CANARY) -> dict[str, Any]:
    return {"id": {"S": value}}


def by_client() -> None:
    boto3.client("dynamodb").put_item(TableName=os.environ["FILES_TABLE"], Item=key())


def by_resource() -> None:
    boto3.resource("dynamodb").Table(os.environ["FILES_TABLE"]).put_item(Item={"id": CANARY})


def by_session() -> None:
    boto3.session.Session().client("dynamodb").put_item(TableName=os.environ["FILES_TABLE"], Item=key())


def by_the_librarys_client() -> None:
    clients.client("dynamodb").put_item(TableName=os.environ["FILES_TABLE"], Item=key())


def by_arn() -> None:
    arn = f"arn:aws:dynamodb:us-east-1:000000000000:table/{os.environ['FILES_TABLE']}"
    boto3.client("dynamodb").put_item(TableName=arn, Item=key())


def in_a_thread() -> None:
    thread = threading.Thread(target=by_client)
    thread.start()
    thread.join()


def in_a_pool() -> None:
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda _: by_client(), range(2)))


def by_transaction() -> None:
    put = {"Put": {"TableName": os.environ["FILES_TABLE"], "Item": key()}}
    boto3.client("dynamodb").transact_write_items(TransactItems=[put])


@pytest.mark.parametrize(
    "handler",
    [by_client, by_resource, by_session, by_the_librarys_client, by_arn, in_a_thread, in_a_pool, by_transaction],
)
def test_a_declared_use_is_seen_however_it_is_made(names: dict[str, str], handler: Callable[[], None]) -> None:
    assert observed(handler) == {("FILES_TABLE", "dynamodb:PutItem", "used and declared")}


def test_clients_made_before_anything_was_observed_count_too(aws: Aws, names: dict[str, str]) -> None:
    before = boto3.client("dynamodb")
    table = boto3.resource("dynamodb").Table(names["FILES_TABLE"])
    renew()

    def handler() -> None:
        before.put_item(TableName=names["FILES_TABLE"], Item=key())
        table.get_item(Key={"id": CANARY})

    assert {action for _, action, _ in observed(handler)} == {"dynamodb:PutItem", "dynamodb:GetItem"}


def query() -> None:
    boto3.client("dynamodb").query(
        TableName=os.environ["FILES_TABLE"],
        KeyConditionExpression="id = :id",
        ExpressionAttributeValues={":id": {"S": "x"}},
    )


def paginate() -> None:
    list(boto3.client("dynamodb").get_paginator("scan").paginate(TableName=os.environ["FILES_TABLE"]))


def batch_writer() -> None:
    with boto3.resource("dynamodb").Table(os.environ["FILES_TABLE"]).batch_writer() as batch:
        batch.put_item(Item={"id": CANARY})


def upload_file() -> None:
    boto3.client("s3").upload_file(__file__, os.environ["FILES_BUCKET"], CANARY)


def download() -> None:
    boto3.client("s3").put_object(Bucket=os.environ["FILES_BUCKET"], Key=CANARY, Body=b"x" * 100)
    boto3.resource("s3").Object(os.environ["FILES_BUCKET"], CANARY).download_file(os.devnull)


def presign() -> None:
    boto3.client("s3").generate_presigned_url("put_object", {"Bucket": os.environ["FILES_BUCKET"], "Key": CANARY})


def head() -> None:
    boto3.client("s3").put_object(Bucket=os.environ["FILES_BUCKET"], Key="there", Body=b"x")
    boto3.client("s3").head_object(Bucket=os.environ["FILES_BUCKET"], Key="there")


def send_batch() -> None:
    entry = {"Id": "1", "MessageBody": CANARY}
    boto3.client("sqs").send_message_batch(QueueUrl=os.environ["JOBS_QUEUE_URL"], Entries=[entry])


@pytest.mark.parametrize(
    ("handler", "expected"),
    [
        (query, ("FILES_TABLE", "dynamodb:Query")),
        (paginate, ("FILES_TABLE", "dynamodb:Scan")),
        (batch_writer, ("FILES_TABLE", "dynamodb:BatchWriteItem")),
        (upload_file, ("FILES_BUCKET", "s3:PutObject")),
        (download, ("FILES_BUCKET", "s3:GetObject")),
        (presign, ("FILES_BUCKET", "s3:PutObject")),
        (head, ("FILES_BUCKET", "s3:GetObject")),
        (send_batch, ("JOBS_QUEUE_URL", "sqs:SendMessage")),
    ],
)
def test_an_undeclared_use_is_warned_of_with_the_line_to_add(
    names: dict[str, str], caplog: pytest.LogCaptureFixture, handler: Callable[[], None], expected: tuple[str, str]
) -> None:
    assert (*expected, "used, not declared") in observed(handler, {"SERVICE_NAME": []})
    variable, action = expected
    warnings = [record.getMessage() for record in caplog.records if record.levelname == "WARNING"]
    (warning,) = [text for text in warnings if action in text and variable in text]
    assert "Operation." in warning
    assert f"to {variable}" in warning
    assert CANARY not in warning
    assert names[variable] not in warning


def test_the_advice_is_the_member_that_one_writes(names: dict[str, str]) -> None:
    observed(query)
    watcher = observer()
    assert watcher is not None
    (finding,) = [each for each in watcher.findings() if each.verdict is ObservedUse.NOT_DECLARED]
    assert finding.advice() == "add DynamoDBOperation.QUERY to FILES_TABLE"
    assert finding.function.endswith("query")


def test_a_resource_that_no_variable_names(aws: Aws, names: dict[str, str], caplog: pytest.LogCaptureFixture) -> None:
    aws.client("sqs").create_queue(QueueName="q-of-nobody")
    caplog.clear()
    seen = observed(lambda: boto3.client("sqs").get_queue_url(QueueName="q-of-nobody"))
    assert (None, "sqs:GetQueueUrl", "used, not declared") in seen
    assert "no variable holds the name" in caplog.text


def test_each_observed_action_is_logged_once(names: dict[str, str], caplog: pytest.LogCaptureFixture) -> None:
    decorated = required_env_vars({"SERVICE_NAME": []})(query)
    for _ in range(5):
        decorated()
    assert len([record for record in caplog.records if "dynamodb:Query" in record.getMessage()]) == 1


def test_two_functions_at_once_are_compared_with_their_own_declarations(names: dict[str, str]) -> None:
    both_run = threading.Barrier(2)

    def reader() -> None:
        both_run.wait(10)
        boto3.client("dynamodb").get_item(TableName=names["FILES_TABLE"], Key=key())
        both_run.wait(10)

    def writer() -> None:
        both_run.wait(10)
        boto3.client("dynamodb").put_item(TableName=names["FILES_TABLE"], Item=key())
        both_run.wait(10)

    functions = [
        required_env_vars({"FILES_TABLE": [DynamoDBOperation.GET_ITEM]})(reader),
        required_env_vars({"FILES_TABLE": [DynamoDBOperation.PUT_ITEM]})(writer),
    ]
    with ThreadPoolExecutor(2) as pool:
        for future in [pool.submit(function) for function in functions]:
            future.result()
    watcher = observer()
    assert watcher is not None
    seen = {(f.function.rpartition(".")[2], f.action, f.verdict) for f in watcher.findings() if not f.by_library}
    assert seen == {
        ("reader", "dynamodb:GetItem", ObservedUse.DECLARED),
        ("writer", "dynamodb:PutItem", ObservedUse.DECLARED),
    }


def test_the_librarys_own_calls_are_recognised_and_declared(cold_start: dict[str, str], issuer: TokenIssuer) -> None:
    setup_validated({"validators": {"/observed": {"observe": {}}}}, lambda: lambda *_: True)

    @required_env_vars({"SERVICE_NAME": []})
    @validated("observe")
    def handler(event: Any, context: Any, user: str, name: str, data: Any) -> dict[str, Any]:
        return {"success": True}

    with fresh_execution_environment({**cold_start, **ON}):
        answer = handler(rest_api_event("POST", "/observed", {"data": {}}, token=issuer.token("jane")), LambdaContext())
        watcher = observer()
        assert watcher is not None
        findings = watcher.findings()
    assert answer["statusCode"] == 200
    assert {(f.variable, f.action) for f in findings} >= {
        ("ACCOUNTS_DYNAMO_TABLE", "dynamodb:GetItem"),
        ("USAGE_METRICS_DYNAMO_TABLE", "dynamodb:PutItem"),
    }
    assert all(f.by_library and f.verdict is ObservedUse.DECLARED for f in findings)


def test_the_record_keeps_what_was_observed_and_no_value(aws: Aws, names: dict[str, str]) -> None:
    def handler() -> None:
        boto3.client("dynamodb").get_item(TableName=names["FILES_TABLE"], Key=key())
        query()

    observed(handler)
    assert background_writes().wait(10)
    items = {item["variable"]: item for item in aws.items("ENV_VARS_TRACKING_TABLE")}
    table = items["FILES_TABLE"]
    assert table["operations"] == {"dynamodb:GetItem", "dynamodb:PutItem"}
    assert table["observed"] == {"dynamodb:GetItem", "dynamodb:Query"}
    assert table["undeclared"] == {"dynamodb:Query"}
    assert table["observed_at"].endswith("Z")
    assert "observed" not in items["FILES_BUCKET"]
    assert CANARY not in str(items)
    assert not [value for value in names.values() if value in str(items)]


def test_nothing_is_observed_unless_asked_for(names: dict[str, str]) -> None:
    with fresh_execution_environment({"OBSERVE_AWS_CALLS": None}):
        required_env_vars({"SERVICE_NAME": []})(query)()
        assert observer() is None


@pytest.mark.parametrize(
    ("service", "operation", "parameters", "expected"),
    [
        ("dynamodb", "GetItem", {"TableName": "t"}, [("t", "dynamodb:GetItem")]),
        (
            "dynamodb",
            "BatchGetItem",
            {"RequestItems": {"a": 1, "b": 2}},
            [("a", "dynamodb:BatchGetItem"), ("b", "dynamodb:BatchGetItem")],
        ),
        (
            "dynamodb",
            "TransactWriteItems",
            {"TransactItems": [{"ConditionCheck": {"TableName": "t"}}, {"Delete": {"TableName": "u"}}]},
            [("t", "dynamodb:ConditionCheckItem"), ("u", "dynamodb:DeleteItem")],
        ),
        ("dynamodb", "ListTables", {}, [(None, "dynamodb:ListTables")]),
        (
            "s3",
            "CopyObject",
            {"Bucket": "to", "Key": "k", "CopySource": {"Bucket": "from", "Key": "k"}},
            [("from", "s3:GetObject"), ("to", "s3:PutObject")],
        ),
        (
            "s3",
            "CopyObject",
            {"Bucket": "to", "Key": "k", "CopySource": "/from/k/deep"},
            [("from", "s3:GetObject"), ("to", "s3:PutObject")],
        ),
        ("sqs", "SendMessage", {"QueueUrl": "http://127.0.0.1:1/0/jobs"}, [("jobs", "sqs:SendMessage")]),
        (
            "lambda",
            "Invoke",
            {"FunctionName": "arn:aws:lambda:us-east-1:1:function:f"},
            [("f", "lambda:InvokeFunction")],
        ),
        (
            "events",
            "PutEvents",
            {"Entries": [{"EventBusName": "bus"}, {}]},
            [("bus", "events:PutEvents"), ("default", "events:PutEvents")],
        ),
        ("secretsmanager", "GetSecretValue", {"SecretId": "s"}, [("s", "secretsmanager:GetSecretValue")]),
        ("sts", "GetCallerIdentity", {}, [(None, "sts:GetCallerIdentity")]),
        ("dynamodb", "GetItem", None, []),
        ("dynamodb", "TransactWriteItems", {"TransactItems": "x"}, [(None, None)]),
    ],
)
def test_what_a_call_needs(service: str, operation: str, parameters: Any, expected: list[tuple[Any, Any]]) -> None:
    calls = calls_of(service, operation, parameters, service)
    if expected == [(None, None)]:
        assert [call.resource for call in calls] == [None]
        return
    assert calls == [ObservedCall(resource, (action,)) for resource, action in expected]


@pytest.mark.parametrize(
    ("value", "name"),
    [
        ("files", "files"),
        ("arn:aws:dynamodb:us-east-1:1:table/files", "files"),
        ("arn:aws:dynamodb:us-east-1:1:table/files/index/i", "files"),
        ("arn:aws:s3:::bucket", "bucket"),
        ("arn:aws:s3:::bucket/*", "bucket"),
        ("arn:aws-cn:s3:::bucket/key/of/an/object", "bucket"),
        ("arn:x", "x"),
        ("arn:aws:sqs:us-east-1:1:jobs", "jobs"),
        ("arn:aws:sns:us-east-1:1:topic", "topic"),
        ("arn:aws:kms:us-east-1:1:key/abc", "abc"),
        ("https://sqs.us-east-1.amazonaws.com/1/jobs", "jobs"),
        ("", ""),
    ],
)
def test_the_name_in_every_form_of_a_resource(value: str, name: str) -> None:
    assert resource_name(value) == name


def test_a_declared_queue_by_its_batch_form(names: dict[str, str]) -> None:
    assert observed(send_batch, {"JOBS_QUEUE_URL": [SQSOperation.SEND_MESSAGE]}) == {
        ("JOBS_QUEUE_URL", "sqs:SendMessage", "used and declared")
    }
