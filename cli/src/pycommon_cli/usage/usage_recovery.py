"""Write unrecorded items to the usage table: each item exactly once, even if the logs contain it several times."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from botocore.exceptions import ClientError

from pycommon.dal.providers.aws.clients import describe_error, error_code, is_transient
from pycommon.metrics.usage_store import NoFreeInstantError, write_once
from pycommon_cli.usage.log_sources import LogText
from pycommon_cli.usage.usage_lines import UnreadableItem, UnrecordedItem, unrecorded_items

VARIABLE = "USAGE_METRICS_DYNAMO_TABLE"

_Place = tuple[LogText, UnrecordedItem | UnreadableItem]

_AT_A_TIME = 8
_CHUNK = 256  # items in memory at a time
_NO_CREDENTIALS = frozenset(
    {"ExpiredTokenException", "InvalidSignatureException", "MissingAuthenticationTokenException",
     "UnrecognizedClientException"}
)  # fmt: skip


class RecoveryOutcome(StrEnum):
    """The possible results for an item in a log."""

    RESTORED = "restored"
    THERE = "there already"
    REFUSED = "not restored"
    UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True)
class RecoverableItem:
    """One item of a log, and its outcome.

    Attributes:
        where: The file and line, or the log group and time.
        reason: The reason why the item could not be restored, or why the function could not write a restored item.
    """

    where: str
    outcome: RecoveryOutcome
    reason: str | None
    table: str | None = None
    item: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class TableChoice:
    """The rule for the table of an item.

    Attributes:
        stage: The name of the stage, for messages.
        published: The usage table of the stage, or None when it was not looked up.
        chosen: The table for all items, even if their lines name other tables.
    """

    stage: str
    published: str | None
    chosen: str | None

    def refusal(self, kept: UnrecordedItem) -> str | None:
        """Return why the table of the item is unclear, or None when it is clear."""
        if self.chosen is not None or (kept.table is not None and kept.table == self.published):
            return None
        named = f"the line names the table {kept.table}" if kept.table else "the line names no table"
        return f"{named}, but the table of stage {self.stage} is {self.published}: choose one with --table"

    def table_of(self, kept: UnrecordedItem) -> str:
        """Return the table of an item. Call this only if `refusal` returns None for the item."""
        return self.chosen or str(kept.table)


def restore(texts: Iterable[LogText], tables: TableChoice, put_item: Callable[..., Any]) -> Iterator[RecoverableItem]:
    """Write every item of `texts`, and yield one entry for each item, in order.

    After an error, or when the caller stops early, the written items stay. A second call with the same logs is safe.

    Args:
        texts: Pieces of logs.
        tables: The rule for the table of an item.
        put_item: `put_item` of a DynamoDB client, or `dry_run_put_item(client)` for a dry run.

    Raises:
        botocore.exceptions.BotoCoreError: AWS is unreachable, or there are no credentials.
        botocore.exceptions.ClientError: AWS refused the credentials.
    """
    places = ((text, found) for text in texts for found in _found(text))

    def entry(place: _Place) -> RecoverableItem:
        return _entry(place[0].where, place[1], tables, put_item)

    with ThreadPoolExecutor(_AT_A_TIME, thread_name_prefix="restore") as pool:
        try:
            for chunk in _chunks(places):
                yield from pool.map(entry, chunk)
        finally:
            pool.shutdown(wait=False, cancel_futures=True)  # after an error, do not start the rest of the chunk


def _chunks(places: Iterable[_Place]) -> Iterator[list[_Place]]:
    """Yield `places` in lists of bounded length. Before raising an error, yield the places before the error."""
    chunk: list[_Place] = []
    trouble = None
    try:
        for place in places:
            chunk.append(place)
            if len(chunk) == _CHUNK:
                yield chunk
                chunk = []
    except Exception as error:  # noqa: BLE001 - raised again below
        trouble = error
    if chunk:
        yield chunk
    if trouble is not None:
        raise trouble


def dry_run_put_item(dynamodb: Any) -> Callable[..., Any]:
    """Return a replacement for the `put_item` of a client that answers like the original and writes nothing."""

    def put_item(*, TableName: str, Item: Mapping[str, Any], **_condition: Any) -> Any:  # noqa: N803 - AWS's names
        key = {name: Item[name] for name in ("account", "timestamp")}
        there = dynamodb.get_item(TableName=TableName, Key=key, ConsistentRead=True).get("Item")
        if there is not None:
            error = {"Code": "ConditionalCheckFailedException", "Message": "The conditional request failed"}
            raise ClientError({"Error": error, "Item": there}, "PutItem")
        return {}

    return put_item


def _found(text: LogText) -> Iterator[UnrecordedItem | UnreadableItem]:
    return iter([UnreadableItem(text.trouble)]) if text.text is None else unrecorded_items(text.text)


def _entry(
    where: str, found: UnrecordedItem | UnreadableItem, tables: TableChoice, put_item: Callable[..., Any]
) -> RecoverableItem:
    if isinstance(found, UnreadableItem):
        return RecoverableItem(where, RecoveryOutcome.UNREADABLE, found.what)
    if refusal := tables.refusal(found):
        return RecoverableItem(where, RecoveryOutcome.REFUSED, refusal, found.table, found.item)
    table = tables.table_of(found)
    try:
        written = write_once(put_item, table, found.item)
    except NoFreeInstantError as error:
        return RecoverableItem(where, RecoveryOutcome.REFUSED, str(error), table, found.item)
    except ClientError as error:
        if error_code(error) in _NO_CREDENTIALS:
            raise
        reason = describe_error(error) + ("; try again" if is_transient(error) else "")
        return RecoverableItem(where, RecoveryOutcome.REFUSED, reason, table, found.item)
    return RecoverableItem(
        where, RecoveryOutcome.RESTORED if written else RecoveryOutcome.THERE, found.reason, table, found.item
    )
