"""Send chunks to `RAG_CHUNK_DOCUMENT_QUEUE_URL`, one message for each chunk."""

from __future__ import annotations

import hashlib
import json
import os
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from pycommon.dal.providers.aws.clients import client

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from files.file_record import FileRecord
    from rag.chunk import Chunk

__all__ = ["InvocationEndsSoonError", "chunk_messages", "send"]

# Each call mostly waits for SQS. Batches of ten messages would save calls. On AWS, sqs:SendMessage also allows batches.
# But the local AWS requires another action, which does not exist on AWS, and the same policy must work on both.
_SENDERS = 8
_RESERVE_MS = 5_000


class InvocationEndsSoonError(Exception):
    """The invocation ends before the document is finished. The queue delivers the document again."""


def chunk_messages(record: FileRecord, etag: str, chunks: Sequence[Chunk]) -> Iterator[str]:
    """Return the messages for the chunks of one upload. docs/documents.md describes them.

    The same upload always gives the same ids in the same order. A message has less than 30 kB: 2,000 characters of at
    most 12 bytes each, and the description of the file.
    """
    for index, chunk in enumerate(chunks):
        location = {"start": chunk.start, "end": chunk.end}
        if chunk.first_page is not None and chunk.last_page is not None:
            location |= {"page": chunk.first_page, "lastPage": chunk.last_page}
        yield json.dumps(
            {
                "chunkId": hashlib.sha256(f"{record.id}\n{etag}\n{index}".encode()).hexdigest()[:32],
                "fileId": record.id,
                "user": record.user,
                "account": record.account,
                "index": index,
                "count": len(chunks),
                "text": chunk.text,
                "location": location,
            }
        )


def send(messages: Iterator[str], time_left_ms: Callable[[], float]) -> None:
    """Send all messages.

    Raises:
        InvocationEndsSoonError: the invocation is about to end.
        Exception: the first error of SQS. Some messages may have been sent before. The next delivery of the document
            sends all messages again.
    """
    sqs, url = client("sqs"), os.environ["RAG_CHUNK_DOCUMENT_QUEUE_URL"]

    def send_one(message: str) -> None:
        if time_left_ms() < _RESERVE_MS:
            raise InvocationEndsSoonError("the invocation ends soon; the next delivery processes the document")
        sqs.send_message(QueueUrl=url, MessageBody=message)

    with ThreadPoolExecutor(_SENDERS) as senders:
        try:
            for _ in senders.map(send_one, messages):
                pass
        except BaseException:
            senders.shutdown(wait=False, cancel_futures=True)
            raise
