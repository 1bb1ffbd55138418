"""Provide one test's table, bucket and queues in the local AWS, with the actions of clients and AWS."""

from __future__ import annotations

import json
import time
import urllib.parse
import uuid
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from http.client import HTTPConnection
from typing import TYPE_CHECKING, Any

from pycommon.testing import rest_api_event

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pycommon.testing import TokenIssuer
    from tests.conftest import Aws

FILES, BUCKET, CHUNKS = "FILES_DYNAMO_TABLE", "S3_RAG_INPUT_BUCKET_NAME", "RAG_CHUNK_DOCUMENT_QUEUE_URL"
PATIENCE_S = 20


@dataclass(frozen=True)
class Put:
    """S3's response to an upload."""

    status: int
    body: str


@dataclass(frozen=True)
class DocumentService:
    """The resources of one test in the local AWS."""

    aws: Aws
    variables: Mapping[str, str]
    issuer: TokenIssuer
    documents_url: str

    # Actions of a client

    def request(self, path: str, data: Any, user: str = "ada") -> dict[str, Any]:
        """Return the event of a request to an endpoint."""
        return rest_api_event("POST", path, {"data": data}, token=self.issuer.token(user))

    def put(self, url: str, headers: Mapping[str, str], content: bytes) -> Put:
        """Send `content` to a presigned URL with these headers and its length."""
        parts = urllib.parse.urlsplit(url)
        connection = HTTPConnection(parts.netloc, timeout=PATIENCE_S)
        sent = {**headers, "Content-Length": str(len(content))}
        connection.request("PUT", f"{parts.path}?{parts.query}", body=content, headers=sent)
        answer = connection.getresponse()
        put = Put(answer.status, answer.read().decode())
        connection.close()
        return put

    # Actions of AWS

    def announce(self, content_type: str = "text/plain", user: str = "ada", **attributes: Any) -> str:
        """Write a record like `upload_file`, and return its id."""
        now = datetime.now(UTC)
        item = {
            "id": f"{user}/{uuid.uuid4().hex}/a b+c.txt",
            "user": user,
            "account": f"account-of-{user}",
            "name": "a b+c.txt",
            "type": content_type,
            "status": "announced",
            "created_at": now.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "expires_at": (now + timedelta(minutes=15)).strftime("%Y-%m-%dT%H:%M:%SZ"),
            "awaited": "0",
            **attributes,
        }
        self.aws.put(FILES, item)
        return str(item["id"])

    def upload(self, key: str, content: bytes) -> dict[str, Any]:
        """Put an object, wait for S3's notification, and return the record of the Lambda event."""
        self.aws.client("s3").put_object(Bucket=self.variables[BUCKET], Key=key, Body=content)
        return self.message()

    def message(self) -> dict[str, Any]:
        """Return the next notification as a record of a Lambda event."""
        sqs, deadline = self.aws.client("sqs"), time.monotonic() + PATIENCE_S
        while time.monotonic() < deadline:
            answer = sqs.receive_message(QueueUrl=self.documents_url, WaitTimeSeconds=1)
            for message in answer.get("Messages", ()):
                sqs.delete_message(QueueUrl=self.documents_url, ReceiptHandle=message["ReceiptHandle"])
                if "s3:TestEvent" not in message["Body"]:
                    return sqs_record(message["Body"])
        raise AssertionError("S3 told the queue of no upload")

    # Results

    def record(self, file_id: str) -> dict[str, Any]:
        """Return the item of a file."""
        return next(item for item in self.aws.items(FILES) if item["id"] == file_id)

    def chunks(self) -> list[dict[str, Any]]:
        """Remove all chunks from the queue, and return them by index."""
        sqs, taken = self.aws.client("sqs"), []
        while messages := sqs.receive_message(QueueUrl=self.variables[CHUNKS], MaxNumberOfMessages=10).get("Messages"):
            taken += [json.loads(message["Body"]) for message in messages]
            for message in messages:
                sqs.delete_message(QueueUrl=self.variables[CHUNKS], ReceiptHandle=message["ReceiptHandle"])
        return sorted(taken, key=lambda chunk: chunk["index"])

    def versions(self, key: str) -> tuple[int, int]:
        """Return the number of versions and of delete markers of an object."""
        answer = self.aws.client("s3").list_object_versions(Bucket=self.variables[BUCKET])
        return tuple(sum(each["Key"] == key for each in answer.get(kind, ())) for kind in ("Versions", "DeleteMarkers"))

    def usage(self) -> dict[tuple[str, str], int]:
        """Return the records that each account and user pays for."""
        items = self.aws.items("USAGE_METRICS_DYNAMO_TABLE")
        return {(item["account"], item["user"]): int(item.get("records", 0)) for item in items}


def sqs_record(body: str) -> dict[str, Any]:
    """Return a record of an SQS event."""
    return {"messageId": str(uuid.uuid4()), "body": body, "eventSource": "aws:sqs", "attributes": {}}


def made_in(aws: Aws, issuer: TokenIssuer) -> DocumentService:
    """Create the resources of resources/*.yml with names for this test."""
    unique = uuid.uuid4().hex[:12]
    sqs = aws.client("sqs")
    documents_url = sqs.create_queue(QueueName=f"{unique}-documents")["QueueUrl"]
    variables = {
        **aws.variables,
        **issuer.environment(),
        FILES: f"{unique}-files",
        BUCKET: f"{unique}-rag-input",
        CHUNKS: sqs.create_queue(QueueName=f"{unique}-chunks")["QueueUrl"],
        "UPLOAD_GRACE_SECONDS": "60",
    }
    _create_table(aws, variables[FILES])
    arn = sqs.get_queue_attributes(QueueUrl=documents_url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    _create_bucket(aws, variables[BUCKET], documents_url, arn)
    return DocumentService(replace(aws, variables=variables), variables, issuer, documents_url)


def _create_table(aws: Aws, name: str) -> None:
    index = [{"AttributeName": "awaited", "KeyType": "HASH"}, {"AttributeName": "expires_at", "KeyType": "RANGE"}]
    aws.client("dynamodb").create_table(
        TableName=name,
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": key, "AttributeType": "S"} for key in ("id", "awaited", "expires_at")],
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        GlobalSecondaryIndexes=[
            {
                "IndexName": "AwaitedUploads",
                "KeySchema": index,
                "Projection": {"ProjectionType": "INCLUDE", "NonKeyAttributes": ["account", "user"]},
            }
        ],
        StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"},
    )


def _create_bucket(aws: Aws, name: str, queue_url: str, queue_arn: str) -> None:
    s3 = aws.client("s3")
    s3.create_bucket(Bucket=name)
    s3.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": "s3.amazonaws.com"},
        "Action": "sqs:SendMessage",
        "Resource": queue_arn,
        "Condition": {"ArnEquals": {"aws:SourceArn": f"arn:aws:s3:::{name}"}},
    }
    policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    aws.client("sqs").set_queue_attributes(QueueUrl=queue_url, Attributes={"Policy": policy})
    s3.put_bucket_notification_configuration(
        Bucket=name,
        NotificationConfiguration={
            "QueueConfigurations": [{"QueueArn": queue_arn, "Events": ["s3:ObjectCreated:*"]}],
        },
    )
