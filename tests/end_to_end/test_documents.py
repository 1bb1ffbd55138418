"""Documents, deployed: uploaded by presigned URL, made into chunks, paid for by their uploader wherever they pass."""

from __future__ import annotations

import json
import time
import uuid
from contextlib import contextmanager
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from demo import aws_lookups
from demo.document_checks import put
from tests.end_to_end.conftest import CANARY

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pycommon_cli.local.local_aws import LocalAws
    from pycommon_cli.local.rest_api import RestResponse

FOLDER = "amplify-lambda"
PROCESS = f"{FOLDER}:process_document_for_rag"
TEXT = f"{CANARY} " + "A sentence of a document. " * 200
SCHEDULE_COMES_WITHIN_S = 90


class Uploader:
    """A user of one test alone, who uploads."""

    def __init__(self, stack: LocalAws) -> None:
        self.stack = stack
        self.name = f"uploader-{uuid.uuid4().hex[:12]}"
        self.token = stack.token(self.name)
        self.began = time.time()

    def post(self, path: str, **data: Any) -> RestResponse:
        return self.stack.call("POST", path, data={"data": data}, token=self.token)

    def announce(self, **data: Any) -> dict[str, Any]:
        answer = self.post("/files/upload", **{"fileName": "notes.txt", "fileType": "text/plain", **data})
        assert answer.status == 200, answer.body
        return dict(answer.json())

    def upload(self, content: bytes = TEXT.encode(), **data: Any) -> str:
        announced = self.announce(**data)
        assert put(announced["uploadUrl"], announced["headers"], content) == 200
        return str(announced["fileId"])

    def status(self, file_id: str) -> dict[str, Any]:
        return dict(self.post("/files/status", fileId=file_id).json())

    def usage(self, source: str) -> list[dict[str, Any]]:
        items = aws_lookups.usage(self.stack, self.began - 1, self.name)
        return [item for item in items if item["event_source"] == source]


@pytest.fixture
def uploader(stack: LocalAws) -> Uploader:
    return Uploader(stack)


def eventually(holds: Callable[[], Any], within_s: float = 30.0) -> Any:
    """What `holds` gives as soon as it is true; it is asked again until then."""
    end = time.monotonic() + within_s
    while not (found := holds()):
        assert time.monotonic() < end, "it did not come"
        time.sleep(0.1)
    return found


def queue(stack: LocalAws, name: str) -> str:
    return str(stack.client("sqs").get_queue_url(QueueName=f"amplify-local-lambda-local-{name}")["QueueUrl"])


def messages(stack: LocalAws, name: str, wanted: str) -> list[dict[str, Any]]:
    """The messages of a queue with `wanted` in them. They are taken."""
    sqs, url = stack.client("sqs"), queue(stack, name)
    found = []
    while received := sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", []):
        for message in received:
            if wanted in message["Body"]:
                sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
                found.append(json.loads(message["Body"]))
    return found


@contextmanager
def impatient(stack: LocalAws, name: str) -> Iterator[None]:
    """The queue gives a message that failed again at once, and not after half an hour."""
    sqs, url = stack.client("sqs"), queue(stack, name)
    before = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["VisibilityTimeout"])["Attributes"]
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"VisibilityTimeout": "1"})
    try:
        yield
    finally:
        sqs.set_queue_attributes(QueueUrl=url, Attributes=before)


def test_the_chunks_hold_the_document_and_whose_it_is(uploader: Uploader) -> None:
    file_id = uploader.upload()
    eventually(lambda: uploader.status(file_id)["status"] == "chunked")
    chunks = sorted(messages(uploader.stack, "rag-chunks", file_id), key=lambda chunk: chunk["index"])
    assert len(chunks) == uploader.status(file_id)["chunks"] > 1
    assert {(chunk["user"], chunk["account"]) for chunk in chunks} == {(uploader.name, "general_account")}
    assert all(chunk["text"] in " ".join(TEXT.split()) for chunk in chunks)


def test_an_account_pays_for_what_its_user_uploads(uploader: Uploader) -> None:
    account = {"id": "acc-lab", "name": "Lab", "isDefault": True}
    table = aws_lookups.variables(uploader.stack)["ACCOUNTS_DYNAMO_TABLE"]
    item = {"user": {"S": uploader.name}, "accounts": {"L": [{"M": _attributes(account)}]}}
    uploader.stack.client("dynamodb").put_item(TableName=table, Item=item)
    uploader.upload()
    (usage,) = eventually(lambda: uploader.usage("SQS"))
    assert (usage["account"], usage["operation"]) == ("acc-lab", "process_document_for_rag")
    eventually(lambda: "acc-lab" in aws_lookups.spent(uploader.stack, uploader.name))


