"""Granted = needed, on the deployed services: whichever single action is taken away, something stops working."""

from __future__ import annotations

import itertools
import json
import time
import uuid
from contextlib import contextmanager
from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple

import pytest

from demo import aws_lookups
from pycommon.authz.accounts import RateLimit
from pycommon.authz.api_key_store import ApiKeyStore
from pycommon.dal.providers.aws.attribute_values import to_item
from tests.end_to_end.policies import Granted, granted, without
from tests.end_to_end.test_agent_loop import READY, call
from tests.end_to_end.test_documents import PROCESS, Uploader, eventually, s3_event
from tests.shared_run import locked

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pycommon_cli.local.local_aws import LocalAws

BASE, DOCUMENTS, AGENTS, PLATFORM = (
    *("amplify-lambda-python-base", "amplify-lambda"),
    *("amplify-agent-loop-lambda", "amplify-platform"),
)
UPLOAD, STATUS = f"{DOCUMENTS}:get_presigned_url", f"{DOCUMENTS}:get_file"
REMOVED, EXPIRED = f"{DOCUMENTS}:remove_stored_object", f"{DOCUMENTS}:expire_uploads"
ROLL_UP, CLOSE = f"{PLATFORM}:roll_up_usage", f"{PLATFORM}:close_day"
LOGGED_WITHIN_S = 10.0
DENIED = "not authorized to perform: "
SIGNED = Granted("S3RagInputBucketNameObjects", "s3:PutObject")
"""Used by whoever has the address that the function signed: S3 denies it to them, not to the function."""

_runs = itertools.count()


class Drive(NamedTuple):
    """Some real work of a deployed service.

    Attributes:
        function: what works; it begins with a cold start, where nothing is kept from before.
        work: asserts what comes of it.
        others: functions that take part.
        denied: the action by whose denial the work is made to fail, where it is to.
    """

    function: str
    work: Callable[[LocalAws], None]
    others: tuple[str, ...] = ()
    denied: str | None = None


def nobody() -> str:
    """A user of whom nothing is kept anywhere."""
    return f"nobody-{uuid.uuid4().hex[:12]}"


def visit(stack: LocalAws) -> None:
    answer = stack.call("POST", "/sample/visits", data={"data": {"message": "hello"}}, token=stack.token(nobody()))
    assert answer.status == 200


def visit_with_limited_key(stack: LocalAws) -> None:
    answer = stack.call("POST", "/sample/visits", data={"data": {"message": "hello"}}, token=limited_key(stack))
    assert answer.status == 200


def limited_key(stack: LocalAws) -> str:
    """An API key with a limit, so that what was spent is looked up."""
    store = ApiKeyStore(aws_lookups.variables(stack)["API_KEYS_DYNAMODB_TABLE"], stack.client("dynamodb"))
    return store.create(nobody(), rate_limit=RateLimit("Monthly", Decimal(1_000_000))).key


def failing_visit(stack: LocalAws) -> None:
    reported(stack, aws_lookups.FUNCTION, "SAMPLE_DYNAMODB_TABLE", visit)


def failing_status(stack: LocalAws) -> None:
    reported(stack, STATUS, "FILES_DYNAMO_TABLE", status)


def failing_note(stack: LocalAws) -> None:
    reported(stack, READY, "AGENT_NOTES_TABLE", notes)


def reported(stack: LocalAws, function: str, table: str, work: Callable[[LocalAws], None]) -> None:
    """With a table that is not there, the work fails, and the queue of critical errors tells a person."""
    sqs, name = stack.client("sqs"), aws_lookups.variables(stack, function)["CRITICAL_ERRORS_SQS_QUEUE_NAME"]
    url = sqs.get_queue_url(QueueName=name)["QueueUrl"]
    with locked(stack.home.path / "critical-errors.lock"):  # tests of other services have the same queue
        sqs.purge_queue(QueueUrl=url)
        with aws_lookups.other_variables(stack, function, **{table: "no-such-table"}), pytest.raises(AssertionError):
            work(stack)
        received = sqs.receive_message(QueueUrl=url, WaitTimeSeconds=1, MaxNumberOfMessages=10).get("Messages", [])
    reports = [json.loads(message["Body"]) for message in received]
    name = stack.function(function)
    assert any(report["lambdaFunction"] == name for report in reports), "nobody is told of the error"


def upload(stack: LocalAws) -> None:
    """Announced, and put by the address that the function signed."""
    Uploader(stack).upload()


def announce_with_limited_key(stack: LocalAws) -> None:
    data = {"data": {"fileName": "a.txt", "fileType": "text/plain"}}
    assert stack.call("POST", "/files/upload", data=data, token=limited_key(stack)).status == 200


