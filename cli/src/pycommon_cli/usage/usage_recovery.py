"""Putting kept items into the usage table: each exactly once, however often it is found."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from botocore.exceptions import ClientError

from pycommon.dal.providers.aws.clients import describe_error, error_code, is_transient
from pycommon.metrics.usage_store import NoFreeInstantError, write_once
from pycommon_cli.usage.log_sources import LogText
from pycommon_cli.usage.usage_lines import Damaged, KeptItem, kept_items

VARIABLE = "USAGE_METRICS_DYNAMO_TABLE"

_Place = tuple[LogText, KeptItem | Damaged]

_AT_A_TIME = 8
_CHUNK = 256  # items that are held in memory
_NO_CREDENTIALS = frozenset(
    {"ExpiredTokenException", "InvalidSignatureException", "MissingAuthenticationTokenException",
     "UnrecognizedClientException"}
)  # fmt: skip


class RecoveryOutcome(StrEnum):
    """What became of a place where an item was kept."""

    RESTORED = "restored"
    THERE = "there already"
    REFUSED = "not restored"
    UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True)
class RecoverableItem:
    """One kept item and what became of it.

    Attributes:
        where: the file and line, or the log group and time.
        reason: why it could not be restored; else why its function could not record it.
    """

    where: str
    outcome: RecoveryOutcome
    reason: str | None
    table: str | None = None
    item: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Tables:
    """Which table takes an item.

    Attributes:
        stage: the stage's name, for what is said.
        published: the usage table of the stage; None where it was not looked up.
        chosen: the table that takes all items, whatever their lines name.
    """

    stage: str
    published: str | None
    chosen: str | None

    def refusal(self, kept: KeptItem) -> str | None:
        """Why nobody but the caller can say where the item belongs; None where it is clear."""
        if self.chosen is not None or (kept.table is not None and kept.table == self.published):
            return None
        named = f"the line names the table {kept.table}" if kept.table else "the line names no table"
        return f"{named}, stage {self.stage} has {self.published}: decide with --table"

    def table_of(self, kept: KeptItem) -> str:
        """The table, where `refusal` has no word."""
        return self.chosen or str(kept.table)


def restore(texts: Iterable[LogText], tables: Tables, put_item: Callable[..., Any]) -> Iterator[RecoverableItem]:
    """Put every item that `texts` hold; one entry for each, in their order, as the work goes on.

    What was put stays put when the caller stops asking, or an error ends the work: do it again.

    Args:
        texts: pieces of logs.
        tables: which table takes which item.
        put_item: `put_item` of a DynamoDB client, or `reading(client)` for a dry run.

    Raises:
        botocore.exceptions.BotoCoreError: AWS cannot be reached, or there are no credentials.
        botocore.exceptions.ClientError: the credentials are refused.
    """
    places = ((text, found) for text in texts for found in _found(text))

    def entry(place: _Place) -> RecoverableItem:
        return _entry(place[0].where, place[1], tables, put_item)

    with ThreadPoolExecutor(_AT_A_TIME, thread_name_prefix="restore") as pool:
        try:
            for chunk in _chunks(places):
                yield from pool.map(entry, chunk)
        finally:
            pool.shutdown(wait=False, cancel_futures=True)  # after an error the rest of the chunk is not begun


def _chunks(places: Iterable[_Place]) -> Iterator[list[_Place]]:
    """`places` in lists of bounded length. What came before an error is handed on first, and then the error."""
    chunk: list[_Place] = []
    trouble = None
    try:
        for place in places:
            chunk.append(place)
            if len(chunk) == _CHUNK:
                yield chunk
                chunk = []
    except Exception as error:  # noqa: BLE001 - raised again below, whatever it is
        trouble = error
    if chunk:
        yield chunk
    if trouble is not None:
        raise trouble


def reading(dynamodb: Any) -> Callable[..., Any]:
    """Stands in for the client's `put_item`: answers as it would, and writes nothing."""

    def put_item(*, TableName: str, Item: Mapping[str, Any], **_condition: Any) -> Any:  # noqa: N803 - AWS's names
        key = {name: Item[name] for name in ("account", "timestamp")}
        there = dynamodb.get_item(TableName=TableName, Key=key, ConsistentRead=True).get("Item")
        if there is not None:
            error = {"Code": "ConditionalCheckFailedException", "Message": "The conditional request failed"}
            raise ClientError({"Error": error, "Item": there}, "PutItem")
        return {}

    return put_item


def _found(text: LogText) -> Iterator[KeptItem | Damaged]:
    return iter([Damaged(text.trouble)]) if text.text is None else kept_items(text.text)


def _entry(where: str, found: KeptItem | Damaged, tables: Tables, put_item: Callable[..., Any]) -> RecoverableItem:
    if isinstance(found, Damaged):
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
        reason = describe_error(error) + ("; try it again" if is_transient(error) else "")
        return RecoverableItem(where, RecoveryOutcome.REFUSED, reason, table, found.item)
    return RecoverableItem(
        where, RecoveryOutcome.RESTORED if written else RecoveryOutcome.THERE, found.reason, table, found.item
    )
