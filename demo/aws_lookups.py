"""Read functions, tables, policies and logs of the local AWS, for the tour and the end-to-end tests."""

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
"""An action, and the ARN on which a policy allows the action."""


def variables(stack: LocalAws, function: str = FUNCTION) -> dict[str, str]:
    """Return the environment variables of a function."""
    return dict(_configuration(stack, function)["Environment"]["Variables"])


def variables_of_service(stack: LocalAws, folder: str) -> dict[str, str]:
    """Return the environment variables of all functions of a service."""
    together: dict[str, str] = {}
    for function in SERVICES[folder]:
        together |= variables(stack, f"{folder}:{function}")
    return together


def usage(stack: LocalAws, since: float, user: str = USER) -> list[dict[str, Any]]:
    """Return the usage items of a user since `since` (seconds since 1970)."""
    table = variables(stack)["USAGE_METRICS_DYNAMO_TABLE"]
    first = datetime.fromtimestamp(since, UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
    return [item for item in items(stack, table) if item["user"] == user and str(item["timestamp"]) >= first]


def spent(stack: LocalAws, user: str) -> dict[str, Decimal]:
    """Return the costs of a user by account: the sum of today and of the earlier days of the month."""
    table = variables(stack)["COST_CALCULATIONS_DYNAMO_TABLE"]
    rows = [row for row in items(stack, table) if row["id"] == user]
    return {row["accountInfo"]: row.get("dailyCost", Decimal(0)) + row.get("monthlyCost", Decimal(0)) for row in rows}


def variable_uses(stack: LocalAws, folder: str = "amplify-lambda-python-base") -> list[dict[str, Any]]:
    """Return the record of the variables that a service uses."""
    known = variables_of_service(stack, folder)
    table, service = known["ENV_VARS_TRACKING_TABLE"], known["SERVICE_NAME"]
    return [item for item in items(stack, table) if item["service_name"] == service]


def role(stack: LocalAws, function: str = FUNCTION) -> str:
    """Return the name of the role of a function."""
    return str(_configuration(stack, function)["Role"]).rpartition("/")[2]


def document(policy: str | dict[str, Any]) -> dict[str, Any]:
    """Return a policy document as a dict. IAM returns the document percent-encoded, and the SDK may not decode it."""
    return dict(json.loads(unquote(policy))) if isinstance(policy, str) else policy


def granted_actions(stack: LocalAws, function: str = FUNCTION) -> list[Grant]:
    """Return the grants of the managed policies of a function's role."""
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
    """Return whether the grant allows the action on the resource, an index of the table, or objects of the bucket."""
    granted, arn = grant
    return granted == action and resource_name(arn) == resource


def invoke(stack: LocalAws, function: str, event: dict[str, Any]) -> Any:
    """Invoke a function, as AWS does for a schedule, and return its result."""
    answer = stack.client("lambda").invoke(FunctionName=stack.function(function), Payload=json.dumps(event).encode())
    return json.loads(answer["Payload"].read() or "null")


@contextmanager
def other_variables(stack: LocalAws, function: str = FUNCTION, **changes: str | None) -> Iterator[None]:
    """Change variables of the function during the `with` block. The value None deletes a variable.

    The change starts a new execution environment of the function.
    """
    functions, name = stack.client("lambda"), stack.function(function)
    before = variables(stack, function)
    after = {key: value for key, value in {**before, **changes}.items() if value is not None}
    functions.update_function_configuration(FunctionName=name, Environment={"Variables": after})
    try:
        yield
    finally:
        functions.update_function_configuration(FunctionName=name, Environment={"Variables": before})


def run_as_the_function(stack: LocalAws, call: str, event: dict[str, Any]) -> str:
    """Run `call` of boto3 in a function with the role of the sample. Return "allowed", or the error of AWS."""
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
    """Return the log lines of the functions, since `since`, about denied operations and errors."""
    logs = [event.message for function in functions or (FUNCTION,) for event in stack.logs(function, since - 1)]
    return "\n".join(dict.fromkeys(line for line in logs if "not authorized to perform" in line or "ERROR" in line))


def _configuration(stack: LocalAws, function: str = FUNCTION) -> dict[str, Any]:
    answer: dict[str, Any] = stack.client("lambda").get_function_configuration(FunctionName=stack.function(function))
    return answer


def items(stack: LocalAws, table: str) -> Iterator[dict[str, Any]]:
    """Yield every item of a table."""
    for page in stack.client("dynamodb").get_paginator("scan").paginate(TableName=table):
        yield from (from_item(item) for item in page["Items"])


def _list(value: str | list[str]) -> list[str]:
    return value if isinstance(value, list) else [value]
