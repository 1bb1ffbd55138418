"""Answer questions about a value: whether a condition holds, and which keys of a dict it can be."""

from __future__ import annotations

from pycommon_cli.analysis.python.values.abstract_values import (
    AbstractValue,
    ComposedText,
    ConstantValue,
    EnvironmentValue,
    Value,
    sure,
)
from pycommon_cli.analysis.python.values.code_contexts import ClassValue, FunctionValue, ModuleValue, SequenceValue

__all__ = ["keys_of", "truth"]

_ALWAYS_TRUE = (FunctionValue, ClassValue, ModuleValue)


def truth(value: Value) -> bool | None:
    """Return whether a condition holds, or None if the code does not show whether it holds."""
    constants = sure(value)
    if constants is not None:
        answers = {bool(each.value) for each in constants}
        return answers.pop() if len(answers) == 1 else None
    return True if value and all(isinstance(each, _ALWAYS_TRUE) for each in value) else None


def keys_of(value: Value) -> list[AbstractValue]:
    """Return the possibilities of a value that can be keys of a dict."""
    keys: list[AbstractValue] = []
    for possibility in value:
        if isinstance(possibility, ConstantValue | EnvironmentValue | ComposedText):
            keys.append(possibility)
        elif isinstance(possibility, SequenceValue) and not possibility.rest:
            members = [sure(member) for member in possibility.members]
            if members and all(each is not None and len(each) == 1 for each in members):
                keys.append(ConstantValue(tuple(each[0].value for each in members if each)))
    return keys
