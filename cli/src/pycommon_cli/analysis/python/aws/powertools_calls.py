"""Functions of Powertools for AWS Lambda that call AWS themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pycommon_cli.analysis.python.abstract_values import MappingValue, Value, one

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pycommon_cli.analysis.python.interpreter.attributes import Objects
    from pycommon_cli.analysis.python.interpreter.call_arguments import Call

    Emitted = Iterator[tuple[str, str, dict[str, Value]]]

__all__ = ["POWERTOOLS"]


def _parameter(_: Objects, call: Call) -> Emitted:
    yield "ssm", "GetParameter", {"Name": call.given(0, "name")}


def _parameters(_: Objects, call: Call) -> Emitted:
    yield "ssm", "GetParametersByPath", {"Path": call.given(0, "path")}


def _parameters_by_name(machine: Objects, call: Call) -> Emitted:
    for atom in call.given(0, "parameters"):
        if isinstance(atom, MappingValue):
            names = machine.sequence(call.node, [one(key) for key in atom.entries], label="names")
            yield "ssm", "GetParameters", {"Names": one(names)}


def _secret(_: Objects, call: Call) -> Emitted:
    yield "secretsmanager", "GetSecretValue", {"SecretId": call.given(0, "name")}


def _set_parameter(_: Objects, call: Call) -> Emitted:
    yield "ssm", "PutParameter", {"Name": call.given(0, "name")}


def _set_secret(_: Objects, call: Call) -> Emitted:
    yield "secretsmanager", "PutSecretValue", {"SecretId": call.given(0, "name")}


def _persistence(_: Objects, call: Call) -> Emitted:
    """The layer of idempotency does all of this to its table, one after the other."""
    table = {"TableName": call.given(0, "table_name")}
    for operation in ("GetItem", "PutItem", "UpdateItem", "DeleteItem"):
        yield "dynamodb", operation, table


_PARAMETERS = "aws_lambda_powertools.utilities.parameters"
_IDEMPOTENCY = "aws_lambda_powertools.utilities.idempotency"

POWERTOOLS: dict[str, Callable[[Objects, Call], Emitted]] = {
    f"{_IDEMPOTENCY}.DynamoDBPersistenceLayer": _persistence,
    f"{_IDEMPOTENCY}.persistence.dynamodb.DynamoDBPersistenceLayer": _persistence,
    f"{_PARAMETERS}.get_parameter": _parameter,
    f"{_PARAMETERS}.get_parameters": _parameters,
    f"{_PARAMETERS}.get_parameters_by_name": _parameters_by_name,
    f"{_PARAMETERS}.get_secret": _secret,
    f"{_PARAMETERS}.set_parameter": _set_parameter,
    f"{_PARAMETERS}.set_secret": _set_secret,
}
