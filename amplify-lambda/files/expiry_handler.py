"""Remove announcements whose upload never arrived, on a schedule."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from files.file_key import upload_id_of
from files.file_record import AWAITED_SHARDS, FileStatus, instant, table_name
from pycommon.dal.providers.aws.attribute_values import from_item
from pycommon.dal.providers.aws.clients import client
from pycommon.dal.providers.aws.resource_perms import DynamoDBOperation, S3Operation
from pycommon.decorators import required_env_vars, track_execution
from pycommon.logger import getLogger
from pycommon.metrics import bill_to

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

logger = getLogger("files.expiry")

INDEX = "AwaitedUploads"
# The time in milliseconds to remove one announcement. If less time is left, the next scheduled invocation continues.
_TIME_FOR_ONE_MS = 10_000


@required_env_vars(
    {
        "USAGE_METRICS_DYNAMO_TABLE": [DynamoDBOperation.PUT_ITEM],
        "FILES_DYNAMO_TABLE": [DynamoDBOperation.QUERY, DynamoDBOperation.UPDATE_ITEM, DynamoDBOperation.DELETE_ITEM],
        "S3_RAG_INPUT_BUCKET_NAME": [S3Operation.LIST_BUCKET],
        "UPLOAD_GRACE_SECONDS": [],
    }
)
@track_execution
def expire_uploads(event: Mapping[str, Any], context: Any) -> dict[str, Any]:
    """Remove the records of uploads that never arrived. Each uploader pays for the removal of their own records.

    Ask the bucket whether an upload arrived. Keep the record of a file that has arrived and waits for processing.

    Args:
        event: EventBridge's scheduled event.
        context: Lambda's context object.

    Returns:
        The number of removed records, the number of arrived uploads, and whether overdue records remain.
    """
    overdue_before = instant(datetime.now(UTC) - timedelta(seconds=float(os.environ["UPLOAD_GRACE_SECONDS"])))
    removed = arrived = 0
    unfinished = False
    for announcement in _announced(overdue_before):
        if context.get_remaining_time_in_millis() < _TIME_FOR_ONE_MS:
            unfinished = True
            break
        bill_to(account=announcement["account"], user=announcement["user"])
        if _is_stored(announcement["id"]):
            arrived += _note_arrival(announcement["id"])
        elif _remove(announcement["id"]):
            removed += 1
            logger.info("upload %s never arrived", upload_id_of(announcement["id"]))
    logger.info("%d announcements removed, %d uploads wait for processing", removed, arrived)
    return {"success": True, "removed": removed, "arrived": arrived, "unfinished": unfinished}


def _announced(before: str) -> Iterator[dict[str, Any]]:
    """Return `id`, `account` and `user` of each announcement that expired before a time.

    The oldest announcement of each shard is first.
    """
    pages = client("dynamodb").get_paginator("query")
    for shard in AWAITED_SHARDS:
        for page in pages.paginate(
            TableName=table_name(),
            IndexName=INDEX,
            KeyConditionExpression="awaited = :shard AND expires_at < :before",
            ExpressionAttributeValues={":shard": {"S": shard}, ":before": {"S": before}},
        ):
            yield from (from_item(item) for item in page["Items"])


def _is_stored(key: str) -> bool:
    """Return whether the upload arrived. List the keys, because S3 could deny the read of a missing object."""
    bucket = os.environ["S3_RAG_INPUT_BUCKET_NAME"]
    answer = client("s3").list_objects_v2(Bucket=bucket, Prefix=key, MaxKeys=1)
    return any(found["Key"] == key for found in answer.get("Contents", ()))


def _remove(file_id: str) -> bool:
    """Remove the record unless its status has changed. Return whether the record was removed."""
    return _while_announced("delete_item", file_id)


def _note_arrival(file_id: str) -> bool:
    """Remove the record from the index, because its document waits in the queue or in the dead-letter queue.

    Return False if the status of the record has changed.
    """
    return _while_announced(
        "update_item",
        file_id,
        values={":uploaded": FileStatus.UPLOADED},
        UpdateExpression="SET #status = :uploaded REMOVE awaited",
    )


def _while_announced(operation: str, file_id: str, values: Mapping[str, str] | None = None, **request: Any) -> bool:
    dynamodb = client("dynamodb")
    texts = {":announced": FileStatus.ANNOUNCED, **(values or {})}
    try:
        getattr(dynamodb, operation)(
            TableName=table_name(),
            Key={"id": {"S": file_id}},
            ConditionExpression="#status = :announced",
            ExpressionAttributeNames={"#status": "status"},
            ExpressionAttributeValues={name: {"S": str(text)} for name, text in texts.items()},
            **request,
        )
    except dynamodb.exceptions.ConditionalCheckFailedException:
        return False
    return True
