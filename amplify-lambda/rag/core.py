"""Turn uploads into chunks: S3 sends each upload to a queue, and the queue invokes this function."""

from __future__ import annotations

import os
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from files.document_formats import FORMAT_BY_CONTENT_TYPE
from files.file_key import upload_id_of
from pycommon.dal.providers.aws.clients import describe_error
from pycommon.dal.providers.aws.resource_perms import DynamoDBOperation, S3Operation, SQSOperation
from pycommon.decorators import required_env_vars, track_execution
from pycommon.logger import getLogger
from pycommon.metrics import bill_to
from rag.chunk_queue import InvocationEndsSoonError, chunk_messages, send
from rag.chunking_sandbox import MAX_SECONDS, chunks_within_bounds
from rag.document_download import download, hide
from rag.document_refusal import DocumentRefusedError, RefusalCode
from rag.upload_claim import NoClaimReason, UploadClaim, claim
from rag.upload_notification import UnexpectedMessageError, uploads_in

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from files.file_record import FileRecord
    from rag.chunk import Chunk
    from rag.upload_notification import S3Upload

logger = getLogger("rag")

# The time to download 100 MB and to send the chunks of ten million characters, in addition to reading the document.
_TIME_TO_FETCH_AND_SEND_MS = 60_000
_TIME_FOR_ONE_MS = MAX_SECONDS * 1000 + _TIME_TO_FETCH_AND_SEND_MS
_MS_PER_SECOND = 1000


class InProgressError(Exception):
    """Another invocation is processing this upload. If that other invocation dies, a later delivery processes it."""


@required_env_vars(
    {
        "USAGE_METRICS_DYNAMO_TABLE": [DynamoDBOperation.PUT_ITEM],
        "FILES_DYNAMO_TABLE": [DynamoDBOperation.UPDATE_ITEM],
        "S3_RAG_INPUT_BUCKET_NAME": [S3Operation.GET_OBJECT, S3Operation.DELETE_OBJECT],
        "RAG_CHUNK_DOCUMENT_QUEUE_URL": [SQSOperation.SEND_MESSAGE],
    }
)
@track_execution
def process_document_for_rag(event: Mapping[str, Any], context: Any) -> dict[str, Any]:
    """Split the uploads in the messages into chunks, and send the chunks. Each uploader pays for their own uploads.

    If a document can never be processed, its record gets the status `failed` and the reason, and the message is done.
    After any other failure (an error of AWS, too little time, a message that S3 did not send) the message stays in the
    queue. SQS then delivers the message again. After five deliveries, SQS moves the message to the dead-letter queue,
    where an operator sees it.

    Args:
        event: a batch of SQS messages, each with an event of S3.
        context: Lambda's context object.

    Returns:
        `batchItemFailures`: the messages that stay in the queue.
    """
    failed = []
    for message in event["Records"]:
        try:
            _process_message(message["body"], context.get_remaining_time_in_millis)
        except Exception as error:  # noqa: BLE001 - one message must not stop the others
            _report(message["messageId"], error)
            failed.append({"itemIdentifier": message["messageId"]})
    logger.info("%d messages, of which %d stay in the queue", len(event["Records"]), len(failed))
    return {"batchItemFailures": failed}


def _process_message(body: str, time_left_ms: Callable[[], float]) -> None:
    for upload in uploads_in(body):
        if upload.bucket != os.environ["S3_RAG_INPUT_BUCKET_NAME"]:
            raise UnexpectedMessageError("expected an upload to S3_RAG_INPUT_BUCKET_NAME, found another bucket")
        if time_left_ms() < _TIME_FOR_ONE_MS:
            # Do not begin: if the invocation ended during a document, nobody would know whether the document is slow or
            # was begun too late.
            raise InvocationEndsSoonError("the earlier documents of the batch left too little time")
        _process_upload(upload, time_left_ms)


def _process_upload(upload: S3Upload, time_left_ms: Callable[[], float]) -> None:
    outcome = claim(upload, seconds=time_left_ms() / _MS_PER_SECOND)
    if outcome.record is not None:
        bill_to(account=outcome.record.account, user=outcome.record.user)
    if isinstance(outcome, UploadClaim):
        _process_claimed(upload, outcome, time_left_ms)
    elif outcome.why is NoClaimReason.IN_PROGRESS:
        raise InProgressError("another invocation is processing the upload")
    elif outcome.why is NoClaimReason.NO_RECORD:
        # The file was removed before its upload arrived, and `remove_stored_object` has already run.
        hide(upload)
        logger.info("upload %s has no record; its object is removed", upload_id_of(upload.key))
    else:
        logger.info("upload %s was processed before", upload_id_of(upload.key))


def _process_claimed(upload: S3Upload, held: UploadClaim, time_left_ms: Callable[[], float]) -> None:
    began = time.monotonic()
    name = upload_id_of(upload.key)
    try:
        chunks = _chunks(upload, held.record)
        send(chunk_messages(held.record, upload.etag, chunks), time_left_ms)
        noted = held.complete(len(chunks))
        logger.info("upload %s: %d chunks in %.1f s", name, len(chunks), time.monotonic() - began)
    except DocumentRefusedError as error:
        noted = held.refuse(error)
        logger.info("upload %s cannot be processed: %s", name, error.code)
    except Exception:
        held.release()
        raise
    if not noted:
        logger.info("upload %s was removed, or taken over, while it was processed", name)


def _chunks(upload: S3Upload, record: FileRecord) -> list[Chunk]:
    form = FORMAT_BY_CONTENT_TYPE.get(record.content_type)
    if form is None:
        raise DocumentRefusedError(
            RefusalCode.UNKNOWN_TYPE, f"Documents of type {record.content_type} are not processed."
        )
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "document")
        download(upload, path)
        return chunks_within_bounds(form, path)


def _report(message_id: str, error: Exception) -> None:
    """Log why a message stays in the queue. Log a traceback only for an unexpected error. Errors of AWS have a code."""
    if isinstance(error, InvocationEndsSoonError | InProgressError | UnexpectedMessageError):
        logger.warning("message %s stays in the queue: %s", message_id, error)
    elif hasattr(error, "response"):
        logger.error("message %s stays in the queue: %s", message_id, describe_error(error))
    else:
        logger.error("message %s stays in the queue", message_id, exc_info=error)
