"""Find the payer of an execution in its event. If the event names no payer, the system pays.

The module never reads events that contain values from a client, because a client could name any payer. The sender of
every other event has permissions for the queue, the topic, the table or the function.
"""

from __future__ import annotations

import binascii
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from pycommon.const import SYSTEM_USER
from pycommon.metrics.event_source import CLIENT_SOURCES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

__all__ = ["SYSTEM", "Payer", "Shares", "batch_size", "payers_of"]

_NESTED_AT_MOST = 4  # an S3 event in an SNS notification in an SQS message has three levels
_JSON_AT_MOST = 1_048_576  # in characters: the largest message of SQS
_NAME_AT_MOST = 1024  # in bytes: a partition key of DynamoDB holds 2,048
_EVENT_BRIDGE: Final = frozenset({"Scheduled", "EventBridge"})


class Payer(NamedTuple):
    """The payer of an execution (`account`), and the user who caused the execution (`user`)."""

    account: str
    user: str


SYSTEM = Payer(SYSTEM_USER, SYSTEM_USER)


class Shares(dict[Payer, int]):
    """The number of records of each payer of an execution, in the order in which the payers appear."""

    def add(self, payer: Payer, records: int = 1) -> None:
        """Add records to `payer`."""
        self[payer] = self.get(payer, 0) + records

    @classmethod
    def of(cls, payers: Iterable[Payer]) -> Shares:
        """Return the shares of `payers`. A payer has one record for each time that `payers` contains the payer."""
        shares = cls()
        for payer in payers:
            shares.add(payer)
        return shares


def payers_of(event: Any, source: str) -> tuple[Shares, int | None]:
    """Return the payers of an event, and the number of its records. The number is None if the event is not a batch.

    In a batch, each record may name its payer in one of these forms:

    - an SQS message, an SNS notification, or data of Kinesis, Kafka or MQ contains JSON. The JSON has `account` and
      `user` at its top, or the JSON is an S3 event or an SNS notification;
    - in an S3 record, the first segment of the object's key is the user;
    - in a DynamoDB stream record, the image has `account` and `user`.

    The payload of a direct invocation may have `account` and `user` at its top. An EventBridge event may have both in
    its `detail`. A Cognito trigger names the user. If an event names only a user, the user's name is also the account.
    If an event names nobody, `system` pays.

    Args:
        event: the event, which may be any value.
        source: the source of the event, from `detect_event_source`.

    Example:
        >>> payers_of({"Records": [{"eventSource": "aws:sqs", "body": '{"user": "jane"}'}]}, "SQS")
        ({Payer(account='jane', user='jane'): 1}, 1)
    """
    if source in CLIENT_SOURCES or not isinstance(event, dict):
        return Shares.of([SYSTEM]), None
    records = list(_records(event))
    if records:
        return Shares.of(_of_record(record) or SYSTEM for record in records), len(records)
    named = (
        event.get("detail") if source in _EVENT_BRIDGE else event
    )  # at the top of an EventBridge event, `account` is an AWS account
    return Shares.of([_named(named) or _of_cognito(event) or SYSTEM]), None


def batch_size(event: Any, source: str) -> int | None:
    """Return the number of records of an event, or None if the event is not a batch. Do not read the records."""
    if source in CLIENT_SOURCES or not isinstance(event, dict):
        return None
    return sum(1 for _ in _records(event)) or None


def _records(event: Mapping[str, Any]) -> Iterator[Any]:
    """Yield the records of a batch of any service."""
    for name in ("Records", "messages"):  # most services use Records, ActiveMQ uses messages
        records = event.get(name)
        if isinstance(records, list):
            yield from records
    for name in ("records", "rmqMessagesByQueue"):  # Kafka has records by topic, RabbitMQ by queue
        groups = event.get(name)
        for group in groups.values() if isinstance(groups, dict) else ():
            yield from group if isinstance(group, list) else ()


def _of_record(record: Any, depth: int = 0) -> Payer | None:
    if not isinstance(record, dict) or depth > _NESTED_AT_MOST:
        return None
    return _of_image(record) or _of_object(record) or _of_content(record, depth)


def _of_image(record: Mapping[str, Any]) -> Payer | None:
    """Read the new image of a DynamoDB stream record, or the old image of a removed item."""
    change = record.get("dynamodb")
    if not isinstance(change, dict):
        return None
    image = change.get("NewImage") or change.get("OldImage")
    if not isinstance(image, dict):
        return None
    texts = {name: value.get("S") for name, value in image.items() if isinstance(value, dict)}
    return _named(texts)


def _of_object(record: Mapping[str, Any]) -> Payer | None:
    s3 = record.get("s3")
    found = s3.get("object") if isinstance(s3, dict) else None
    key = found.get("key") if isinstance(found, dict) else None
    if not isinstance(key, str):
        return None
    from urllib.parse import unquote_plus

    user, slash, _ = unquote_plus(key, errors="replace").partition("/")
    return _payer(None, user) if slash else None


def _of_content(record: Mapping[str, Any], depth: int) -> Payer | None:
    """Read the content of a record: text for SQS and SNS, base64 for Kinesis, Kafka and MQ."""
    sns, kinesis = record.get("Sns"), record.get("kinesis")
    for text in (record.get("body"), sns.get("Message") if isinstance(sns, dict) else None):
        payer = _of_json(text, depth)
        if payer:
            return payer
    for data in (kinesis.get("data") if isinstance(kinesis, dict) else None, record.get("value"), record.get("data")):
        payer = _of_json(_decoded(data), depth)
        if payer:
            return payer
    return None


def _of_json(text: Any, depth: int) -> Payer | None:
    if not isinstance(text, str | bytes) or not text or len(text) > _JSON_AT_MOST:
        return None
    import orjson  # imported here, for the reason that `encoders.dumps` gives

    try:
        content = orjson.loads(text)
    except ValueError:
        return None
    if not isinstance(content, dict):
        return None
    inner = next(_records(content), None)
    notification = content.get("Message") if "TopicArn" in content and depth < _NESTED_AT_MOST else None
    return _named(content) or _of_record(inner, depth + 1) or _of_json(notification, depth + 1)


def _decoded(data: Any) -> bytes | None:
    if not isinstance(data, str) or len(data) > _JSON_AT_MOST:
        return None
    try:
        return binascii.a2b_base64(data, strict_mode=True)
    except (binascii.Error, ValueError):
        return None


def _of_cognito(event: Mapping[str, Any]) -> Payer | None:
    return _payer(None, event.get("userName")) if "triggerSource" in event else None


def _named(content: Any) -> Payer | None:
    return _payer(content.get("account"), content.get("user")) if isinstance(content, dict) else None


def _payer(account: Any, user: Any) -> Payer | None:
    account, user = _name(account), _name(user)
    if account is None and user is None:
        return None
    return Payer(account or user or SYSTEM_USER, user or SYSTEM_USER)


def _name(value: Any) -> str | None:
    if not isinstance(value, str):
        return None
    name = value.strip()
    try:
        return name if 0 < len(name.encode()) <= _NAME_AT_MOST else None
    except UnicodeEncodeError:  # a lone surrogate has no UTF-8 form, and cannot be stored in a table
        return None
