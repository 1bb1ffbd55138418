"""Store the record of a file in `FILES_DYNAMO_TABLE`: its description, its owner and its status.

    announced -> uploaded -> processing -> chunked
                                        -> failed

A file has the status `uploaded` only for a moment, or while a failure of the service delays its processing.
"""

from __future__ import annotations

import os
import zlib
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from pycommon.dal.providers.aws.attribute_values import from_item, to_item
from pycommon.dal.providers.aws.clients import client

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = [
    "AWAITED_SHARDS",
    "Failure",
    "FileRecord",
    "FileStatus",
    "announce",
    "find",
    "instant",
    "remove",
    "table_name",
]

AWAITED_SHARDS = ("0", "1", "2", "3")
"""The values of `awaited`, the hash key of the index of announcements. With a single value, all announcements would be
in one partition, and a partition accepts only 1,000 writes a second."""


class FileStatus(StrEnum):
    """The status of a file."""

    ANNOUNCED = "announced"
    UPLOADED = "uploaded"
    PROCESSING = "processing"
    CHUNKED = "chunked"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Failure:
    """The reason why a document cannot be processed: a code for programs, and a sentence for the uploader."""

    code: str
    reason: str


@dataclass(frozen=True, slots=True)
class FileRecord:
    """The record of one file.

    Attributes:
        id: the key of the file's object and of this item.
        user: the user who announced the file and owns it.
        account: the account that pays for the file's processing.
        name: the file's name, as announced.
        content_type: the announced content type, one of `files.document_formats`.
        size: the announced size in bytes; None if no size was announced.
        created_at: the time of the announcement; ISO 8601 in UTC.
        expires_at: the time by which the upload must begin; ISO 8601 in UTC.
        chunks: the number of chunks of a `chunked` file.
        failure: the reason why a `failed` file cannot be processed.
    """

    id: str
    user: str
    account: str
    name: str
    content_type: str
    size: int | None
    status: FileStatus
    created_at: str
    expires_at: str
    chunks: int | None = None
    failure: Failure | None = None

    @classmethod
    def from_attributes(cls, item: Mapping[str, Mapping[str, Any]]) -> FileRecord:
        """Return the record of an item of the table."""
        values = from_item(item)
        size, chunks, failure = values.get("size"), values.get("chunks"), values.get("failure")
        return cls(
            id=values["id"],
            user=values["user"],
            account=values["account"],
            name=values["name"],
            content_type=values["type"],
            size=None if size is None else int(size),
            status=FileStatus(values["status"]),
            created_at=values["created_at"],
            expires_at=values["expires_at"],
            chunks=None if chunks is None else int(chunks),
            failure=None if failure is None else Failure(failure["code"], failure["reason"]),
        )


def announce(record: FileRecord) -> None:
    """Write the record of an announced file. The index `AwaitedUploads` has the record until the upload arrives."""
    item: dict[str, Any] = {
        "id": record.id,
        "user": record.user,
        "account": record.account,
        "name": record.name,
        "type": record.content_type,
        "status": FileStatus.ANNOUNCED.value,
        "created_at": record.created_at,
        "expires_at": record.expires_at,
        "awaited": AWAITED_SHARDS[zlib.crc32(record.id.encode()) % len(AWAITED_SHARDS)],
    }
    if record.size is not None:
        item["size"] = record.size
    client("dynamodb").put_item(
        TableName=table_name(), Item=to_item(item), ConditionExpression="attribute_not_exists(id)"
    )


def find(file_id: str, user: str) -> FileRecord | None:
    """Return the record of a file of `user`, read consistently. Return None if the user has no such file."""
    answer = client("dynamodb").get_item(TableName=table_name(), Key={"id": {"S": file_id}}, ConsistentRead=True)
    if "Item" not in answer:
        return None
    record = FileRecord.from_attributes(answer["Item"])
    return record if record.user == user else None


def remove(file_id: str, user: str) -> bool:
    """Remove the record of a file of `user`. Return False if the user has no such file.

    The table's stream then invokes `files.removal_handler`, which removes the object.
    """
    dynamodb = client("dynamodb")
    try:
        dynamodb.delete_item(
            TableName=table_name(),
            Key={"id": {"S": file_id}},
            ConditionExpression="#user = :user",
            ExpressionAttributeNames={"#user": "user"},
            ExpressionAttributeValues={":user": {"S": user}},
        )
    except dynamodb.exceptions.ConditionalCheckFailedException:
        return False
    return True


def instant(moment: datetime) -> str:
    """Return a time in the form for records: ISO 8601 in UTC with whole seconds. Texts of this form sort by time.

    Example:
        >>> instant(datetime(2026, 11, 23, 15, 40, 4, tzinfo=UTC))
        '2026-11-23T15:40:04Z'
    """
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def table_name() -> str:
    """Return the name of the table."""
    return os.environ["FILES_DYNAMO_TABLE"]
