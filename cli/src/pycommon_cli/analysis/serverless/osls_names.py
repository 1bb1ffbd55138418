"""Compute the names that the Serverless Framework (osls) gives to the resources of a function."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pycommon_cli.analysis.serverless.resource_types import LAMBDA_FUNCTION
from pycommon_cli.analysis.serverless.symbolic_text import joined, literal

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pycommon_cli.analysis.facts import Text

__all__ = ["SHARED_ROLE", "function_logical_id", "log_group", "log_group_logical_id", "made_by_osls", "normalized"]

SHARED_ROLE = "IamRoleLambdaExecution"
"""The logical id of the role that all functions without a role of their own share."""


def function_logical_id(key: str) -> str:
    """Return the logical id of a function of serverless.yml.

    Example:
        >>> function_logical_id("record_visit")
        'RecordUnderscorevisitLambdaFunction'
    """
    return f"{normalized(key)}LambdaFunction"


def log_group_logical_id(key: str) -> str:
    """Return the logical id of the log group that osls makes for a function."""
    return f"{normalized(key)}LogGroup"


def normalized(key: str) -> str:
    """Return the key of a function in the form that logical ids need: only letters and digits."""
    name = key.replace("-", "Dash").replace("_", "Underscore")
    return name[:1].upper() + name[1:]


def made_by_osls(functions: Mapping[str, Text], service: Text, stage: str, region: Text) -> dict[str, tuple[str, Text]]:
    """Return the types and names of the resources that osls makes for functions, by logical id.

    A template may refer to these resources.

    Args:
        functions: the deployed names of functions by their keys.
        service: the service's name.
        stage: the stage.
        region: the region of the stack.
    """
    made = {SHARED_ROLE: ("AWS::IAM::Role", joined((service, "-", stage, "-", region, "-lambdaRole")))}
    for key, name in functions.items():
        made[function_logical_id(key)] = (LAMBDA_FUNCTION, name)
        made[log_group_logical_id(key)] = ("AWS::Logs::LogGroup", log_group(name))
    return made


def log_group(function: Text) -> Text:
    """Return the name of the log group of a function."""
    return joined((literal("/aws/lambda/"), function))
