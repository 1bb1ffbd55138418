"""Read the schemas of operations: the `rules` argument of `setup_validated`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pycommon_cli.analysis.facts import Place, ReadingTrouble, SchemaRule
from pycommon_cli.analysis.python.values.abstract_values import ConstantValue, Value
from pycommon_cli.analysis.python.values.code_contexts import MappingValue

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pycommon_cli.analysis.python.interpreter.interpreter import Interpreter

__all__ = ["read_rules"]

_MODULE = "schema_validation_rules"


def read_rules(interpreter: Interpreter) -> tuple[tuple[SchemaRule, ...], list[ReadingTrouble]]:
    """Return every entry of the rules, sorted by place, and the parts that the code computes."""
    found: dict[SchemaRule, None] = {}
    troubles: list[ReadingTrouble] = []
    for value, place in _given(interpreter):
        mappings = [each for each in value if isinstance(each, MappingValue)]
        for mapping in mappings:
            found |= dict.fromkeys(_rules(mapping, place, troubles))
        if not mappings:
            troubles.append(_unclear("the rules are", place))
    return tuple(sorted(found, key=lambda rule: (rule.place, rule.kind, rule.path or "", rule.operation))), troubles


def _given(interpreter: Interpreter) -> list[tuple[Value, Place]]:
    registered = [
        (each.call.given(0, "rules"), each.place) for each in interpreter.usage.registrations("setup_validated")
    ]
    if registered:
        return registered
    modules = [context for context in interpreter.contexts() if context.function is None]
    values = [
        (context, interpreter.module_attribute(context, "rules"))
        for context in modules
        if _is_rules(context.source.module)
    ]
    return [(value, Place(context.source.path, 1)) for context, value in values if value is not None]


def _is_rules(module: str) -> bool:
    return module.rpartition(".")[2] == _MODULE


def _rules(mapping: MappingValue, place: Place, troubles: list[ReadingTrouble]) -> Iterator[SchemaRule]:
    for kind, by_path in _entries(mapping, place, troubles):
        for path, by_operation in _entries(by_path, place, troubles):
            inner = [each for each in by_operation if isinstance(each, MappingValue)]
            for operations in inner:
                for key in operations.entries:
                    if isinstance(key, ConstantValue) and isinstance(key.value, str):
                        yield SchemaRule(kind, path, key.value, operations.places.get(key, place))


def _entries(value: Value | MappingValue, place: Place, troubles: list[ReadingTrouble]) -> Iterator[tuple[str, Value]]:
    mappings = (
        [value] if isinstance(value, MappingValue) else [each for each in value if isinstance(each, MappingValue)]
    )
    for mapping in mappings:
        if mapping.rest or any(not isinstance(key, ConstantValue) for key in mapping.entries):
            troubles.append(_unclear("some of the rules are", place))
        for key, inner in mapping.entries.items():
            if isinstance(key, ConstantValue) and isinstance(key.value, str):
                yield key.value, inner


def _unclear(what: str, place: Place) -> ReadingTrouble:
    return ReadingTrouble(
        place, f"{what} computed, and cannot be compared", "write paths and operations as literal texts", unclear=True
    )
