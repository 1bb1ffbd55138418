"""Texts put together: constants fold, and what holds the value of one variable is told by it."""

from __future__ import annotations

import re
from itertools import product
from typing import TYPE_CHECKING, Any

from pycommon_cli.analysis.python.abstract_values import (
    ANY,
    UNKNOWN,
    AbstractValue,
    ComposedText,
    ConstantValue,
    EnvironmentValue,
    Value,
    const,
    join,
    one,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["concatenated", "formatted", "text_method"]

_MOST_TEXTS = 16
_MOST_PARTS = 12
_LONGEST = 4096
_FIELD = re.compile(r"\{(\w*)[^{}]*\}")
_PERCENT = re.compile(r"%(?:\((\w+)\))?[-#0 +]*\d*(?:\.\d+)?[sdrif]")
_FOLDED = frozenset(
    {
        "capitalize", "casefold", "lower", "lstrip", "removeprefix", "removesuffix", "replace", "rstrip", "strip",
        "title", "upper", "zfill",
    }
)  # fmt: skip
_ASKING = frozenset(
    {
        "count", "endswith", "find", "index", "isalnum", "isalpha", "isdigit", "isnumeric", "isspace", "startswith",
    }
)  # fmt: skip


def concatenated(values: Sequence[Value]) -> Value:
    """The text that these make one after the other."""
    choices = [_choices(value) for value in values]
    count = 1
    for each in choices:
        count *= len(each)
    if count > _MOST_TEXTS:
        choices = [each if len(each) == 1 else [None] for each in choices]
    return frozenset(
        _text([part for choice in combination for part in _flat(choice)]) for combination in product(*choices)
    )


def formatted(template: Value, positional: Sequence[Value], keywords: dict[str, Value] | None = None) -> Value:
    """`template.format(...)`, or `template % (...)`."""
    found = [
        concatenated(_pieces(atom.value, positional, keywords or {}))
        for atom in template
        if isinstance(atom, ConstantValue) and isinstance(atom.value, str)
    ]
    return join(*found, *(one(atom) for atom in template if isinstance(atom, EnvironmentValue))) or UNKNOWN


def text_method(atom: ConstantValue, name: str, arguments: Sequence[Value]) -> Value | None:
    """What a method of a constant text gives; None where it is none that is known here."""
    if name not in _FOLDED:
        return UNKNOWN if name in _ASKING else None
    plain: list[Any] = []
    for value in arguments:
        constants = [each for each in value if isinstance(each, ConstantValue)]
        if len(constants) != 1 or len(value) != 1:
            return UNKNOWN
        plain.append(constants[0].value)
    try:
        made = getattr(atom.value, name)(*plain)
    except (TypeError, ValueError, OverflowError, MemoryError):
        return UNKNOWN
    return const(made) if len(made) <= _LONGEST else UNKNOWN


def _choices(value: Value) -> list[AbstractValue | None]:
    told = [atom for atom in value if isinstance(atom, ConstantValue | EnvironmentValue | ComposedText)]
    return [*told, None] if len(told) != len(value) and told else [*told] or [None]


def _flat(choice: AbstractValue | None) -> list[ConstantValue | EnvironmentValue | None]:
    if isinstance(choice, ComposedText):
        return list(choice.parts)
    return [choice] if isinstance(choice, ConstantValue | EnvironmentValue) else [None]


def _text(parts: list[ConstantValue | EnvironmentValue | None]) -> AbstractValue:
    merged: list[ConstantValue | EnvironmentValue | None] = []
    for part in parts:
        last = merged[-1] if merged else None
        if isinstance(part, ConstantValue) and isinstance(last, ConstantValue) and merged:
            merged[-1] = ConstantValue(f"{last.value}{part.value}")
        elif isinstance(part, ConstantValue) and part.value == "":
            continue
        elif part is not None or not merged or merged[-1] is not None:
            merged.append(part)
    if not merged:
        return ConstantValue("")
    if len(merged) == 1:
        only = merged[0]
        if isinstance(only, ConstantValue):
            return only if isinstance(only.value, str) else ConstantValue(str(only.value))
        return ANY if only is None else only
    if (
        len(merged) > _MOST_PARTS
        or sum(len(str(each.value)) for each in merged if isinstance(each, ConstantValue)) > _LONGEST
    ):
        return ANY
    return ComposedText(tuple(merged))


def _pieces(template: str, positional: Sequence[Value], keywords: dict[str, Value]) -> list[Value]:
    pattern = _PERCENT if _PERCENT.search(template) and not _FIELD.search(template) else _FIELD
    pieces: list[Value] = []
    end = taken = 0
    for match in pattern.finditer(template):
        pieces.append(const(template[end : match.start()]))
        end = match.end()
        name = match[1] or ""
        if name and not name.isdigit():
            pieces.append(keywords.get(name, UNKNOWN))
            continue
        index = int(name) if name else taken
        taken += 1
        pieces.append(positional[index] if index < len(positional) else UNKNOWN)
    return [*pieces, const(template[end:])][:_MOST_PARTS]
