"""Find the usage items that a function wrote to its log, in the formats in which CloudWatch exports the log.

Supported formats:

- the line alone, or the line after a prefix (a time, a stream, a level);
- an event in JSON with the line in `message` or `@message` (FilterLogEvents, subscriptions, `aws logs` with any
  indentation);
- CSV of Logs Insights.
"""

import json
import re
from collections.abc import Generator, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pycommon.metrics.unrecorded_usage import NOT_RECORDED
from pycommon_cli.usage.usage_items import DamagedItemError, read_item

_DECODER = json.JSONDecoder()
_NESTED_AT_MOST = 8  # an event inside an event of a subscription has three levels
_ATTEMPTS = 200  # a limit for text that is not JSON: each attempt may read the whole text
_NO_OBJECT = "no complete JSON object with the item"
_CONTAINER, _QUOTE = re.compile(r"[{\[]"), re.compile('"')


@dataclass(frozen=True, slots=True)
class UnrecordedItem:
    """One item that a function wrote to its log.

    Attributes:
        item: Python values; numbers are Decimal.
        table: The table for the item, or None when the function did not know the table.
        reason: Why the function could not write the item.
    """

    item: Mapping[str, Any]
    table: str | None
    reason: str | None


@dataclass(frozen=True, slots=True)
class UnreadableItem:
    """An item in the log that cannot be read. `what` is the reason."""

    what: str


def unrecorded_items(text: str) -> Iterator[UnrecordedItem | UnreadableItem]:
    """Yield every unrecorded item of `text`, which has one or more lines. Never raise an error for any text.

    Example:
        >>> list(unrecorded_items('INFO nothing lost'))
        []
        >>> list(unrecorded_items('{"message": "USAGE_NOT_RECORDED", "item": {"acc'))
        [UnreadableItem(what='no complete JSON object with the item')]
    """
    try:
        yield from _in_text(text, 0)
    except RecursionError:
        yield UnreadableItem("its JSON is nested too deeply")


def _in_text(text: str, level: int) -> Iterator[UnrecordedItem | UnreadableItem]:
    rest = yield from _in_values(text, _CONTAINER, level)
    if NOT_RECORDED in rest and '""' in rest:  # a CSV field doubles each quote
        rest = yield from _in_values(rest.replace('""', '"'), _CONTAINER, level)
    if NOT_RECORDED in rest:  # last, because a prefix may contain a single quote
        rest = yield from _in_values(rest, _QUOTE, level)
    if NOT_RECORDED in rest:
        yield UnreadableItem(_NO_OBJECT)


def _in_values(text: str, starts: re.Pattern[str], level: int) -> Generator[UnrecordedItem | UnreadableItem, None, str]:
    """Yield the items of the JSON values that begin with one of `starts`. Return the text between the values."""
    between, position, failed = [], 0, 0
    while failed < _ATTEMPTS and text.find(NOT_RECORDED, position) >= 0 and (begin := starts.search(text, position)):
        start = begin.start()
        try:
            value, end = _DECODER.raw_decode(text, start)
        except ValueError:
            failed, end = failed + 1, start + 1
            between.append(text[position:end])
        else:
            between.append(text[position:start])
            if text.find(NOT_RECORDED, start, end) >= 0:
                yield from _in_value(value, level)
        position = end
    return "".join([*between, text[position:]])


def _in_value(value: Any, level: int) -> Iterator[UnrecordedItem | UnreadableItem]:
    match value:
        case {"message": str(message)} if message == NOT_RECORDED:
            yield _kept(value)
        case dict():
            for inner in (*value, *value.values()):
                yield from _in_value(inner, level)
        case list():
            for inner in value:
                yield from _in_value(inner, level)
        case str() if NOT_RECORDED in value:
            yield from _in_text(value, level + 1) if level < _NESTED_AT_MOST else [UnreadableItem(_NO_OBJECT)]


def _kept(line: Mapping[str, Any]) -> UnrecordedItem | UnreadableItem:
    table, reason = line.get("table"), line.get("reason")
    if not (table is None or (isinstance(table, str) and table)):
        return UnreadableItem("its table is not text")
    try:
        return UnrecordedItem(read_item(line.get("item")), table, reason if isinstance(reason, str) else None)
    except DamagedItemError as error:
        return UnreadableItem(str(error))
