"""Read and write items that belong to an owner, in tables with the key `owner` and `id`. Every call names the owner.

The owner is the partition key. Therefore a mistake in a condition or a token can never reach another owner's items.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pycommon.dal.providers.aws.attribute_values import from_item, to_item
from pycommon.dal.providers.aws.clients import client
from workflows.page_token import page_token, position_in

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

__all__ = ["ItemPage", "OwnedItems"]

Item = dict[str, Any]

_NAME = re.compile(r"#(\w+)")


@dataclass(frozen=True, slots=True)
class ItemPage:
    """Some of the items, and the token of the next page. The token is None on the last page."""

    items: list[Item]
    next_token: str | None


class OwnedItems:
    """A table with items that belong to an owner. The environment variable `variable` has the table's name.

    Expressions write attributes as `#name` and values as `:name`. This class defines each `#name`, because DynamoDB
    reserves some attribute names. If a condition is false, the methods return None and do not change the item.

    Example:
        >>> OwnedItems("WORKFLOW_TEMPLATES_TABLE").put("jane", "7", {"version": 1}, "attribute_not_exists(#id)")
    """

    def __init__(self, variable: str) -> None:
        self._variable = variable

    def get(self, owner: str, item_id: str) -> Item | None:
        """Return the item, read consistently. Return None if there is no item."""
        answer = client("dynamodb").get_item(**self._key(owner, item_id), ConsistentRead=True)
        return from_item(answer["Item"]) if "Item" in answer else None

    def put(self, owner: str, item_id: str, values: Mapping[str, Any], condition: str = "", **seen: Any) -> Item | None:
        """Write the whole item, and return it. Return None if the condition is false."""
        item = {"owner": owner, "id": item_id, **values}
        held = _unless_changed(
            client("dynamodb").put_item,
            TableName=os.environ[self._variable],
            Item=to_item(item),
            **_expressions(seen, ConditionExpression=condition),
        )
        return None if held is None else item

    def update(self, owner: str, item_id: str, update: str, condition: str = "", **values: Any) -> Item | None:
        """Change the item, and return the new item. Return None if the condition is false."""
        held = _unless_changed(
            client("dynamodb").update_item,
            **self._key(owner, item_id),
            ReturnValues="ALL_NEW",
            **_expressions(values, UpdateExpression=update, ConditionExpression=condition),
        )
        return None if held is None else from_item(held["Attributes"])

    def delete(self, owner: str, item_id: str) -> bool:
        """Remove the item, and return whether it existed."""
        answer = client("dynamodb").delete_item(**self._key(owner, item_id), ReturnValues="ALL_OLD")
        return "Attributes" in answer

    def page(  # noqa: PLR0913 - the parts of a query
        self,
        owner: str,
        limit: int,
        token: str | None = None,
        *,
        prefix: str = "",
        attributes: Iterable[str] = (),
        newest_first: bool = False,
    ) -> ItemPage:
        """Return at most `limit` items of `owner` whose id begins with `prefix`, in the order of their ids.

        Raises:
            HTTPBadRequest: `token` does not belong to this list and owner.
        """
        list_of = f"{self._variable}/{prefix}"
        start = {} if token is None else {"ExclusiveStartKey": _key(owner, position_in(token, owner, list_of))}
        begins = " AND begins_with(#id, :prefix)" if prefix else ""
        answer = client("dynamodb").query(
            TableName=os.environ[self._variable],
            Limit=limit,
            ScanIndexForward=not newest_first,
            ConsistentRead=True,
            **start,
            **_expressions(
                {"owner": owner, **({"prefix": prefix} if prefix else {})},
                KeyConditionExpression=f"#owner = :owner{begins}",
                ProjectionExpression=", ".join(f"#{name}" for name in attributes),
            ),
        )
        last = answer.get("LastEvaluatedKey")
        following = None if last is None else page_token(from_item(last)["id"], owner, list_of)
        return ItemPage([from_item(item) for item in answer["Items"]], following)

    def _key(self, owner: str, item_id: str) -> dict[str, Any]:
        return {"TableName": os.environ[self._variable], "Key": _key(owner, item_id)}


def _key(owner: str, item_id: str) -> dict[str, Any]:
    return to_item({"owner": owner, "id": item_id})


def _expressions(values: Mapping[str, Any], **expressions: str) -> dict[str, Any]:
    """Return the expressions that are not empty, with their names and values."""
    given: dict[str, Any] = {name: text for name, text in expressions.items() if text}
    names = {name for text in given.values() for name in _NAME.findall(text)}
    if names:
        given["ExpressionAttributeNames"] = {f"#{name}": name for name in sorted(names)}
    if values:
        given["ExpressionAttributeValues"] = to_item({f":{name}": value for name, value in values.items()})
    return given


def _unless_changed(call: Any, **arguments: Any) -> dict[str, Any] | None:
    try:
        answer: dict[str, Any] = call(**arguments)
    except client("dynamodb").exceptions.ConditionalCheckFailedException:
        return None
    return answer
