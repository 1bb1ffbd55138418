"""Read the arguments of `@required_env_vars`: variables, and the IAM actions of their operations."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from pycommon.dal.providers.aws import resource_perms
from pycommon.dal.providers.aws.resource_perms import AWSOperation
from pycommon_cli.analysis.facts import DeclaredVariable, Place, ReadingTrouble
from pycommon_cli.analysis.python.values.abstract_values import (
    ANY,
    ConstantValue,
    ExternalName,
    LibraryDecorator,
    Value,
    texts,
)
from pycommon_cli.analysis.python.values.code_contexts import MappingValue, SequenceValue

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["read_declaration"]

_ENUMS = "pycommon.dal.providers.aws.resource_perms."


def read_declaration(decorator: LibraryDecorator) -> tuple[list[DeclaredVariable], list[ReadingTrouble]]:
    """Return the variables of one decorator, in their order, and the parts that the code computes."""
    declared: list[DeclaredVariable] = []
    troubles: list[ReadingTrouble] = []
    for index, argument in enumerate(decorator.positional):
        place = decorator.places[index] if index < len(decorator.places) else decorator.place
        mappings = [each for each in argument if isinstance(each, MappingValue)]
        for mapping in mappings:
            declared.extend(_variables(mapping, place, troubles))
        declared.extend(DeclaredVariable(name, (), place) for name in texts(argument))
        if not mappings and not texts(argument):
            troubles.append(_unclear("the arguments of @required_env_vars are computed", place))
    return declared, troubles


def _variables(mapping: MappingValue, place: Place, troubles: list[ReadingTrouble]) -> Iterator[DeclaredVariable]:
    for key, operations in mapping.entries.items():
        if isinstance(key, ConstantValue) and isinstance(key.value, str):
            where = mapping.places.get(key, place)
            yield _variable(key.value, operations, where, troubles)
        else:
            troubles.append(_unclear("the name of a declared variable is computed", mapping.places.get(key, place)))
    if mapping.rest:
        troubles.append(_unclear("@required_env_vars has entries that are computed", place))


def _variable(name: str, operations: Value, place: Place, troubles: list[ReadingTrouble]) -> DeclaredVariable:
    actions: dict[str, None] = {}
    unknown: dict[str, None] = {}
    for member in _members(operations):
        if isinstance(member, ExternalName) and member.name.startswith(_ENUMS):
            found = _operations(member.name.removeprefix(_ENUMS))
            if found is None:
                unknown[_last_two(member.name)] = None
            actions |= dict.fromkeys(action for each in found or () for action in each.actions)
        elif isinstance(member, ConstantValue) and isinstance(member.value, str):
            unknown[repr(member.value)] = None
        else:
            troubles.append(_unclear(f"the operations of {name} are computed", place))
    return DeclaredVariable(name, tuple(sorted(actions)), place, tuple(unknown))


def _members(operations: Value) -> Iterator[object]:
    for each in operations:
        if isinstance(each, SequenceValue):
            for value in (*each.members, each.rest):
                yield from value
        elif isinstance(each, ExternalName) or each is ANY:
            yield each


def _operations(dotted: str) -> tuple[AWSOperation, ...] | None:
    """Return the members that "DynamoDBOperation.GET_ITEM" or "DynamoDBOperation" means, or None if there are none."""
    parts = dotted.split(".")
    enums = _enums()
    if parts[-1] in enums:
        return tuple(enums[parts[-1]])
    if len(parts) > 1 and parts[-2] in enums and parts[-1] in enums[parts[-2]].__members__:
        return (enums[parts[-2]][parts[-1]],)
    return None


@cache
def _enums() -> dict[str, type[AWSOperation]]:
    public = {name: getattr(resource_perms, name) for name in resource_perms.__all__}
    return {name: each for name, each in public.items() if isinstance(each, type) and issubclass(each, AWSOperation)}


def _last_two(name: str) -> str:
    return ".".join(name.rsplit(".", 2)[-2:])


def _unclear(what: str, place: Place) -> ReadingTrouble:
    help_text = "write names and operations as literals, or as constants of the service"
    return ReadingTrouble(place, f"{what}, and cannot be compared", help_text, unclear=True)
