"""Compute texts that are joined or formatted. Constants become one text, and environment variables stay visible."""

from __future__ import annotations

import re
from itertools import product
from typing import TYPE_CHECKING, Any

from pycommon_cli.analysis.python.analysis_limits import LIMITS
from pycommon_cli.analysis.python.values.abstract_values import (
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

_FIELD = re.compile(r"\{(\w*)[^{}]*\}")
_PERCENT = re.compile(r"%(?:\((\w+)\))?[-#0 +]*\d*(?:\.\d+)?[sdrif]")
_TRANSFORMING = frozenset(
    {
        "capitalize", "casefold", "lower", "lstrip", "removeprefix", "removesuffix", "replace", "rstrip", "strip",
        "title", "upper", "zfill",
    }
)  # fmt: skip
_INSPECTING = frozenset(
    {
        "count", "endswith", "find", "index", "isalnum", "isalpha", "isdigit", "isnumeric", "isspace", "startswith",
    }
)  # fmt: skip


def concatenated(values: Sequence[Value]) -> Value:
    """Return the text that consists of these values, one after the other."""
    choices = [_choices(value) for value in values]
    count = 1
    for each in choices:
        count *= len(each)
    if count > LIMITS.combinations_of_text:
        choices = [each if len(each) == 1 else [None] for each in choices]
    return frozenset(
        _text([part for choice in combination for part in _flat(choice)]) for combination in product(*choices)
    )


def formatted(template: Value, positional: Sequence[Value], keywords: dict[str, Value] | None = None) -> Value:
    """Return the value of `template.format(...)` or `template % (...)`."""
    found = [
        concatenated(_pieces(each.value, positional, keywords or {}))
        for each in template
        if isinstance(each, ConstantValue) and isinstance(each.value, str)
    ]
    return join(*found, *(one(each) for each in template if isinstance(each, EnvironmentValue))) or UNKNOWN


def text_method(text: ConstantValue, name: str, arguments: Sequence[Value]) -> Value | None:
    """Return the result of a method of a constant text, or None if this module does not know the method."""
    if name not in _TRANSFORMING:
        return UNKNOWN if name in _INSPECTING else None
    plain: list[Any] = []
    for value in arguments:
        constants = [each for each in value if isinstance(each, ConstantValue)]
        if len(constants) != 1 or len(value) != 1:
            return UNKNOWN
        plain.append(constants[0].value)
    try:
        made = getattr(text.value, name)(*plain)
    except (TypeError, ValueError, OverflowError, MemoryError):
        return UNKNOWN
    return const(made) if len(made) <= LIMITS.text_length else UNKNOWN


def _choices(value: Value) -> list[AbstractValue | None]:
    known = [each for each in value if isinstance(each, ConstantValue | EnvironmentValue | ComposedText)]
    return [*known, None] if len(known) != len(value) and known else [*known] or [None]


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
        len(merged) > LIMITS.parts_of_a_text
        or sum(len(str(each.value)) for each in merged if isinstance(each, ConstantValue)) > LIMITS.text_length
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
    return [*pieces, const(template[end:])][: LIMITS.parts_of_a_text]
