"""Records that the roll-up cannot count: each goes, whole and with the reason, to the roll-up's dead-letter queue."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any

from pycommon.dal.providers.aws.clients import client

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["send"]

_BYTES_AT_MOST = 256 * 1024
"""What every SQS queue takes, also where the account's limit was not raised to 1 MiB."""


def send(record: Any, reason: str) -> None:
    """Send one record of the stream: a JSON object with `reason` and `record`.

    An item of DynamoDB may be larger than a message. Then the item is left out and its key tells where it is.

    Raises:
        botocore.exceptions.ClientError, BotoCoreError: the queue did not take it.
    """
    body = _body(record, reason)
    if len(body) > _BYTES_AT_MOST:
        body = _body(_without_image(record), reason)
    client("sqs").send_message(QueueUrl=os.environ["COSTS_DEAD_LETTER_QUEUE_URL"], MessageBody=body)


def _body(record: Any, reason: str) -> str:
    return json.dumps({"reason": reason, "record": record})  # ASCII alone: SQS refuses some characters


def _without_image(record: Mapping[str, Any]) -> dict[str, Any]:
    stream_record = {name: value for name, value in record["dynamodb"].items() if name != "NewImage"}
    return {**record, "dynamodb": stream_record}
