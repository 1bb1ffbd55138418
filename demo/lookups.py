"""What the tour looks up in the local AWS: the function, the tables, the policy, the log."""

from __future__ import annotations

import io
import json
import zipfile
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from pycommon.dal.providers.aws.attribute_values import from_item

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pycommon.cli.local.stack import LocalStack

FUNCTION = "amplify-lambda-python-base:record_visit"
USER = "ada"

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


def variables(stack: LocalStack) -> dict[str, str]:
    """The environment of the sample function."""
    return dict(_configuration(stack)["Environment"]["Variables"])


def usage(stack: LocalStack, since: float) -> list[dict[str, Any]]:
    """The usage items of the tour's user since a moment."""
    table = variables(stack)["USAGE_METRICS_DYNAMO_TABLE"]
    first = datetime.fromtimestamp(since, UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
    return [item for item in items(stack, table) if item["user"] == USER and str(item["timestamp"]) >= first]


def variable_uses(stack: LocalStack) -> list[dict[str, Any]]:
    """The record of the variables that the sample service uses."""
    known = variables(stack)
    table, service = known["ENV_VARS_TRACKING_TABLE"], known["SERVICE_NAME"]
    return [item for item in items(stack, table) if item["service_name"] == service]


def role(stack: LocalStack) -> str:
    """The name of the function's role."""
    return str(_configuration(stack)["Role"]).rpartition("/")[2]


def document(policy: str | dict[str, Any]) -> dict[str, Any]:
    """A policy document; IAM hands it out percent-encoded, the SDK decodes it where it can."""
    return dict(json.loads(unquote(policy))) if isinstance(policy, str) else policy


def granted_actions(stack: LocalStack) -> list[Grant]:
    """What the managed policies of the function's role allow."""
    iam = stack.client("iam")
    grants: list[Grant] = []
    for policy in iam.list_attached_role_policies(RoleName=role(stack))["AttachedPolicies"]:
        version = iam.get_policy(PolicyArn=policy["PolicyArn"])["Policy"]["DefaultVersionId"]
        answer = iam.get_policy_version(PolicyArn=policy["PolicyArn"], VersionId=version)
        for statement in document(answer["PolicyVersion"]["Document"])["Statement"]:
            resources = _list(statement["Resource"])
            grants += [(action, arn) for action in _list(statement["Action"]) for arn in resources]
    return grants


def covers(grant: Grant, action: str, resource: str) -> bool:
    """Whether a grant is for the action, on the resource or on an index of that table."""
    granted, arn = grant
    name = arn.split(":", 5)[-1].removeprefix("table/")
    return granted == action and (name == resource or name.startswith(f"{resource}/index/"))


def run_as_the_function(stack: LocalStack, call: str, event: dict[str, Any]) -> str:
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


def complaints(stack: LocalStack, since: float) -> str:
    """The lines of the function's log, since a moment, that say what was denied or failed."""
    lines = [event.message for event in stack.logs(FUNCTION, since - 1)]
    return "\n".join(dict.fromkeys(line for line in lines if "not authorized to perform" in line or "ERROR" in line))


def _configuration(stack: LocalStack) -> dict[str, Any]:
    answer: dict[str, Any] = stack.client("lambda").get_function_configuration(FunctionName=stack.function(FUNCTION))
    return answer


def items(stack: LocalStack, table: str) -> Iterator[dict[str, Any]]:
    """Everything in a table."""
    for page in stack.client("dynamodb").get_paginator("scan").paginate(TableName=table):
        yield from (from_item(item) for item in page["Items"])


def _list(value: str | list[str]) -> list[str]:
    return value if isinstance(value, list) else [value]
