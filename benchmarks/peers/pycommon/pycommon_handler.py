"""Implement the endpoint on PyCommon.

The other peers do less: this endpoint also looks up the rate limit, checks the permission, and records the variables of
the service.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pycommon.authz import setup_validated, validated
from pycommon.dal.providers.aws.resource_perms import DynamoDBOperation
from pycommon.decorators import required_env_vars

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

schema = {
    "type": "object",
    "properties": {
        "visitor": {"type": "string", "minLength": 1, "maxLength": 128},
        "message": {"type": "string", "minLength": 1, "maxLength": 200},
    },
    "required": ["message"],
    "additionalProperties": False,
}
rules = {
    "validators": {"/sample/visits": {"record_visit": schema}},
    "api_validators": {"/sample/visits": {"record_visit": schema}},
}


def get_permission_checker() -> Callable[[str, str, str, Mapping[str, Any]], bool]:
    """Return a checker that allows a visit only to the visitor."""

    def checker(path: str, operation: str, user: str, data: Mapping[str, Any]) -> bool:
        known = (path, operation) == ("/sample/visits", "record_visit")
        return known and data["data"].get("visitor", user) == user

    return checker


setup_validated(rules, get_permission_checker)


@required_env_vars({"USAGE_METRICS_DYNAMO_TABLE": [DynamoDBOperation.PUT_ITEM]})
@validated("record_visit")
def handler(
    event: Mapping[str, Any],  # noqa: ARG001 - passed by position, like the following
    context: object,  # noqa: ARG001
    user: str,
    name: str,  # noqa: ARG001
    data: Mapping[str, Any],
) -> dict[str, Any]:
    """Answer POST /sample/visits."""
    return {"success": True, "user": user, "message": data["data"]["message"]}
