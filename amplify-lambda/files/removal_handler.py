"""Remove the object of each removed record: the stream of `FILES_DYNAMO_TABLE` delivers the removals."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from files.file_key import upload_id_of
from pycommon.dal.providers.aws.clients import client, describe_error
from pycommon.dal.providers.aws.resource_perms import DynamoDBOperation, S3Operation
from pycommon.decorators import required_env_vars, track_execution
from pycommon.logger import getLogger

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

logger = getLogger("files.removal")


@required_env_vars(
    {
        "USAGE_METRICS_DYNAMO_TABLE": [DynamoDBOperation.PUT_ITEM],
        "S3_RAG_INPUT_BUCKET_NAME": [S3Operation.LIST_OBJECT_VERSIONS, S3Operation.DELETE_OBJECT_VERSION],
    }
)
@track_execution
def remove_stored_object(event: Mapping[str, Any], context: object) -> dict[str, Any]:
    """Remove all versions of the object of each removed record, permanently.

    A repeated call does no harm.

    Args:
        event: a batch of the table's stream. Changes other than removals are skipped.
        context: Lambda's context object.

    Returns:
        The number of removed records, and the number of removed versions of objects.

    Raises:
        Exception: the first error. The function raises it after it has tried all records. The stream then delivers the
            batch again, in halves.
    """
    keys = [record["dynamodb"]["Keys"]["id"]["S"] for record in event["Records"] if record["eventName"] == "REMOVE"]
    versions, failures = 0, []
    for key in keys:
        try:
            versions += _remove_all_versions(key)
        except Exception as error:  # noqa: BLE001 - one failure must not stop the others; raised below
            logger.error("the object of upload %s could not be removed: %s", upload_id_of(key), describe_error(error))
            failures.append(error)
    logger.info("%d records removed, and %d versions of objects", len(keys), versions)
    if failures:
        raise failures[0]
    return {"success": True, "records": len(keys), "versions": versions}


def _remove_all_versions(key: str) -> int:
    """Remove every version and every delete marker of the object, and return their number."""
    removed = 0
    for version in list(_versions(key)):
        client("s3").delete_object(Bucket=_bucket(), Key=key, VersionId=version)
        removed += 1
    return removed


def _versions(key: str) -> Iterator[str]:
    pages = client("s3").get_paginator("list_object_versions").paginate(Bucket=_bucket(), Prefix=key)
    for page in pages:
        for version in (*page.get("Versions", ()), *page.get("DeleteMarkers", ())):
            if version["Key"] == key:  # longer keys have the same prefix
                yield version["VersionId"]


def _bucket() -> str:
    return os.environ["S3_RAG_INPUT_BUCKET_NAME"]
