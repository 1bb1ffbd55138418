"""Read the arguments of `@required_env_vars`: the variables, and the IAM actions of their operations."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pycommon.dal.providers.aws.resource_perms.catalogue import enum_named
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

    from pycommon.dal.providers.aws.resource_perms import AWSOperation

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
    known: dict[str, None] = {}
    unknown: dict[str, None] = {}
    for member in _members(operations):
        if isinstance(member, ExternalName) and member.name.startswith(_ENUMS):
            found = _operations(member.name.removeprefix(_ENUMS))
            if found is None:
                unknown[_last_two(member.name)] = None
            known |= dict.fromkeys(str(each) for each in found or ())
            actions |= dict.fromkeys(action for each in found or () for action in each.actions)
        elif isinstance(member, ConstantValue) and isinstance(member.value, str):
            unknown[repr(member.value)] = None
        else:
            troubles.append(_unclear(f"the operations of {name} are computed", place))
    return DeclaredVariable(name, tuple(sorted(actions)), place, tuple(unknown), tuple(known))


def _members(operations: Value) -> Iterator[object]:
    for each in operations:
        if isinstance(each, SequenceValue):
            for value in (*each.members, each.rest):
                yield from value
        elif isinstance(each, ExternalName) or each is ANY:
            yield each


def _operations(dotted: str) -> tuple[AWSOperation, ...] | None:
    """Return the enum members that a dotted name means, or None if no enum has this name.

    "DynamoDBOperation.GET_ITEM" means one member, and "DynamoDBOperation" means all members of the enum.
    """
    *outer, name = dotted.split(".")
    whole = _enum(name)
    if whole is not None:
        return tuple(whole)
    enum = _enum(outer[-1]) if outer else None
    return (enum[name],) if enum is not None and name in enum.__members__ else None


def _enum(name: str) -> type[AWSOperation] | None:
    try:
        return enum_named(name)
    except KeyError:
        return None


def _last_two(name: str) -> str:
    return ".".join(name.rsplit(".", 2)[-2:])


def _unclear(what: str, place: Place) -> ReadingTrouble:
    help_text = "write names and operations as literals, or as constants of the service"
    return ReadingTrouble(place, f"{what}, and cannot be compared", help_text, unclear=True)