def status(stack: LocalAws) -> None:
    uploader = Uploader(stack)
    assert uploader.post("/files/status", fileId=uploader.announce()["fileId"]).status == 200


def delete(stack: LocalAws) -> None:
    uploader = Uploader(stack)
    assert uploader.post("/files/delete", fileId=uploader.announce()["fileId"]).status == 200


def document(stack: LocalAws) -> None:
    """From the upload to the chunks; whoever waits for that looks into the log, too."""
    began, uploader = time.time(), Uploader(stack)
    file_id = uploader.upload()
    eventually(lambda: uploader.status(file_id).get("status") == "chunked" or denials(stack, began, PROCESS))
    assert uploader.status(file_id).get("status") == "chunked"


def document_of_nobody(stack: LocalAws) -> None:
    """One whose record is gone is removed from the bucket."""
    bucket = aws_lookups.variables(stack, PROCESS)["S3_RAG_INPUT_BUCKET_NAME"]
    key = f"{nobody()}/{uuid.uuid4().hex}/gone.txt"
    body = json.dumps(s3_event(key))
    answer = aws_lookups.invoke(
        stack, PROCESS, {"Records": [{"eventSource": "aws:sqs", "messageId": "1", "body": body}]}
    )
    assert answer == {"batchItemFailures": []}, f"{key} in {bucket}"


def removal(stack: LocalAws) -> None:
    """A record that goes takes every version of its object with it."""
    bucket, s3 = aws_lookups.variables(stack, REMOVED)["S3_RAG_INPUT_BUCKET_NAME"], stack.client("s3")
    key = f"{nobody()}/{uuid.uuid4().hex}/notes.txt"
    for content in (b"one", b"two"):
        s3.put_object(Bucket=bucket, Key=key, Body=content)
    stream = {"Keys": {"id": {"S": key}}, "OldImage": {"id": {"S": key}}}
    record = {"eventSource": "aws:dynamodb", "eventName": "REMOVE", "dynamodb": stream}
    aws_lookups.invoke(stack, REMOVED, {"Records": [record]})
    assert not s3.list_object_versions(Bucket=bucket, Prefix=key).get("Versions")


def expiry(stack: LocalAws) -> None:
    """An upload that never came is forgotten."""
    table, user = aws_lookups.variables(stack, EXPIRED)["FILES_DYNAMO_TABLE"], nobody()
    key, long_ago = f"{user}/{uuid.uuid4().hex}/never.txt", "2026-01-15T10:30:00.000000Z"
    record = {
        "id": key,
        "user": user,
        "account": user,
        "name": "never.txt",
        "type": "text/plain",
        "status": "announced",
        "created_at": long_ago,
        "expires_at": long_ago,
        "awaited": "0",
    }
    stack.client("dynamodb").put_item(TableName=table, Item=to_item(record))
    aws_lookups.invoke(stack, EXPIRED, {})
    assert "Item" not in stack.client("dynamodb").get_item(TableName=table, Key={"id": {"S": key}})


def notes(stack: LocalAws) -> None:
    token = stack.token(nobody())
    for method, path, data in (
        ("PUT", "put-note", {"key": "k", "value": 1}),
        ("GET", "get-note?key=k", None),
        ("GET", "list-notes", None),
        ("POST", "add-to-counter", {"key": "k"}),
        ("DELETE", "delete-note?key=k", None),
    ):
        assert call(stack, method, path, token, data).status == 200, path


def workflows(stack: LocalAws) -> None:
    token = stack.token(nobody())
    steps = [{"operation": "textStatistics", "arguments": {"text": "one two"}}]
    created = call(stack, "POST", "create-workflow", token, {"workflowName": "w", "steps": steps})
    assert created.status == 200
    of_workflow = f"workflowId={created.json()['workflowId']}"
    change = {"workflowId": created.json()["workflowId"], "version": 1, "workflowName": "v"}
    for method, path, data in (
        ("GET", "list-workflows", None),
        ("GET", f"get-workflow?{of_workflow}", None),
        ("PATCH", "update-workflow", change),
        ("DELETE", f"delete-workflow?{of_workflow}", None),
    ):
        assert call(stack, method, path, token, data).status == 200, path


def runs(stack: LocalAws) -> None:
    token = stack.token(nobody())
    steps = [{"operation": "textStatistics", "arguments": {"text": "one two"}}]
    created = call(stack, "POST", "create-workflow", token, {"workflowName": "w", "steps": steps})
    ran = call(stack, "POST", "run-workflow", token, {"workflowId": created.json()["workflowId"]})
    assert (ran.status, ran.json().get("state")) == (200, "succeeded")
    for path in ("list-runs", f"get-run?runId={ran.json()['runId']}"):
        assert call(stack, "GET", path, token).status == 200, path


def list_with_limited_key(stack: LocalAws) -> None:
    assert call(stack, "GET", "list-notes", limited_key(stack)).status == 200


