"""Chunks on their way: one message each, to `RAG_CHUNK_DOCUMENT_QUEUE_URL`."""

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

# Each call waits for SQS most of its time. A batch of ten would save calls. On AWS sqs:SendMessage authorises it, but
# the local AWS asks for an action that does not exist, and one policy shall hold on both.
_SENDERS = 8
_RESERVE_MS = 5_000


class InvocationEndsSoonError(Exception):
    """The invocation ends before everything is sent. The queue delivers the document again."""


def chunk_messages(record: FileRecord, etag: str, chunks: Sequence[Chunk]) -> Iterator[str]:
    """The messages that tell of the chunks of one upload; docs/documents.md describes them.

    The same upload gives the same ids in the same order, however often it is processed. A message has less than 30 kB:
    2,000 characters, of which each takes 12 bytes if it comes to the worst, and what says where they come from.
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
    """Send all of `messages`.

    Raises:
        OutOfTimeError: the invocation is about to end.
        Exception: the first error of SQS. Others may have been sent by then, and will be again.
    """
    sqs, url = client("sqs"), os.environ["RAG_CHUNK_DOCUMENT_QUEUE_URL"]

    def send_one(message: str) -> None:
        if time_left_ms() < _RESERVE_MS:
            raise InvocationEndsSoonError("the invocation ends soon; the document is left to the next delivery")
        sqs.send_message(QueueUrl=url, MessageBody=message)

    with ThreadPoolExecutor(_SENDERS) as senders:
        try:
            for _ in senders.map(send_one, messages):
                pass
        except BaseException:
            senders.shutdown(wait=False, cancel_futures=True)
            raise
