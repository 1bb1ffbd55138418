"""Items that belong to somebody: a table with the key `owner` and `id`, where every call says whose.

The owner is the partition key, so that no mistake in a condition or a token can reach what is another's.
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
    """Some of the items, and the token with which the next page is asked for; None on the last."""

    items: list[Item]
    next_token: str | None


class OwnedItems:
    """The table that `variable` names.

    Expressions write attributes as `#name` and values as `:name`; the names are filled in here, since DynamoDB
    reserves some of them. Where a condition does not hold, the answer is None and nothing has changed.

    Example:
        >>> OwnedItems("WORKFLOW_TEMPLATES_TABLE").put("jane", "7", {"version": 1}, "attribute_not_exists(#id)")
    """

    def __init__(self, variable: str) -> None:
        self._variable = variable

    def get(self, owner: str, item_id: str) -> Item | None:
        """The item as it is now."""
        answer = client("dynamodb").get_item(**self._key(owner, item_id), ConsistentRead=True)
        return from_item(answer["Item"]) if "Item" in answer else None

    def put(self, owner: str, item_id: str, values: Mapping[str, Any], condition: str = "", **seen: Any) -> Item | None:
        """Write the whole item; the item, or None where the condition does not hold."""
        item = {"owner": owner, "id": item_id, **values}
        held = _unless_changed(
            client("dynamodb").put_item,
            TableName=os.environ[self._variable],
            Item=to_item(item),
            **_expressions(seen, ConditionExpression=condition),
        )
        return None if held is None else item

    def update(self, owner: str, item_id: str, update: str, condition: str = "", **values: Any) -> Item | None:
        """Change the item; what it is then, or None where the condition does not hold."""
        held = _unless_changed(
            client("dynamodb").update_item,
            **self._key(owner, item_id),
            ReturnValues="ALL_NEW",
            **_expressions(values, UpdateExpression=update, ConditionExpression=condition),
        )
        return None if held is None else from_item(held["Attributes"])

    def delete(self, owner: str, item_id: str) -> bool:
        """Remove the item; whether there was one."""
        answer = client("dynamodb").delete_item(**self._key(owner, item_id), ReturnValues="ALL_OLD")
        return "Attributes" in answer

    def page(  # noqa: PLR0913 - what a page of a list is told by
        self,
        owner: str,
        limit: int,
        token: str | None = None,
        *,
        prefix: str = "",
        attributes: Iterable[str] = (),
        newest_first: bool = False,
    ) -> ItemPage:
        """At most `limit` items of `owner` whose id begins with `prefix`, in the order of their ids.

        Raises:
            HTTPBadRequest: `token` is not one that this list gave to this owner.
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
    """The expressions that are not empty, with the names and the values that stand in them."""
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