def counting(stack: LocalAws) -> None:
    """An item of usage is counted among its user's costs."""
    began, user = time.time(), nobody()
    known = aws_lookups.variables_of_service(stack, PLATFORM)
    item = {
        "account": user,
        "user": user,
        "timestamp": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
        "lambda_cost": Decimal("0.01"),
        "request_cost": Decimal("0.0000002"),
        "request_id": uuid.uuid4().hex,
    }
    stack.client("dynamodb").put_item(TableName=known["USAGE_METRICS_DYNAMO_TABLE"], Item=to_item(item))
    eventually(lambda: aws_lookups.spent(stack, user) or denials(stack, began, ROLL_UP))
    assert aws_lookups.spent(stack, user)


def dead_letter(stack: LocalAws) -> None:
    """An item that cannot be counted goes, whole, to the dead-letter queue."""
    began, user = time.time(), nobody()
    known, sqs = aws_lookups.variables_of_service(stack, PLATFORM), stack.client("sqs")
    item = {"account": user, "timestamp": "2026-01-15T10:30:00.000000Z", "user": user}
    stack.client("dynamodb").put_item(TableName=known["USAGE_METRICS_DYNAMO_TABLE"], Item=to_item(item))
    found: list[str] = []

    def received() -> bool:
        answer = sqs.receive_message(QueueUrl=known["COSTS_DEAD_LETTER_QUEUE_URL"], MaxNumberOfMessages=10)
        found.extend(message["Body"] for message in answer.get("Messages", []))
        return any(user in body for body in found) or bool(denials(stack, began, ROLL_UP))

    eventually(received)
    assert any(user in body for body in found)


def closing(stack: LocalAws) -> None:
    """A row of a day that is over is brought to today."""
    table, user = aws_lookups.variables(stack, CLOSE)["COST_CALCULATIONS_DYNAMO_TABLE"], nobody()
    row = {"id": user, "accountInfo": user, "costDate": "2026-01-15", "dailyCost": Decimal(1)}
    stack.client("dynamodb").put_item(TableName=table, Item=to_item(row))
    aws_lookups.invoke(stack, CLOSE, {})
    key = to_item({"id": user, "accountInfo": user})
    assert stack.client("dynamodb").get_item(TableName=table, Key=key)["Item"]["costDate"]["S"] != "2026-01-15"


def on_table(sid: str, drive: Drive, *operations: str) -> dict[Granted, Drive]:
    return {Granted(sid, f"dynamodb:{operation}"): drive for operation in operations}


def of_library(call: Drive, call_with_key: Drive, failure: Drive) -> dict[Granted, Drive]:
    """What `@validated` itself needs, in every service behind HTTP."""
    return {
        **on_table("AccountsDynamoTable", call, "GetItem"),
        **on_table("ApiKeysDynamodbTable", call_with_key, "UpdateItem"),
        **on_table("ApiKeysDynamodbTableIndex", call_with_key, "Query"),
        **on_table("CostCalculationsDynamoTable", call_with_key, "Query"),
        **on_table("EnvVarsTrackingTable", call, "UpdateItem"),
        **on_table("UsageMetricsDynamoTable", call, "PutItem"),
        Granted("CriticalErrorsSqsQueueName", "sqs:GetQueueUrl"): failure,
        Granted("CriticalErrorsSqsQueueName", "sqs:SendMessage"): failure,
    }


_visit, _upload, _document = (
    Drive(aws_lookups.FUNCTION, visit),
    Drive(UPLOAD, upload),
    Drive(PROCESS, document, (UPLOAD,)),
)
_removal, _expiry = Drive(REMOVED, removal), Drive(EXPIRED, expiry)
_notes, _workflows, _runs_of = Drive(READY, notes), Drive(READY, workflows), Drive(READY, runs)
_counting, _closing = Drive(ROLL_UP, counting), Drive(CLOSE, closing)
_bucket = "S3RagInputBucketName"

