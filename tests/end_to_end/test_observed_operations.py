"""Declared = used: what the deployed functions were seen to use is what they declare, operation by operation."""

from __future__ import annotations

import json
import time
import uuid
from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from demo import aws_lookups
from pycommon.authz.accounts import RateLimit
from pycommon.authz.api_key_store import ApiKeyStore
from tests.end_to_end.policies import without
from tests.end_to_end.test_agent_loop import agent_branches
from tests.end_to_end.test_documents import PROCESS, Uploader, eventually, s3_event

if TYPE_CHECKING:
    from collections.abc import Callable

    from pycommon_cli.local.local_aws import LocalAws

BASE, DOCUMENTS, PLATFORM = "amplify-lambda-python-base", "amplify-lambda", "amplify-platform"
AGENTS = "amplify-agent-loop-lambda"
VISIT = ("/sample/visits", {"data": {"message": "observed"}})
UPLOAD = ("/files/upload", {"data": {"fileName": "a.txt", "fileType": "text/plain", "expiresIn": 1}})


def guarded_branches(stack: LocalAws, request: tuple[str, Any], function: str) -> None:
    """Every branch of `@validated`: a token, an API key with a limit, and an error that a person must see."""
    path, body = request
    keys = ApiKeyStore(aws_lookups.variables(stack)["API_KEYS_DYNAMODB_TABLE"], stack.client("dynamodb"))
    limited = keys.create("observed", rate_limit=RateLimit("Monthly", Decimal(1_000_000)))
    token = stack.token(f"observed-{datetime.now(UTC).timestamp():.0f}")
    assert stack.call("POST", path, data=body, token=token).status == 200
    assert stack.call("POST", path, data=body, token=limited.key).status == 200
    with without(stack, "dynamodb:PutItem", function):
        assert stack.call("POST", path, data=body, token=token).status == 500
    assert stack.call("POST", path, data=body, token=token).status == 200


def sample_branches(stack: LocalAws) -> None:
    guarded_branches(stack, VISIT, aws_lookups.FUNCTION)


def document_branches(stack: LocalAws) -> None:
    """A document from its upload to its removal; one whose record is gone; uploads that never came."""
    guarded_branches(stack, UPLOAD, f"{DOCUMENTS}:get_presigned_url")
    uploader = Uploader(stack)
    file_id = uploader.upload()
    eventually(lambda: uploader.status(file_id)["status"] == "chunked")
    assert uploader.post("/files/delete", fileId=file_id).status == 200
    bucket = aws_lookups.variables(stack, PROCESS)["S3_RAG_INPUT_BUCKET_NAME"]
    versions = stack.client("s3").list_object_versions
    eventually(lambda: not versions(Bucket=bucket, Prefix=file_id).get("Versions"))
    gone = json.dumps(s3_event(f"{uploader.name}/{uuid.uuid4().hex}/gone.txt"))
    aws_lookups.invoke(stack, PROCESS, {"Records": [{"eventSource": "aws:sqs", "messageId": "1", "body": gone}]})
    never_comes = uploader.announce(expiresIn=1)["fileId"]
    expire = f"{DOCUMENTS}:expire_uploads"
    eventually(lambda: aws_lookups.invoke(stack, expire, {}) and uploader.status(never_comes)["success"] is False)


def platform_branches(stack: LocalAws) -> None:
    """An item that is counted, one that cannot be, and the close of a day that is over."""
    guarded_branches(stack, UPLOAD, f"{DOCUMENTS}:get_presigned_url")
    variables = aws_lookups.variables_of_service(stack, PLATFORM)
    dynamodb, unique = stack.client("dynamodb"), uuid.uuid4().hex
    poison = {"account": {"S": unique}, "timestamp": {"S": "2026-01-15T10:30:00.000000Z"}, "user": {"S": unique}}
    dynamodb.put_item(TableName=variables["USAGE_METRICS_DYNAMO_TABLE"], Item=poison)
    day = {"id": {"S": unique}, "accountInfo": {"S": unique}, "costDate": {"S": "2026-01-15"}, "dailyCost": {"N": "1"}}
    dynamodb.put_item(TableName=variables["COST_CALCULATIONS_DYNAMO_TABLE"], Item=day)
    aws_lookups.invoke(stack, f"{PLATFORM}:close_day", {})
    queue, sqs = variables["COSTS_DEAD_LETTER_QUEUE_URL"], stack.client("sqs")
    received = eventually(lambda: sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10).get("Messages"))
    assert any(unique in message["Body"] for message in received)


BRANCHES: dict[str, Callable[[LocalAws], None]] = {
    BASE: sample_branches,
    DOCUMENTS: document_branches,
    AGENTS: agent_branches,
    PLATFORM: platform_branches,
}


@pytest.fixture(scope="module", params=BRANCHES)
def uses(stack: LocalAws, request: pytest.FixtureRequest) -> tuple[str, dict[str, dict[str, Any]]]:
    """A service folder, and its record after every branch of it, and of the library in it, has run once."""
    BRANCHES[request.param](stack)
    return request.param, {str(use["variable"]): use for use in settled(stack, request.param)}


def settled(stack: LocalAws, folder: str) -> list[dict[str, Any]]:
    """The record, once what is written in the background is there: when nothing was added to it for a second."""
    before: list[dict[str, Any]] = []
    while (now := sorted(aws_lookups.variable_uses(stack, folder), key=lambda use: str(use["variable"]))) != before:
        before = now
        time.sleep(1)
    return now


def test_every_service_is_looked_at() -> None:
    assert set(BRANCHES) == set(aws_lookups.SERVICES)


def test_what_is_used_is_what_is_declared(uses: tuple[str, dict[str, dict[str, Any]]]) -> None:
    _, record = uses
    declared = {name: set(use.get("operations", ())) for name, use in record.items()}
    used = {name: set(use.get("observed", ())) for name, use in record.items()}
    assert used == declared
    assert sum(map(len, declared.values())) >= 7


def test_nothing_is_used_that_nobody_declares(uses: tuple[str, dict[str, dict[str, Any]]]) -> None:
    _, record = uses
    assert {name: use["undeclared"] for name, use in record.items() if "undeclared" in use} == {}


def test_the_record_has_no_value(uses: tuple[str, dict[str, dict[str, Any]]], stack: LocalAws) -> None:
    folder, record = uses
    variables = aws_lookups.variables_of_service(stack, folder)
    service = variables["SERVICE_NAME"]
    values = [value for value in variables.values() if len(value) > len("local") and value != service]
    text = json.dumps(list(record.values()), default=str).replace(service, "")
    assert [value for value in values if value in text] == []
