"""Look up parameters and the variables of deployed functions in the AWS of a stage. Never keep a value."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from pycommon.dal.providers.aws.clients import ACCESS_DENIED, error_code

_NAMES_A_CALL = 10
_NO_SUCH = "ParameterNotFound"
_NO_NAME = "ValidationException"  # the name is not valid


class StoredParameter(StrEnum):
    """The result for a parameter: whether Parameter Store has the parameter, and the parameter's type."""

    EXISTS = "exists"
    SECURE_STRING = "SecureString"
    MISSING = "missing"
    DENIED = "denied"


def look_up(ssm: Any, paths: Iterable[str]) -> dict[str, StoredParameter]:
    """Look up each path. Neither decrypt nor keep a value."""
    names = sorted(set(paths))
    found: dict[str, StoredParameter] = {}
    for start in range(0, len(names), _NAMES_A_CALL):
        found |= _batch(ssm, names[start : start + _NAMES_A_CALL])
    return found


def _batch(ssm: Any, names: list[str]) -> dict[str, StoredParameter]:
    try:
        response = ssm.get_parameters(Names=names, WithDecryption=False)
    except ssm.exceptions.ClientError as error:
        if error_code(error) not in {*ACCESS_DENIED, _NO_NAME}:
            raise
        return {name: _one(ssm, name) for name in names}  # AWS refused the batch or one of its names
    existing = {each["Name"] + each.get("Selector", ""): _kind(each) for each in response["Parameters"]}
    return {name: existing.get(name, StoredParameter.MISSING) for name in names}


def _one(ssm: Any, name: str) -> StoredParameter:
    try:
        return _kind(ssm.get_parameter(Name=name, WithDecryption=False)["Parameter"])
    except ssm.exceptions.ClientError as error:
        if error_code(error) in ACCESS_DENIED:
            return StoredParameter.DENIED
        if error_code(error) in {_NO_SUCH, _NO_NAME}:
            return StoredParameter.MISSING
        raise


def _kind(parameter: dict[str, Any]) -> StoredParameter:
    return StoredParameter.SECURE_STRING if parameter["Type"] == "SecureString" else StoredParameter.EXISTS


class StageDeployment(StrEnum):
    """The result for a function: whether it is deployed, and whether the credentials may read it."""

    DEPLOYED = "deployed"
    NOT_DEPLOYED = "not deployed"
    UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True)
class DeployedFunction:
    """A deployed function, with the names of its variables that have a value."""

    name: str
    state: StageDeployment
    variables: frozenset[str] = frozenset()


def deployed_function(aws_lambda: Any, name: str) -> DeployedFunction:
    """Return the deployed function `name`."""
    try:
        configuration = aws_lambda.get_function_configuration(FunctionName=name)
    except aws_lambda.exceptions.ClientError as error:
        if error_code(error) in ACCESS_DENIED:
            return DeployedFunction(name, StageDeployment.UNREADABLE)
        if error_code(error) == "ResourceNotFoundException":
            return DeployedFunction(name, StageDeployment.NOT_DEPLOYED)
        raise
    environment = configuration.get("Environment", {})
    if "Error" in environment:  # the credentials may not use the key of the variables
        return DeployedFunction(name, StageDeployment.UNREADABLE)
    variables = environment.get("Variables", {})
    return DeployedFunction(
        name, StageDeployment.DEPLOYED, frozenset(each for each, value in variables.items() if value)
    )
