"""Send records that the roll-up cannot count to its dead-letter queue, each with the reason."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any

from pycommon.dal.providers.aws.clients import client

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["send"]

_BYTES_AT_MOST = 256 * 1024
"""The largest message size that every SQS queue accepts, even in an account whose limit was not raised to 1 MiB."""


def send(record: Any, reason: str) -> None:
    """Send one stream record as a JSON object with `reason` and `record`.

    If the record is too large for a message, leave out the record's item. The message still has the item's key.

    Raises:
        botocore.exceptions.ClientError, BotoCoreError: the queue did not accept the message.
    """
    body = _body(record, reason)
    if len(body) > _BYTES_AT_MOST:
        body = _body(_without_image(record), reason)
    client("sqs").send_message(QueueUrl=os.environ["COSTS_DEAD_LETTER_QUEUE_URL"], MessageBody=body)


def _body(record: Any, reason: str) -> str:
    return json.dumps({"reason": reason, "record": record})  # ASCII only: SQS refuses some characters


def _without_image(record: Mapping[str, Any]) -> dict[str, Any]:
    stream_record = {name: value for name, value in record["dynamodb"].items() if name != "NewImage"}
    return {**record, "dynamodb": stream_record}
