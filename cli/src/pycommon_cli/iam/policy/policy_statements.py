"""Makes policy statements from needs: one for each variable, as narrow as the knowledge of its resource allows."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pycommon.dal.providers.aws.resource_perms import ResourceType
from pycommon_cli.analysis.serverless.symbolic_text import joined, literal
from pycommon_cli.iam.policy.arn_templates import ANYWHERE
from pycommon_cli.iam.policy.iam_actions import resource_types
from pycommon_cli.iam.policy.iam_needs import function_needs, needed_variables
from pycommon_cli.iam.policy.resource_expressions import Expression, InexpressibleError, resource_expressions

if TYPE_CHECKING:
    from pycommon_cli.analysis.facts import CodeFacts, ConfigurationFacts, LambdaFunction, Text
    from pycommon_cli.analysis.handler_needs import Condition, Need

__all__ = ["PolicyNote", "PolicyStatement", "PolicyStatements", "needed_statements", "sid_of"]

_PARAMETERS = ("ssm:GetParameter", "ssm:GetParameters")
_SUFFIXES = {ResourceType.OBJECT: "Objects", ResourceType.BUCKET: "Bucket", ResourceType.LOG_STREAM: "Streams"}


@dataclass(frozen=True, slots=True)
class PolicyStatement:
    """A statement of a policy.

    Attributes:
        sid: the Sid, which is made from the variable's name. It has only letters and digits.
        variables: the variables that need the statement.
    """

    sid: str
    actions: tuple[str, ...]
    resources: tuple[Expression, ...]
    condition: Condition | None = None
    variables: tuple[str, ...] = ()

    def document(self) -> dict[str, object]:
        """Return the statement in the form of a template, with CloudFormation functions."""
        return self._as([each.value for each in self.resources])

    def known(self) -> dict[str, object]:
        """Return the statement with plain texts, and symbols for unknown parts."""
        return self._as([str(each.text) for each in self.resources])

    def _as(self, resources: Sequence[object]) -> dict[str, object]:
        written: dict[str, object] = {
            "Sid": self.sid,
            "Effect": "Allow",
            "Action": self.actions[0] if len(self.actions) == 1 else list(self.actions),
            "Resource": resources[0] if len(resources) == 1 else list(resources),
        }
        if self.condition:
            written["Condition"] = {
                operator: {key: list(values) for key, values in block.items()}
                for operator, block in self.condition.items()
            }
        return written


@dataclass(frozen=True, slots=True)
class PolicyNote:
    """A need that the policy cannot contain, and what to do about it."""

    function: str
    message: str


@dataclass(slots=True)
class PolicyStatements:
    """The statements of one role, and notes on the needs that are left out."""

    statements: list[PolicyStatement] = field(default_factory=list)
    notes: list[PolicyNote] = field(default_factory=list)


@dataclass(slots=True)
class _Group:
    """The actions that one statement combines. They have the same resources and the same condition."""

    variable: str
    suffix: str
    resources: list[Expression]
    condition: Condition | None
    actions: set[str] = field(default_factory=set)


def needed_statements(
    functions: Iterable[LambdaFunction], code: CodeFacts, configuration: ConfigurationFacts
) -> PolicyStatements:
    """Return the statements of a role that these functions share, without logs and triggers.

    The statements are sorted by Sid, so that the same needs always give the same text.

    Example:
        >>> found = needed_statements(configuration.functions.values(), code, configuration)
        >>> [statement.sid for statement in found.statements]
        ['AccountsDynamoTable', 'FilesBucketObjects', 'FilesDynamoTable', 'FilesDynamoTableIndex']
    """
    found = PolicyStatements()
    groups: dict[tuple[str, ...], _Group] = {}
    parameters: dict[str, Expression] = {}
    unset: list[str] = []
    for function in functions:
        for need in function_needs(function, code, configuration):
            try:
                _add(need, function, configuration, groups)
            except InexpressibleError as error:
                _note(found, function, need, error)
        for variable in needed_variables(function, code):
            if variable not in function.environment and (parameter := _parameter(function, variable)) is not None:
                parameters.setdefault(str(parameter.text), parameter)
                unset.append(variable)
    found.statements = [*_statements(groups.values())]
    if parameters:
        by_name = tuple(parameters[key] for key in sorted(parameters))
        statement = PolicyStatement("OwnParameters", _PARAMETERS, by_name, variables=tuple(dict.fromkeys(unset)))
        found.statements.append(statement)
    found.statements.sort(key=lambda statement: statement.sid)
    return found


def sid_of(variable: str) -> str:
    """Return a Sid for a variable. A Sid has only letters and digits.

    Example:
        >>> sid_of("FILES_DYNAMO_TABLE")
        'FilesDynamoTable'
    """
    return "".join(word.capitalize() for word in re.findall(r"[A-Za-z0-9]+", variable))


def _add(
    need: Need, function: LambdaFunction, configuration: ConfigurationFacts, groups: dict[tuple[str, ...], _Group]
) -> None:
    resources = resource_expressions(function, need.variable, need.action, need.part, configuration)
    condition = need.condition
    key = (need.variable, _spelled([each.value for each in resources]), _spelled(condition))
    group = groups.setdefault(key, _Group(need.variable, _suffix(need), resources, condition))
    group.actions.add(need.action)


def _suffix(need: Need) -> str:
    if need.part:
        return "AndIndex" if need.part == ANYWHERE else "Index"
    types = resource_types(need.action)
    return _SUFFIXES.get(types[0], "") if types else ""


def _statements(groups: Iterable[_Group]) -> Iterator[PolicyStatement]:
    taken: dict[str, int] = {}
    # A statement without a condition comes first. If two have the same name, the second gets a number.
    for group in sorted(groups, key=lambda each: (each.variable, each.suffix, _spelled(each.condition), _texts(each))):
        sid = sid_of(group.variable) + group.suffix
        taken[sid] = taken.get(sid, 0) + 1
        numbered = sid if taken[sid] == 1 else f"{sid}{taken[sid]}"
        yield PolicyStatement(
            numbered, tuple(sorted(group.actions)), tuple(group.resources), group.condition, (group.variable,)
        )


def _texts(group: _Group) -> str:
    return " ".join(str(each.text) for each in group.resources)


def _note(found: PolicyStatements, function: LambdaFunction, need: Need, error: InexpressibleError) -> None:
    if need.by_library and need.variable not in function.environment:
        return  # the library works without the variable, or ENV002 reports it
    note = PolicyNote(function.name, f"{need.action} on {need.variable} is left out: {error}")
    if note not in found.notes:
        found.notes.append(note)


def _parameter(function: LambdaFunction, variable: str) -> Expression | None:
    """Return the parameter in Parameter Store that the library reads for a variable. Return None if there is none."""
    stage, service = (function.environment.get(name) for name in ("STAGE", "SERVICE_NAME"))
    if stage is None or service is None:
        return None
    arn = "arn:${AWS::Partition}:ssm:${AWS::Region}:${AWS::AccountId}:parameter/amplify/"
    written = f"{arn}${{self:provider.environment.STAGE}}/${{self:provider.environment.SERVICE_NAME}}/{variable}"
    text: Text = joined((literal("arn:*:ssm:*:*:parameter/amplify/"), stage, "/", service, "/", variable))
    return Expression({"Fn::Sub": written}, text)


def _spelled(value: object) -> str:
    return json.dumps(value, sort_keys=True, default=_plain)


def _plain(value: object) -> object:
    return dict(value) if isinstance(value, Mapping) else str(value)
