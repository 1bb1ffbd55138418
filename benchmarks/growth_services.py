"""Generate the services that the growth benchmark measures, and their events."""

from __future__ import annotations

import json
import uuid
from typing import TYPE_CHECKING, Any

from pycommon.testing import rest_api_event

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from pycommon.testing import TokenIssuer

USER, PATH = "ada", "/growth/it"
Event = dict[str, Any]

NEW_TOKENS = 1500

HEAD = """\
from pycommon.api.ops import api_tool, set_route_data
from pycommon.authz import setup_validated, validated
from pycommon.dal.providers.aws.resource_perms import DynamoDBOperation
from pycommon.decorators import required_env_vars, track_execution


def get_permission_checker():
    return lambda path, operation, user, data: True


"""
GUARDED = """
rules = {rules}
setup_validated(rules, get_permission_checker)


@required_env_vars({variables})
@validated("{operation}")
def handler(event, context, user, name, data):
    return {{"success": True, "user": user}}
"""
FURTHER_HANDLER = """

@required_env_vars({{"ACCOUNTS_DYNAMO_TABLE": [DynamoDBOperation.GET_ITEM]}})
@validated("{operation}")
def {operation}(event, context, user, name, data):
    return {{"success": True, "user": user}}
"""
ROUTER = """
from pycommon.api.router import route as handler

set_route_data({})
setup_validated({}, get_permission_checker)
"""
ROUTED = """

@api_tool(path="{path}", name="{name}", description="Change one thing.", parameters={schema})
def {name}(current_user, account_id, thing_id, amount=1, tags=None):
    return {{"success": True}}
"""
TRACKED = """

@track_execution
def handler(event, context):
    return {"statusCode": 200}
"""
ON_DEMAND = """
from collections.abc import Mapping
from importlib import import_module


class ByArea(Mapping):
    def __getitem__(self, path):
        return import_module(AREAS[path.split("/")[1]]).rules[path]

    def __iter__(self):
        return (path for module in AREAS.values() for path in import_module(module).rules)

    def __len__(self):
        return sum(1 for _ in self)


AREAS = {areas}
rules = {{"validators": ByArea()}}
"""
OPERATIONS_OF_AN_AREA = 100
PLAIN_VARIABLES = '{"ACCOUNTS_DYNAMO_TABLE": [DynamoDBOperation.GET_ITEM]}'
DATA = {"thingId": "thing-1", "amount": 3, "tags": ["a", "b"]}
ITEMS = {
    "type": "object",
    "properties": {
        "things": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {"id": {"type": "string"}, "amount": {"type": "number"}, "note": {"type": "string"}},
                "required": ["id", "amount"],
            },
        }
    },
    "required": ["things"],
}


def schema_of(number: int) -> dict[str, Any]:
    """Return a typical schema. Each number has a different schema, so that two operations never share a schema."""
    return {
        "type": "object",
        "properties": {
            "thingId": {"type": "string", "minLength": 1, "maxLength": 64 + number},
            "amount": {"type": "integer", "minimum": 0, "default": 1},
            "tags": {"type": "array", "items": {"type": "string"}, "maxItems": 20},
        },
        "required": ["thingId"],
        "additionalProperties": False,
    }


def rules_of(size: int) -> dict[str, Any]:
    """Return the rules of `size` operations, each with its own path as in the specification's examples."""
    return {"validators": {f"/growth/it-{each}": {f"operation_{each}": schema_of(each)} for each in range(size)}}


def guarded(rules: Any, operation: str = "operation_0", variables: str = PLAIN_VARIABLES) -> str:
    """Return the source of a service with one guarded endpoint."""
    return HEAD + GUARDED.format(rules=repr(rules), operation=operation, variables=variables)


def many_rules(size: int) -> str:
    return guarded(rules_of(size), f"operation_{size // 2}")


def rules_on_demand(size: int) -> str:
    """Return the source of a service that imports the modules with its rules at the first request."""
    areas = ON_DEMAND.format(areas=repr({area_of(each): area_of(each) for each in range(size)}))
    return HEAD + areas + GUARDED.format(rules="rules", operation=f"operation_{size // 2}", variables=PLAIN_VARIABLES)


