"""Lists what a handler needs: environment variables, and IAM actions on the resources that the variables name.

`pycommon check`, `pycommon iam` and `pycommon env doctor` use these needs.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from pycommon.authz import authentication_settings as authz_settings
from pycommon.authz.api_keys import API_KEY_INDEX
from pycommon.env import variable_record
from pycommon.env.declaration import declarations
from pycommon.metrics import usage_store

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pycommon.env.declaration import Declaration
    from pycommon_cli.analysis.facts import DeclaredVariable, HandlerFacts, Place

__all__ = [
    "ANYWHERE",
    "BY_CALL",
    "BY_DECLARATION",
    "USAGE_TABLE",
    "Condition",
    "Need",
    "declared_needs",
    "library_needs",
    "library_variables",
    "needs_of_declaration",
    "used_needs",
]

Condition = Mapping[str, Mapping[str, tuple[str, ...]]]

ANYWHERE = "anywhere"
"""The part of the resource for an action on a table or on an index, if the code does not show which of the two."""

BY_DECLARATION = "required_env_vars"
BY_CALL = "call"
USAGE_TABLE = "USAGE_METRICS_DYNAMO_TABLE"

_API_KEYS = "API_KEYS_DYNAMODB_TABLE"
# The library records the last access of an API key. It must not be able to change the key's owner or permissions.
_LAST_ACCESS: Condition = {"ForAllValues:StringEquals": {"dynamodb:Attributes": ("api_owner_id", "lastAccessed")}}
_LIBRARY_PARTS = {(_API_KEYS, "dynamodb:Query"): API_KEY_INDEX}
_LIBRARY_CONDITIONS: Mapping[tuple[str, str], Condition] = {(_API_KEYS, "dynamodb:UpdateItem"): _LAST_ACCESS}
# The module of the library that declares the variables which each decorator needs.
_DECLARED_BY = {
    "validated": authz_settings.LIBRARY_DECLARATION.function,
    "track_execution": usage_store.__name__,
    "required_env_vars": variable_record.__name__,
}


@dataclass(frozen=True, slots=True)
class Need:
    """A variable that a handler needs, with one IAM action on the resource that the variable names.

    Attributes:
        variable: the name of the variable, or "" if the code calls AWS and no variable is known to name the resource.
        action: the IAM action, e.g. "dynamodb:Query", or "" if the handler only reads the variable.
        part: the part of the resource: "" for the resource itself, "object" (S3), "index" or the name of an index
            (DynamoDB). The part is `ANYWHERE` if no call shows the part.
        by: the reason for the need: the name of a decorator of this library, or `BY_CALL`.
        operations: the enum members that are declared for the variable, e.g. "DynamoDBOperation.QUERY".
        condition: a condition that a policy should put on the action.
        by_library: whether the library itself needs the action. Services do not declare the needs of the library.
        required: whether the function fails if the variable is not set.
    """

    variable: str
    action: str
    part: str
    by: str
    place: Place
    operations: tuple[str, ...] = ()
    condition: Condition | None = None
    by_library: bool = False
    required: bool = True


def declared_needs(handler: HandlerFacts) -> Iterator[Need]:
    """Yield what the handler declares with `@required_env_vars`."""
    for declared in handler.declared or ():
        yield from needs_of_declaration(declared, handler)


def needs_of_declaration(declared: DeclaredVariable, handler: HandlerFacts | None = None) -> Iterator[Need]:
    """Yield the needs of one declared variable. The calls of `handler` show which parts of the resource are used."""
    for action in declared.actions or ("",):
        for part in _parts(handler, declared.variable, action):
            yield Need(declared.variable, action, part, BY_DECLARATION, declared.place, declared.operations)


def used_needs(handler: HandlerFacts) -> Iterator[Need]:
    """Yield the needs that the handler's own calls of AWS show, declared or not.

    Calls of the library and calls on a resource that no variable names are left out.
    """
    seen = set()
    for call in handler.calls:
        for action in call.actions:
            if call.variable is not None and not call.by_library and (call.variable, action) not in seen:
                seen.add((call.variable, action))
                for part in _parts(handler, call.variable, action):
                    yield Need(call.variable, action, part, BY_CALL, call.place)


def library_needs(handler: HandlerFacts) -> tuple[Need, ...]:
    """Return what the library's decorators on the handler need.

    Several decorators may need the same variable, because `@validated` also meters and records. The need is then
    returned once, for `@validated` if the handler has it.
    """
    needs: dict[str, list[Need]] = {}
    for name, place in sorted(handler.decorators, key=lambda each: each[0] != "validated"):
        declaration = _declarations().get(name)
        for variable in declaration.variables if declaration else ():
            if declaration is not None and variable not in needs:
                needs[variable] = list(_of_library(variable, declaration, name, place))
    return tuple(need for found in needs.values() for need in found)


@cache
def library_variables() -> frozenset[str]:
    """Return every variable that a module of the library declares for its own use."""
    return frozenset(name for each in declarations() if each.by_library for name in each.variables)


def _of_library(variable: str, declaration: Declaration, decorator: str, place: Place) -> Iterator[Need]:
    required = variable in authz_settings.ALWAYS_NEEDED and decorator != "required_env_vars"
    members = tuple(map(str, declaration.variables[variable]))
    for action in declaration.actions[variable] or ("",):
        part, condition = _LIBRARY_PARTS.get((variable, action), ""), _LIBRARY_CONDITIONS.get((variable, action))
        yield Need(variable, action, part, decorator, place, members, condition, by_library=True, required=required)


@cache
def _declarations() -> Mapping[str, Declaration]:
    by_module = {each.function: each for each in declarations() if each.by_library}
    return {decorator: by_module[module] for decorator, module in _DECLARED_BY.items()}


def _parts(handler: HandlerFacts | None, variable: str, action: str) -> tuple[str, ...]:
    """Return the parts of the resource on which the handler makes the action. If no part is known, it is `ANYWHERE`."""
    calls = handler.calls if handler else ()
    seen = dict.fromkeys(call.part for call in calls if call.variable == variable and action in call.actions)
    return tuple(seen) or (ANYWHERE,)
