"""Read S3's notifications of uploads from the messages of the queue.

Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote_plus

__all__ = ["S3Upload", "UnexpectedMessageError", "uploads_in"]

_TEST_EVENT = "s3:TestEvent"
_CREATED = "ObjectCreated:"
_SEQUENCER_DIGITS = 64


class UnexpectedMessageError(Exception):
    """The queue delivered a message that S3 did not send. An operator must look at the message."""


@dataclass(frozen=True, slots=True)
class S3Upload:
    """One version of an object.

    Attributes:
        bucket: the bucket's name.
        key: the object's key, decoded. It is the key of the file's record too.
        etag: the ETag, which identifies the object's content, without quotation marks.
        sequencer: the value that orders the events of one key. All sequencers have the same length, so that they can be
            compared as text.
        size: the object's size in bytes.
    """

    bucket: str
    key: str
    etag: str
    sequencer: str
    size: int


def uploads_in(body: str) -> list[S3Upload]:
    """Return the uploads in a message. The test event, which S3 sends for a new notification, has no uploads.

    Raises:
        UnexpectedMessageError: the message is not an S3 event.

    Example:
        >>> uploads_in('{"Service": "Amazon S3", "Event": "s3:TestEvent"}')
        []
    """
    try:
        message = json.loads(body)
        if message.get("Event") == _TEST_EVENT:
            return []
        records = [each for each in message["Records"] if each["eventName"].startswith(_CREATED)]
        return [_upload(each["s3"]) for each in records]
    except (AttributeError, KeyError, TypeError, ValueError, RecursionError) as error:
        raise UnexpectedMessageError(
            f"expected an S3 event in the message, found another form ({type(error).__name__})"
        ) from None


def _upload(s3: dict[str, Any]) -> S3Upload:
    stored = s3["object"]
    return S3Upload(
        bucket=_text(s3["bucket"]["name"]),
        key=unquote_plus(_text(stored["key"])),  # form encoding: a plus sign is a space
        etag=_text(stored["eTag"]).strip('"'),
        # S3's rule for the comparison of these hexadecimal values: append zeros to the shorter value.
        sequencer=_text(stored["sequencer"]).upper().ljust(_SEQUENCER_DIGITS, "0"),
        size=int(stored.get("size", 0)),
    )


def _text(value: Any) -> str:
    if not isinstance(value, str) or not value:
        raise TypeError("expected a text")
    return value
