"""Define the functions of Powertools for AWS Lambda that call AWS, and the operations that they call."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pycommon_cli.analysis.python.values.abstract_values import Value, one
from pycommon_cli.analysis.python.values.code_contexts import MappingValue

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pycommon_cli.analysis.python.aws.aws_call_effects import MakesLists
    from pycommon_cli.analysis.python.values.call_arguments import Call

    AwsCalls = Iterator[tuple[str, str, dict[str, Value]]]

__all__ = ["POWERTOOLS"]


def _parameter(_: MakesLists, call: Call) -> AwsCalls:
    yield "ssm", "GetParameter", {"Name": call.given(0, "name")}


def _parameters(_: MakesLists, call: Call) -> AwsCalls:
    yield "ssm", "GetParametersByPath", {"Path": call.given(0, "path")}


def _parameters_by_name(lists: MakesLists, call: Call) -> AwsCalls:
    for each in call.given(0, "parameters"):
        if isinstance(each, MappingValue):
            names = lists.sequence(call.node, [one(key) for key in each.entries], label="names")
            yield "ssm", "GetParameters", {"Names": one(names)}


def _secret(_: MakesLists, call: Call) -> AwsCalls:
    yield "secretsmanager", "GetSecretValue", {"SecretId": call.given(0, "name")}


def _set_parameter(_: MakesLists, call: Call) -> AwsCalls:
    yield "ssm", "PutParameter", {"Name": call.given(0, "name")}


def _set_secret(_: MakesLists, call: Call) -> AwsCalls:
    yield "secretsmanager", "PutSecretValue", {"SecretId": call.given(0, "name")}


def _persistence(_: MakesLists, call: Call) -> AwsCalls:
    """Yield the operations that the persistence layer of idempotency calls on its table."""
    table = {"TableName": call.given(0, "table_name")}
    for operation in ("GetItem", "PutItem", "UpdateItem", "DeleteItem"):
        yield "dynamodb", operation, table


_PARAMETERS = "aws_lambda_powertools.utilities.parameters"
_IDEMPOTENCY = "aws_lambda_powertools.utilities.idempotency"

POWERTOOLS: dict[str, Callable[[MakesLists, Call], AwsCalls]] = {
    f"{_IDEMPOTENCY}.DynamoDBPersistenceLayer": _persistence,
    f"{_IDEMPOTENCY}.persistence.dynamodb.DynamoDBPersistenceLayer": _persistence,
    f"{_PARAMETERS}.get_parameter": _parameter,
    f"{_PARAMETERS}.get_parameters": _parameters,
    f"{_PARAMETERS}.get_parameters_by_name": _parameters_by_name,
    f"{_PARAMETERS}.get_secret": _secret,
    f"{_PARAMETERS}.set_parameter": _set_parameter,
    f"{_PARAMETERS}.set_secret": _set_secret,
}
