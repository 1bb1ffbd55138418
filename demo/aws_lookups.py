"""What the tour looks up in the local AWS: the function, the tables, the policy, the log."""

from __future__ import annotations

import io
import json
import zipfile
from contextlib import contextmanager
from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from pycommon.dal.providers.aws.attribute_values import from_item
from pycommon.env.observed_call import resource_name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pycommon_cli.local.local_aws import LocalAws

FUNCTION = "amplify-lambda-python-base:record_visit"
USER = "ada"

SERVICES: dict[str, tuple[str, ...]] = {
    "amplify-lambda-python-base": ("record_visit",),
    "amplify-lambda": (
        *("get_presigned_url", "get_file", "delete_file"),
        *("process_document_for_rag", "remove_stored_object", "expire_uploads"),
    ),
    "amplify-agent-loop-lambda": ("route", "route_by_hand", "mcp"),
    "amplify-platform": ("roll_up_usage", "close_day"),
}
"""The functions of each service folder."""

PROBE = """
import boto3

def handler(event, context):
    try:
        {call}
        return "allowed"
    except Exception as error:
        return str(error)
"""

Grant = tuple[str, str]
"""An action, and the ARN on which it is allowed."""


def variables(stack: LocalAws, function: str = FUNCTION) -> dict[str, str]:
    """The environment of a function."""
    return dict(_configuration(stack, function)["Environment"]["Variables"])


def variables_of_service(stack: LocalAws, folder: str) -> dict[str, str]:
    """The environments of a service's functions together."""
    together: dict[str, str] = {}
    for function in SERVICES[folder]:
        together |= variables(stack, f"{folder}:{function}")
    return together


def usage(stack: LocalAws, since: float, user: str = USER) -> list[dict[str, Any]]:
    """The usage items of a user since a moment."""
    table = variables(stack)["USAGE_METRICS_DYNAMO_TABLE"]
    first = datetime.fromtimestamp(since, UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
    return [item for item in items(stack, table) if item["user"] == user and str(item["timestamp"]) >= first]


def spent(stack: LocalAws, user: str) -> dict[str, Decimal]:
    """What the costs table has of a user, by account: today and the closed days of the month together."""
    table = variables(stack)["COST_CALCULATIONS_DYNAMO_TABLE"]
    rows = [row for row in items(stack, table) if row["id"] == user]
    return {row["accountInfo"]: row.get("dailyCost", Decimal(0)) + row.get("monthlyCost", Decimal(0)) for row in rows}


def variable_uses(stack: LocalAws, folder: str = "amplify-lambda-python-base") -> list[dict[str, Any]]:
    """The record of the variables that a service uses."""
    known = variables_of_service(stack, folder)
    table, service = known["ENV_VARS_TRACKING_TABLE"], known["SERVICE_NAME"]
    return [item for item in items(stack, table) if item["service_name"] == service]


def role(stack: LocalAws, function: str = FUNCTION) -> str:
    """The name of a function's role."""
    return str(_configuration(stack, function)["Role"]).rpartition("/")[2]


def document(policy: str | dict[str, Any]) -> dict[str, Any]:
    """A policy document; IAM hands it out percent-encoded, the SDK decodes it where it can."""
    return dict(json.loads(unquote(policy))) if isinstance(policy, str) else policy


def granted_actions(stack: LocalAws, function: str = FUNCTION) -> list[Grant]:
    """What the managed policies of a function's role allow."""
    iam = stack.client("iam")
    grants: list[Grant] = []
    for policy in iam.list_attached_role_policies(RoleName=role(stack, function))["AttachedPolicies"]:
        version = iam.get_policy(PolicyArn=policy["PolicyArn"])["Policy"]["DefaultVersionId"]
        answer = iam.get_policy_version(PolicyArn=policy["PolicyArn"], VersionId=version)
        for statement in document(answer["PolicyVersion"]["Document"])["Statement"]:
            resources = _list(statement["Resource"])
            grants += [(action, arn) for action in _list(statement["Action"]) for arn in resources]
    return grants


def covers(grant: Grant, action: str, resource: str) -> bool:
    """Whether a grant is for the action, on the resource, an index of that table or the objects of that bucket."""
    granted, arn = grant
    return granted == action and resource_name(arn) == resource


def invoke(stack: LocalAws, function: str, event: dict[str, Any]) -> Any:
    """Invoke a function, as AWS does for a schedule; what it returns."""
    answer = stack.client("lambda").invoke(FunctionName=stack.function(function), Payload=json.dumps(event).encode())
    return json.loads(answer["Payload"].read() or "null")


@contextmanager
def other_variables(stack: LocalAws, function: str = FUNCTION, **changes: str | None) -> Iterator[None]:
    """The function with other variables (None takes one away), in a new execution environment."""
    functions, name = stack.client("lambda"), stack.function(function)
    before = variables(stack, function)
    after = {key: value for key, value in {**before, **changes}.items() if value is not None}
    functions.update_function_configuration(FunctionName=name, Environment={"Variables": after})
    try:
        yield
    finally:
        functions.update_function_configuration(FunctionName=name, Environment={"Variables": before})


def run_as_the_function(stack: LocalAws, call: str, event: dict[str, Any]) -> str:
    """What a function under the sample's role gets when it makes a `call` of boto3: "allowed", or AWS's message."""
    configuration = _configuration(stack)
    functions = stack.client("lambda")
    name = "demo-undeclared-operation"
    package = io.BytesIO()
    with zipfile.ZipFile(package, "w") as archive:
        archive.writestr("probe.py", PROBE.format(call=call))
    functions.create_function(
        FunctionName=name,
        Role=configuration["Role"],
        Runtime=configuration["Runtime"],
        Handler="probe.handler",
        Code={"ZipFile": package.getvalue()},
        Timeout=20,
    )
    try:
        answer = functions.invoke(FunctionName=name, Payload=json.dumps(event).encode())
        return str(json.loads(answer["Payload"].read()))
    finally:
        functions.delete_function(FunctionName=name)


def complaints(stack: LocalAws, since: float, *functions: str) -> str:
    """The lines of the functions' logs, since a moment, that say what was denied or failed."""
    logs = [event.message for function in functions or (FUNCTION,) for event in stack.logs(function, since - 1)]
    return "\n".join(dict.fromkeys(line for line in logs if "not authorized to perform" in line or "ERROR" in line))


def _configuration(stack: LocalAws, function: str = FUNCTION) -> dict[str, Any]:
    answer: dict[str, Any] = stack.client("lambda").get_function_configuration(FunctionName=stack.function(function))
    return answer


def items(stack: LocalAws, table: str) -> Iterator[dict[str, Any]]:
    """Everything in a table."""
    for page in stack.client("dynamodb").get_paginator("scan").paginate(TableName=table):
        yield from (from_item(item) for item in page["Items"])


def _list(value: str | list[str]) -> list[str]:
    return value if isinstance(value, list) else [value]