def test_a_batch_of_two_users_is_split_between_them(stack: LocalAws, uploader: Uploader) -> None:
    other = Uploader(stack)
    key, theirs = uploader.announce()["fileId"], other.announce()["fileId"]
    records = [{"messageId": name, "body": json.dumps(s3_event(name))} for name in (key, theirs, theirs)]
    aws_lookups.invoke(stack, PROCESS, {"Records": [{"eventSource": "aws:sqs", **record} for record in records]})
    (mine,), (rest,) = eventually(lambda: uploader.usage("SQS")), eventually(lambda: other.usage("SQS"))
    assert (mine["records"], rest["records"], mine["batch_records"]) == (1, 2, 3)
    assert mine["request_id"] == rest["request_id"]
    assert mine["request_cost"] + rest["request_cost"] == Decimal("0.0000002")


@pytest.mark.parametrize(
    ("headers", "status"),
    [({"Content-Type": "application/pdf"}, 403), ({"If-None-Match": ""}, 403), ({"Content-Length": "3"}, 403)],
)
def test_the_address_takes_what_was_announced_and_nothing_else(
    uploader: Uploader, headers: dict[str, str], status: int
) -> None:
    announced = uploader.announce(fileSize=4)
    assert put(announced["uploadUrl"], {**announced["headers"], **headers}, b"text") == status
    assert put(announced["uploadUrl"], announced["headers"], b"text") == 200
    assert put(announced["uploadUrl"], announced["headers"], b"more") == 412


def test_a_file_is_nobody_elses(stack: LocalAws, uploader: Uploader) -> None:
    file_id = uploader.upload()
    thief = Uploader(stack)
    assert thief.post("/files/status", fileId=file_id).status in {403, 404}
    assert thief.post("/files/delete", fileId=file_id).status in {403, 404}
    assert uploader.status(file_id)["success"] is True


def test_a_document_that_is_none_fails_with_a_reason_and_is_not_tried_again(uploader: Uploader) -> None:
    file_id = uploader.upload(b"%PDF-1.7 no more than that", fileType="application/pdf", fileName="broken.pdf")
    status = eventually(lambda: (found := uploader.status(file_id))["status"] == "failed" and found)
    assert status["error"]["reason"]
    assert messages(uploader.stack, "rag-chunks", file_id) == []
    (usage,) = eventually(lambda: uploader.usage("SQS"))
    assert usage["failed_records"] == 0


def test_a_message_that_cannot_be_processed_ends_in_the_dead_letter_queue_and_stops_nobody(
    stack: LocalAws, uploader: Uploader
) -> None:
    nonsense = f"nonsense {uuid.uuid4().hex}"
    with impatient(stack, "rag-documents"):
        stack.client("sqs").send_message(QueueUrl=queue(stack, "rag-documents"), MessageBody=json.dumps(nonsense))
        file_id = uploader.upload()
        eventually(lambda: uploader.status(file_id)["status"] == "chunked")
        assert eventually(lambda: messages(stack, "rag-documents-dead-letter", nonsense)) == [nonsense]


def test_the_schedule_itself_removes_what_never_came_and_the_uploader_pays(uploader: Uploader) -> None:
    file_id = uploader.announce(expiresIn=1)["fileId"]
    eventually(lambda: uploader.post("/files/status", fileId=file_id).status == 404, SCHEDULE_COMES_WITHIN_S)
    (usage,) = eventually(lambda: uploader.usage("Scheduled"))
    assert (usage["operation"], usage["account"]) == ("expire_uploads", "general_account")


def s3_event(key: str) -> dict[str, Any]:
    """An event of S3 about an object that is not there any more."""
    found = {"key": key, "size": 4, "eTag": "d41d8cd98f00b204e9800998ecf8427e", "sequencer": "0055AED6DCD90281E5"}
    bucket = {"name": "amplify-local-lambda-local-rag-input-000000000000"}
    record = {"eventSource": "aws:s3", "eventName": "ObjectCreated:Put", "s3": {"bucket": bucket, "object": found}}
    return {"Records": [record]}


def _attributes(values: dict[str, Any]) -> dict[str, Any]:
    return {name: {"BOOL": value} if isinstance(value, bool) else {"S": value} for name, value in values.items()}