def modules_of_rules(size: int) -> dict[str, str]:
    """Return the modules of `rules_on_demand`, each with the rules of one area."""
    areas: dict[str, dict[str, Any]] = {}
    for each in range(size):
        areas.setdefault(area_of(each), {})[path_in_area(each)] = {f"operation_{each}": schema_of(each)}
    return {f"{area}.py": f"rules = {rules!r}\n" for area, rules in areas.items()}


def area_of(number: int) -> str:
    return f"area_{number // OPERATIONS_OF_AN_AREA}"


def path_in_area(number: int) -> str:
    return f"/{area_of(number)}/it-{number}"


def many_handlers(size: int) -> str:
    others = "".join(FURTHER_HANDLER.format(operation=f"operation_{each}") for each in range(1, size))
    return guarded(rules_of(size)) + others


def many_routes(size: int) -> str:
    routed = (ROUTED.format(path=f"/growth/it-{n}", name=f"change_{n}", schema=schema_of(n)) for n in range(size))
    return HEAD + ROUTER + "".join(routed)


def many_variables(size: int) -> str:
    declared = "".join(f'    "VARIABLE_{n}": [DynamoDBOperation.GET_ITEM],\n' for n in range(size))
    return guarded(rules_of(1), variables=f"{{\n{declared}}}")


def one_operation(_size: int) -> str:
    return guarded({"validators": {PATH: {"operation_0": schema_of(0)}}})


def any_size_of_body(_size: int) -> str:
    return guarded({"validators": {PATH: {"operation_0": ITEMS}}})


def tracked(_size: int) -> str:
    return HEAD + TRACKED


def to_it(path: str, data: Any, *tokens: str) -> list[Event]:
    return [rest_api_event("POST", path, {"data": data}, token=token) for token in tokens]


def to_the_first(_size: int, issuer: TokenIssuer) -> list[Event]:
    return to_it("/growth/it-0", DATA, issuer.token(USER))


def to_one_in_the_middle(size: int, issuer: TokenIssuer) -> list[Event]:
    return to_it(f"/growth/it-{size // 2}", DATA, issuer.token(USER))


def to_one_in_an_area(size: int, issuer: TokenIssuer) -> list[Event]:
    return to_it(path_in_area(size // 2), DATA, issuer.token(USER))


def to_the_only_one(_size: int, issuer: TokenIssuer) -> list[Event]:
    return to_it(PATH, DATA, issuer.token(USER))


def of_body_size(size: int, issuer: TokenIssuer) -> list[Event]:
    """Return a request with a body of about `size` bytes, made of many small values."""
    thing = {"id": "thing-0000001", "amount": 12.5, "note": "as people write it, with a few words"}
    things = [thing] * max(1, size // (len(json.dumps(thing)) + 2))
    return to_it(PATH, {"things": things}, issuer.token(USER))


def of_new_tokens(size: int, issuer: TokenIssuer) -> list[Event]:
    """Return requests with different tokens. Each token has `size` additional claims."""
    claims: dict[str, Any] = {f"custom:group{number}": f"value-{number}" for number in range(size)}
    return to_it(PATH, DATA, *(issuer.token(USER, **claims) for _ in range(NEW_TOKENS)))


def batch(size: int, named: Callable[[int], Mapping[str, str]]) -> list[Event]:
    records = [
        {
            "messageId": str(uuid.uuid4()),
            "receiptHandle": "handle",
            "body": json.dumps({"task": "resize", "number": number, **named(number)}),
            "attributes": {"ApproximateReceiveCount": "1"},
            "messageAttributes": {},
            "eventSource": "aws:sqs",
            "eventSourceARN": "arn:aws:sqs:us-east-1:000000000000:tasks",
            "awsRegion": "us-east-1",
        }
        for number in range(size)
    ]
    return [{"Records": records}]


def batch_of_one_payer(size: int, _issuer: TokenIssuer) -> list[Event]:
    return batch(size, lambda _number: {"account": "one-account", "user": USER})


def batch_of_many_payers(size: int, _issuer: TokenIssuer) -> list[Event]:
    return batch(size, lambda number: {"account": f"account-{number}", "user": f"user-{number}"})


def batch_of_many_users(size: int, _issuer: TokenIssuer) -> list[Event]:
    return batch(size, lambda number: {"account": "one-account", "user": f"user-{number}"})
