"""What a function's role has to allow: what its declarations say, and what the library's decorators do for it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pycommon.authz.api_keys import API_KEY_INDEX
from pycommon.dal.providers.aws.resource_perms import ResourceType
from pycommon_cli.analysis.library_needs import library_needs
from pycommon_cli.iam.policy.arn_templates import ANYWHERE
from pycommon_cli.iam.policy.iam_actions import resource_types
from pycommon_cli.iam.policy.resource_expressions import template_resource

if TYPE_CHECKING:
    from pycommon_cli.analysis.facts import CodeFacts, ConfigurationFacts, HandlerFacts, LambdaFunction, Place

__all__ = ["Condition", "Need", "function_needs", "handlers_of", "needed_variables"]

Condition = Mapping[str, Mapping[str, tuple[str, ...]]]

_INDEXED = ("GlobalSecondaryIndexes", "LocalSecondaryIndexes")
_API_KEYS = "API_KEYS_DYNAMODB_TABLE"
# Noting an access must not become a way to change whose key it is, or what it opens.
_LAST_ACCESS: Condition = {"ForAllValues:StringEquals": {"dynamodb:Attributes": ("api_owner_id", "lastAccessed")}}
_LIBRARY_PARTS = {(_API_KEYS, "dynamodb:Query"): API_KEY_INDEX}
_LIBRARY_CONDITIONS: Mapping[tuple[str, str], Condition] = {(_API_KEYS, "dynamodb:UpdateItem"): _LAST_ACCESS}


@dataclass(frozen=True, slots=True)
class Need:
    """One IAM action on what a variable names.

    Attributes:
        part: "" for the resource itself, "index" for all indexes of a table or the name of one, `ANYWHERE` for either.
        by: the decorator that says so, or that needs it itself.
        by_library: whether the library needs it, and nobody has to declare it.
        condition: a condition under which the need is met all the same; a policy should have it.
    """

    variable: str
    action: str
    part: str
    by: str
    place: Place
    condition: Condition | None = None
    by_library: bool = False


def handlers_of(function: LambdaFunction, code: CodeFacts) -> list[HandlerFacts]:
    """The handler of a function, and those of the operations that it dispatches to; none where the code has none."""
    found: dict[str, HandlerFacts] = {}
    waiting = [function.handler]
    while waiting:
        reference = waiting.pop(0)
        handler = code.handlers.get(reference)
        if handler is not None and reference not in found:
            found[reference] = handler
            waiting += handler.dispatches
    return list(found.values())


def function_needs(function: LambdaFunction, code: CodeFacts, configuration: ConfigurationFacts) -> list[Need]:
    """What the role of a function has to allow beside logs and triggers, each once, in the order of the text."""
    needs: dict[tuple[str, str, str], Need] = {}
    for handler in handlers_of(function, code):
        for need in (*_declared(handler, function, configuration), *_of_library(handler)):
            known = needs.setdefault((need.variable, need.action, need.part), need)
            if known.condition is not None and need.condition is None:
                needs[need.variable, need.action, need.part] = need  # the service does more than the library
    return list(needs.values())


def needed_variables(function: LambdaFunction, code: CodeFacts) -> list[str]:
    """Every variable that the handlers of a function declare, or that the library's decorators read for them."""
    names: dict[str, None] = {}
    for handler in handlers_of(function, code):
        names.update(dict.fromkeys(declared.variable for declared in handler.declared or ()))
        names.update(dict.fromkeys(need.variable for need in library_needs(handler)))
    return list(names)


def _declared(handler: HandlerFacts, function: LambdaFunction, configuration: ConfigurationFacts) -> Iterator[Need]:
    for declared in handler.declared or ():
        for action in declared.actions:
            for part in _parts(handler, declared.variable, action, function, configuration):
                yield Need(declared.variable, action, part, "required_env_vars", declared.place)


def _of_library(handler: HandlerFacts) -> Iterator[Need]:
    for need in library_needs(handler):
        for action in need.actions:
            key = (need.variable, action)
            condition = _LIBRARY_CONDITIONS.get(key)
            yield Need(
                need.variable,
                action,
                _LIBRARY_PARTS.get(key, ""),
                need.decorator,
                need.place,
                condition,
                by_library=True,
            )


def _parts(
    handler: HandlerFacts, variable: str, action: str, function: LambdaFunction, configuration: ConfigurationFacts
) -> Iterable[str]:
    """On which parts an action is made: those that calls in the code name, else all that there may be."""
    if ResourceType.INDEX not in resource_types(action):
        return ("",)
    seen = {call.part for call in handler.calls if call.variable == variable and action in call.actions}
    if seen:
        return ("index",) if seen == {"index"} else sorted(seen)
    return (ANYWHERE,) if _may_have_index(variable, function, configuration) else ("",)


def _may_have_index(variable: str, function: LambdaFunction, configuration: ConfigurationFacts) -> bool:
    """Whether a table may have an index: one of the template says so, of another that is not known."""
    value = function.environment.get(variable)
    table = template_resource(value, "dynamodb", configuration) if value is not None else None
    if table is None:
        return True
    return isinstance(table.properties, Mapping) and any(name in table.properties for name in _INDEXED)