DRIVES: dict[str, dict[Granted, Drive]] = {
    BASE: {
        **of_library(
            _visit,
            Drive(aws_lookups.FUNCTION, visit_with_limited_key),
            Drive(aws_lookups.FUNCTION, failing_visit, denied="dynamodb:GetItem"),
        ),
        **on_table("SampleDynamodbTable", _visit, "GetItem", "PutItem"),
    },
    DOCUMENTS: {
        **of_library(
            _upload, Drive(UPLOAD, announce_with_limited_key), Drive(STATUS, failing_status, denied="dynamodb:GetItem")
        ),
        **on_table("FilesDynamoTable", _upload, "PutItem"),
        **on_table("FilesDynamoTable", Drive(STATUS, status), "GetItem"),
        **on_table("FilesDynamoTable", Drive(f"{DOCUMENTS}:delete_file", delete), "DeleteItem"),
        **on_table("FilesDynamoTable", _document, "UpdateItem"),
        **on_table("FilesDynamoTableIndex", _expiry, "Query"),
        Granted("RagChunkDocumentQueueUrl", "sqs:SendMessage"): _document,
        Granted(f"{_bucket}Bucket", "s3:ListBucket"): _expiry,
        Granted(f"{_bucket}Bucket", "s3:ListBucketVersions"): _removal,
        Granted(f"{_bucket}Objects", "s3:DeleteObject"): Drive(PROCESS, document_of_nobody),
        Granted(f"{_bucket}Objects", "s3:DeleteObjectVersion"): _removal,
        Granted(f"{_bucket}Objects", "s3:GetObject"): _document,
        Granted(f"{_bucket}Objects", "s3:PutObject"): _upload,
    },
    AGENTS: {
        **of_library(
            _notes, Drive(READY, list_with_limited_key), Drive(READY, failing_note, denied="dynamodb:PutItem")
        ),
        **on_table("AgentNotesTable", _notes, "DeleteItem", "GetItem", "PutItem", "Query", "UpdateItem"),
        **on_table("WorkflowTemplatesTable", _workflows, "DeleteItem", "GetItem", "PutItem", "Query", "UpdateItem"),
        **on_table("WorkflowRunsTable", _runs_of, "GetItem", "PutItem", "Query", "UpdateItem"),
    },
    PLATFORM: {
        **on_table("CostCalculationsDynamoTable", _counting, "GetItem"),
        **on_table("CostCalculationsDynamoTable", _closing, "Scan", "UpdateItem"),
        Granted("CostsDeadLetterQueueUrl", "sqs:SendMessage"): Drive(ROLL_UP, dead_letter),
        **on_table("EnvVarsTrackingTable", _closing, "UpdateItem"),
        **on_table("UsageMetricsDynamoTable", _counting, "UpdateItem"),
        **on_table("UsageMetricsDynamoTable", _closing, "PutItem"),
    },
}
"""What is driven to see that an action is missed: for each action of each statement of each service."""

DISTINCT = {drive.work.__name__: drive for actions in DRIVES.values() for drive in actions.values()}
ACTIONS = [(folder, each) for folder, actions in DRIVES.items() for each in actions]


@contextmanager
def cold(stack: LocalAws, drive: Drive) -> Iterator[None]:
    """The function of the drive in a new execution environment."""
    with aws_lookups.other_variables(stack, drive.function, RUN_OF_THE_TEST=str(next(_runs))):
        yield


def denials(stack: LocalAws, since: float, *functions: str) -> list[str]:
    """What the functions' logs say of denials since a moment."""
    logs = [event.message for function in functions for event in stack.logs(function, since)]
    return list(dict.fromkeys(line for line in logs if DENIED in line))


def missed(stack: LocalAws, drive: Drive) -> list[str]:
    """What went wrong, as a person would find out: an answer or effect is not there, or the log tells of a denial."""
    since = time.time()
    try:
        with cold(stack, drive):
            drive.work(stack)
    except AssertionError as error:
        return [str(error) or "an answer or effect is not there"]
    logged = denials(stack, since, drive.function, *drive.others)
    return [line for line in logged if drive.denied is None or f"{DENIED}{drive.denied}" not in line]


@pytest.mark.parametrize("folder", DRIVES)
def test_every_action_that_iam_has_is_tried(stack: LocalAws, folder: str) -> None:
    functions = [f"{folder}:{name}" for name in aws_lookups.SERVICES[folder]]
    assert {each for function in functions for each in granted(stack, function)} == set(DRIVES[folder])


@pytest.mark.parametrize("drive", DISTINCT.values(), ids=DISTINCT.keys())
def test_with_the_whole_policy_nothing_is_missed(stack: LocalAws, drive: Drive) -> None:
    assert missed(stack, drive) == []


@pytest.mark.parametrize(("folder", "one"), ACTIONS, ids=[f"{where}-{one.sid}-{one.action}" for where, one in ACTIONS])
def test_without_one_action_something_is_missed(stack: LocalAws, folder: str, one: Granted) -> None:
    """And for want of that action, not for another reason: the log names it, or S3 refuses what the caller puts."""
    drive, since = DRIVES[folder][one], time.time()

    def named() -> list[str]:
        return [line for line in denials(stack, since, drive.function) if f"{DENIED}{one.action} " in line]

    with without(stack, one.action, drive.function, one.sid):
        found = missed(stack, drive)
        if one == SIGNED:
            assert any("403 == 200" in line for line in found), found
        else:  # what is written beside the request may be denied, and logged, a moment after the answer
            assert eventually(named, LOGGED_WITHIN_S), found
