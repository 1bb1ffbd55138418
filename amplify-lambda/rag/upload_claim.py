"""Decide which invocation processes an upload.

At most one invocation processes an upload at a time. A finished upload is never processed again.

SQS may deliver a message more than once, and S3 may send an event more than once. One conditional write to the file's
record decides which invocation may begin. Only this invocation, the holder, writes the result.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import Enum, auto
from typing import TYPE_CHECKING, Any

from files.file_record import FileRecord, FileStatus, instant, table_name
from pycommon.dal.providers.aws.attribute_values import to_item
from pycommon.dal.providers.aws.clients import client

if TYPE_CHECKING:
    from collections.abc import Mapping

    from rag.document_refusal import DocumentRefusedError
    from rag.upload_notification import S3Upload

__all__ = ["NoClaimReason", "RefusedClaim", "UploadClaim", "claim"]

_MAY_BEGIN = (
    "attribute_exists(id)"
    " AND (attribute_not_exists(sequencer) OR sequencer <= :sequencer)"
    " AND NOT (sequencer = :sequencer AND #status IN (:chunked, :failed))"
    " AND NOT (#status = :processing AND claimed_until > :now)"
)


class NoClaimReason(Enum):
    """Why an invocation may not process an upload now."""

    NO_RECORD = auto()  # the file was removed, or never announced
    DONE = auto()  # this upload is finished, or the record already has a later upload of the same key
    IN_PROGRESS = auto()  # another invocation is processing this upload, or an earlier upload of the same key


@dataclass(frozen=True, slots=True)
class RefusedClaim:
    """This invocation may not process the upload now. `record` is None only if the file has no record."""

    why: NoClaimReason
    record: FileRecord | None


@dataclass(frozen=True, slots=True)
class UploadClaim:
    """The right to process one upload.

    `complete`, `refuse` or `release` ends the right. If the invocation dies, the right expires.
    """

    record: FileRecord
    _holder: str

    def complete(self, chunks: int) -> bool:
        """Record that all chunks are sent.

        Return False if the file was removed meanwhile, or this right has expired and another invocation has the right.
        """
        return self._end(FileStatus.CHUNKED, {"chunks": chunks})

    def refuse(self, error: DocumentRefusedError) -> bool:
        """Record that the document can never be processed, with the reason for the uploader. Return as `complete`."""
        return self._end(FileStatus.FAILED, {"failure": error.to_json()})

    def release(self) -> bool:
        """Give the right back after a failure, so that the next delivery may begin at once. Return as `complete`."""
        return self._end(FileStatus.UPLOADED, {})

    def _end(self, status: FileStatus, attributes: Mapping[str, Any]) -> bool:
        assignments = "".join(f", {name} = :{name}" for name in attributes)
        values = {":status": status.value, ":now": instant(datetime.now(UTC)), ":holder": self._holder}
        ended, _ = _update(
            self.record.id,
            f"SET #status = :status, updated_at = :now{assignments} REMOVE claimed_by, claimed_until",
            "claimed_by = :holder",
            values | {f":{name}": value for name, value in attributes.items()},
        )
        return ended


def claim(upload: S3Upload, seconds: float) -> UploadClaim | RefusedClaim:
    """Claim `upload`, so that only this invocation processes it. The claim lasts as long as the invocation can last.

    S3's sequencer orders the uploads of one key. The record has the sequencer of the latest claimed upload. A later
    upload is processed, even if the earlier upload is finished. An earlier upload is refused, even if no invocation has
    processed it.
    """
    now = datetime.now(UTC)
    holder = uuid.uuid4().hex
    begun, item = _update(
        upload.key,
        "SET #status = :processing, claimed_by = :holder, claimed_until = :until, updated_at = :now,"
        " etag = :etag, sequencer = :sequencer REMOVE awaited, failure, chunks",
        _MAY_BEGIN,
        {
            ":processing": FileStatus.PROCESSING.value,
            ":chunked": FileStatus.CHUNKED.value,
            ":failed": FileStatus.FAILED.value,
            ":holder": holder,
            ":now": instant(now),
            ":until": instant(now + timedelta(seconds=seconds)),
            ":etag": upload.etag,
            ":sequencer": upload.sequencer,
        },
    )
    if item is None:
        return RefusedClaim(NoClaimReason.NO_RECORD, None)
    record = FileRecord.from_attributes(item)
    return UploadClaim(record, holder) if begun else RefusedClaim(_why(record, item, upload), record)


def _why(record: FileRecord, item: Mapping[str, Any], upload: S3Upload) -> NoClaimReason:
    later_known = item.get("sequencer", {"S": ""})["S"] > upload.sequencer
    return (
        NoClaimReason.IN_PROGRESS if record.status is FileStatus.PROCESSING and not later_known else NoClaimReason.DONE
    )


def _update(
    file_id: str, update: str, condition: str, values: Mapping[str, Any]
) -> tuple[bool, Mapping[str, Any] | None]:
    """Return whether the condition was true, and the current item. The item is None if the table has no item."""
    dynamodb = client("dynamodb")
    try:
        answer = dynamodb.update_item(
            TableName=table_name(),
            Key={"id": {"S": file_id}},
            UpdateExpression=update,
            ConditionExpression=condition,
            ExpressionAttributeNames={"#status": "status"},
            ExpressionAttributeValues=to_item(values),
            ReturnValues="ALL_NEW",
            ReturnValuesOnConditionCheckFailure="ALL_OLD",
        )
    except dynamodb.exceptions.ConditionalCheckFailedException as error:
        return False, error.response.get("Item")
    return True, answer["Attributes"]
