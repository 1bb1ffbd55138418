"""The right to process an upload: given to one invocation at a time, and never again once it is done.

SQS delivers a message more than once at times, and S3 an event. The record of the file says, in one conditional write,
who may begin; only the holder writes what came of it.
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
    """Why an upload is not to be processed now."""

    NO_RECORD = auto()  # the file was removed, or never announced
    DONE = auto()  # this upload, or a later one of the same key
    IN_PROGRESS = auto()  # another invocation has it


@dataclass(frozen=True, slots=True)
class RefusedClaim:
    """The upload is not to be processed now. `record` is None only where there is none."""

    why: NoClaimReason
    record: FileRecord | None


@dataclass(frozen=True, slots=True)
class UploadClaim:
    """The right to process one upload. One of the three methods ends it; an invocation that dies lets it run out."""

    record: FileRecord
    _holder: str

    def complete(self, chunks: int) -> bool:
        """All chunks are sent. False where the file was removed meanwhile, as below."""
        return self._end(FileStatus.CHUNKED, {"chunks": chunks})

    def refuse(self, error: DocumentRefusedError) -> bool:
        """The document can never be processed, and the uploader is told why."""
        return self._end(FileStatus.FAILED, {"failure": error.to_json()})

    def release(self) -> bool:
        """It did not work this time; the next delivery may begin at once."""
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
    """Ask for the right to process `upload`, for so many seconds: as long as the invocation can last.

    A later upload of the same key (later by S3's sequencer) is processed anew; an earlier one never is.
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
    """Whether the condition held; the item as it is now, None where there is none."""
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
