"""Find the IAM actions of one call of AWS, and the variable that names each resource.

`pycommon.env.observed_call` knows the resources that a call needs. This reader and the observation at run time both use
it. `observed_call` takes plain parameters. This module therefore passes each value that is not plain as a token.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from pycommon.dal.providers.aws.resource_perms import ResourceType, operation_for
from pycommon.env.observed_call import calls_of
from pycommon_cli.analysis.python.analysis_limits import LIMITS
from pycommon_cli.analysis.python.aws.iam_names import actions_of
from pycommon_cli.analysis.python.values.abstract_values import (
    ComposedText,
    ConstantValue,
    EnvironmentValue,
    Value,
    join,
    one,
    texts,
    variables_of,
)
from pycommon_cli.analysis.python.values.code_contexts import MappingValue, SequenceValue
from pycommon_cli.analysis.python.values.code_effects import Use

if TYPE_CHECKING:
    from collections.abc import Iterator
    from collections.abc import Mapping as AbstractMapping

    from pycommon.dal.providers.aws.resource_perms import AWSOperation
    from pycommon_cli.analysis.python.aws.service_models import ServiceModel

__all__ = ["named_by", "uses_of"]


_NAMING = re.compile(r"(?:Name|Names|Arn|ARN|Id|Identifier|Url|Group|Alias|Path|topic|[sS]tream)$")
_NOT_NAMING = re.compile(
    r"(?:Token|[rR]ole_?A[rR][nN]|RequestId|DeduplicationId|GroupId|Username|userName|KMSKeyId|KmsKeyId|kmsKeyId|"
    r"kmsKeyArn|CatalogId|MetricName|SessionName|LogStreamName|logStreamName|AccountId|RegionName)$"
)
_COPY_SOURCE = "CopySource"


class _Tokens:
    """Converts abstract values to plain parameters, and keeps the values behind the tokens."""

    def __init__(self) -> None:
        self._values: list[Value] = []

    def plain(self, value: Value, depth: int = 0) -> Any:
        """Return a dict, a list or a text as a plain Python value, and any other value as a token."""
        mappings = [each for each in value if isinstance(each, MappingValue)]
        sequences = [each for each in value if isinstance(each, SequenceValue)]
        if depth < LIMITS.nested_parameters and mappings:
            return self._dict(mappings, depth)
        if depth < LIMITS.nested_parameters and sequences:
            members = [member for each in sequences for member in (*each.members, each.rest) if member]
            return [self.plain(part, depth + 1) for member in members for part in _parts(member)]
        constants = texts(value)
        return constants[0] if len(value) == 1 and constants else self._token(value)

    def value(self, token: str | None) -> Value:
        """Return the value behind a token."""
        if token is None or not token.startswith("\0"):
            return frozenset()
        return self._values[int(token[1:])]

    def _dict(self, mappings: list[MappingValue], depth: int) -> dict[str, Any]:
        merged: dict[str, Value] = {}
        for mapping in mappings:
            for key, value in mapping.entries.items():
                name = str(key.value) if isinstance(key, ConstantValue) else self._token(one(key))
                merged[name] = join(merged.get(name, frozenset()), value)
        return {name: self.plain(value, depth + 1) for name, value in merged.items()}

    def _token(self, value: Value) -> str:
        self._values.append(value)
        return f"\0{len(self._values) - 1}"


def uses_of(model: ServiceModel, operation: str, parameters: AbstractMapping[str, Value]) -> Iterator[Use]:
    """Yield the IAM actions of a call, for each variable that names a resource of the call."""
    tokens = _Tokens()
    plain = {
        name: tokens.plain(_bucket_of(value) if name == _COPY_SOURCE else value) for name, value in parameters.items()
    }
    member = operation_for(model.name, operation, plain)
    for call in calls_of(model.name, operation, plain, model.signing_name):
        actions = call.actions if member is not None else actions_of(model, operation)
        if operation == "DeleteObjects" and _names_versions(parameters):
            actions = (*actions, "s3:DeleteObjectVersion")
        named = tokens.value(call.resource) if call.resource is not None else _named_otherwise(parameters)
        part = _part(model.name, actions, member, parameters)
        for variable in variables_of(named) or (None,):
            yield Use(model.name, operation, actions, variable, part)
    yield from _companions(model, member, parameters)


def _names_versions(parameters: AbstractMapping[str, Value]) -> bool:
    """Return whether the call deletes versions of objects. DeleteObjects has the versions in its list of objects."""
    if any(name.endswith("VersionId") for name in parameters):
        return True
    deleted = [
        each.entries.get(ConstantValue("Objects"))
        for each in parameters.get("Delete", ())
        if isinstance(each, MappingValue)
    ]
    listed = [each.all() for value in deleted for each in value or () if isinstance(each, SequenceValue)]
    return any(
        isinstance(each, MappingValue) and ConstantValue("VersionId") in each.entries
        for value in listed
        for each in value
    )


def named_by(parameters: AbstractMapping[str, Value]) -> Value:
    """Return the value that names the resource of a call. A URL or ARN in the response names the same resource."""
    return join(*[value for name, value in parameters.items() if _names(name) and variables_of(value)])


def _named_otherwise(parameters: AbstractMapping[str, Value]) -> Value:
    """Return the value that names the resource, if the parameters that name a resource are not known.

    The parameter is found by its name.
    """
    for name, value in parameters.items():
        if _names(name):
            return join(
                value,
                *[member for each in value if isinstance(each, SequenceValue) for member in (*each.members, each.rest)],
            )
    return frozenset()


def _names(parameter: str) -> bool:
    return _NAMING.search(parameter) is not None and _NOT_NAMING.search(parameter) is None


def _part(
    service: str, actions: tuple[str, ...], member: AWSOperation | None, parameters: AbstractMapping[str, Value]
) -> str:
    if service == "s3":
        if member is None:
            return "object" if "Key" in parameters else ""
        types = {each.action: each.resource_types[0] for each in member.permissions}
        return "object" if types.get(actions[0], ResourceType.OBJECT) is ResourceType.OBJECT else ""
    if service == "dynamodb" and "IndexName" in parameters:
        known = texts(parameters["IndexName"])
        return known[0] if len(known) == 1 else "index"
    return ""


def _companions(
    model: ServiceModel, member: AWSOperation | None, parameters: AbstractMapping[str, Value]
) -> Iterator[Use]:
    """Yield the IAM actions of a call on its second resource, except the source of a copy (see `uses_of`)."""
    for parameter, companion in (member.companions if member is not None else {}).items():
        if parameter == _COPY_SOURCE or parameter not in parameters:
            continue
        value = parameters[parameter]
        inner = [
            each
            for mapping in value
            if isinstance(mapping, MappingValue)
            for key, each in mapping.entries.items()
            if _is_identifier(key)
        ]
        for variable in variables_of(join(value, *inner)) or (None,):
            yield Use(model.name, companion.operation, companion.actions, variable)


def _is_identifier(key: object) -> bool:
    return isinstance(key, ConstantValue) and isinstance(key.value, str) and _names(key.value)


def _parts(member: Value) -> list[Value]:
    """Return each dict that a list member may be. They stay separate, so that requests of a transaction do not mix."""
    mappings = [each for each in member if isinstance(each, MappingValue)]
    return [one(each) for each in mappings] if len(mappings) > 1 else [member]


def _bucket_of(source: Value) -> Value:
    """Return the bucket in a copy source such as `f"{bucket}/{key}"`."""
    cut: list[Value] = []
    for each in source:
        if not isinstance(each, ComposedText):
            cut.append(one(each))
            continue
        parts: list[ConstantValue | EnvironmentValue | None] = []
        for part in each.parts:
            if isinstance(part, ConstantValue) and "/" in str(part.value).lstrip("/"):
                break
            if isinstance(part, ConstantValue) and parts and "/" in str(part.value):
                break
            parts.append(part)
        variables = [part for part in parts if isinstance(part, EnvironmentValue)]
        cut.append(one(variables[0]) if len(variables) == 1 else one(each))
    return join(*cut)
