"""Lists what the role of a function must allow: the needs of its handlers, on parts of the template's resources."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from pycommon.dal.providers.aws.resource_perms import ResourceType
from pycommon_cli.analysis.handler_needs import ANYWHERE, declared_needs, library_needs
from pycommon_cli.iam.policy.iam_actions import resource_types
from pycommon_cli.iam.policy.resource_expressions import template_resource

if TYPE_CHECKING:
    from pycommon_cli.analysis.facts import CodeFacts, ConfigurationFacts, HandlerFacts, LambdaFunction
    from pycommon_cli.analysis.handler_needs import Need

__all__ = ["function_needs", "handlers_of", "needed_variables"]

_INDEXES = ("GlobalSecondaryIndexes", "LocalSecondaryIndexes")


def handlers_of(function: LambdaFunction, code: CodeFacts) -> list[HandlerFacts]:
    """Return the handler of a function and the operations to which the handler dispatches.

    Return an empty list if the code lacks the handler.
    """
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
    """Return the needs that the role of a function must allow, in the order of the code, without logs and triggers."""
    needs: dict[tuple[str, str, str], Need] = {}
    for handler in handlers_of(function, code):
        for each in (*declared_needs(handler), *library_needs(handler)):
            if not each.action:
                continue
            need = each if each.by_library else replace(each, part=_part(each, function, configuration))
            key = (need.variable, need.action, need.part)
            known = needs.setdefault(key, need)
            if known.condition is not None and need.condition is None:
                needs[key] = need  # the service needs the action without the library's condition
    return list(needs.values())


def needed_variables(function: LambdaFunction, code: CodeFacts) -> list[str]:
    """Return every variable that the handlers of a function declare, or that the library reads for them."""
    names: dict[str, None] = {}
    for handler in handlers_of(function, code):
        needs = (*declared_needs(handler), *library_needs(handler))
        names.update(dict.fromkeys(need.variable for need in needs))
    return list(names)


def _part(need: Need, function: LambdaFunction, configuration: ConfigurationFacts) -> str:
    """Return the part of the resource on which IAM checks the action: a table, an index, or either."""
    if ResourceType.INDEX not in resource_types(need.action):
        return ""
    if need.part == ANYWHERE and not _may_have_index(need.variable, function, configuration):
        return ""
    return need.part


def _may_have_index(variable: str, function: LambdaFunction, configuration: ConfigurationFacts) -> bool:
    """Return whether a table may have an index. A table that is not in the template may have an index."""
    value = function.environment.get(variable)
    table = template_resource(value, "dynamodb", configuration) if value is not None else None
    if table is None:
        return True
    return isinstance(table.properties, Mapping) and any(name in table.properties for name in _INDEXES)
