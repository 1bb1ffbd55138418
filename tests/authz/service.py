"""A guarded service like the specification's, for the tests of this folder."""

from __future__ import annotations

import json
from typing import Any

from pycommon.authz import setup_validated, validated
from pycommon.exceptions import HTTPConflict, HTTPException, HTTPNotFound

PATH = "/state/accounts/charge"
TEMPLATE = "/files/{id}"
ANYTHING = "/anything"

charge_schema = {
    "type": "object",
    "properties": {
        "accountId": {"type": "string"},
        "charge": {"type": "number", "maximum": 1000},
        "details": {"type": "object", "properties": {"category": {"type": "string"}}, "additionalProperties": False},
    },
    "required": ["accountId", "charge"],
}

rules = {
    "validators": {
        PATH: {"create_charge": charge_schema},
        TEMPLATE: {"create_charge": charge_schema, "get_file": {}},
        ANYTHING: {"create_charge": {}},
    },
    "api_validators": {PATH: {"create_charge": charge_schema}},
}


def get_permission_checker() -> Any:
    """Deny by the account id; raise an error for one account id."""

    def checker(path: str, operation: str, user: str, data: dict[str, Any]) -> bool:
        body = data["data"]
        if isinstance(body, dict) and body.get("accountId") == "broken-checker":
            raise RuntimeError("the permission store is down")
        return not (isinstance(body, dict) and body.get("accountId") == "denied")

    return checker


setup_validated(rules, get_permission_checker)


@validated("create_charge")
def charge(event: Any, context: Any, user: str, name: str, data: dict[str, Any]) -> Any:
    """Do what the account id selects; by default return the caller."""
    body = data["data"]
    match body.get("accountId") if isinstance(body, dict) else None:
        case "conflict":
            raise HTTPConflict("The account changed meanwhile")
        case "teapot":
            raise HTTPException(418, "no coffee here", headers={"X-Pot": "short"})
        case "missing":
            raise HTTPNotFound("No such account")
        case "boom":
            raise ValueError("something the caller must not read")
        case "unencodable":
            return {"success": True, "value": object()}
        case "proxy":
            return {"statusCode": 202, "headers": {"X-Own": "1"}, "body": json.dumps({"queued": True})}
    return {"success": True, "user": user, "name": name, "data": {k: v for k, v in data.items() if k != "access_token"}}


def body_of(answer: dict[str, Any]) -> Any:
    """Return the parsed body of a response."""
    return json.loads(answer["body"])
