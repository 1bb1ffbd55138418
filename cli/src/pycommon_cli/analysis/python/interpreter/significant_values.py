"""Reduce arguments to the values that can change what the called function does with AWS or with variables.

These values are called significant. A function runs once for each set of significant arguments. Prose and numbers are
not significant, and lists of prose and numbers are not significant either.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pycommon_cli.analysis.python.analysis_limits import LIMITS
from pycommon_cli.analysis.python.values.abstract_values import (
    ANY,
    TRUE_OR_FALSE,
    UNKNOWN,
    AbstractValue,
    ComposedText,
    ConstantValue,
    EnvironmentValue,
    ExternalName,
    Value,
)
from pycommon_cli.analysis.python.values.code_contexts import MappingValue, SequenceValue

if TYPE_CHECKING:
    from pycommon_cli.analysis.python.interpreter.execution_state import ExecutionState

__all__ = ["SignificantValues"]

_SIGNIFICANT_MODULES = (
    "aioboto3", "aiobotocore", "aws_lambda_powertools", "boto3", "botocore", "functools", "os", "pycommon",
)  # fmt: skip


class SignificantValues:
    """Decides which possibilities of an argument are significant."""

    __slots__ = ("_state",)

    def __init__(self, state: ExecutionState) -> None:
        self._state = state

    def significant(self, value: Value) -> Value:
        """Return the significant possibilities of `value`. `ANY` takes the place of all other possibilities."""
        if value >= TRUE_OR_FALSE:
            value = (value - TRUE_OR_FALSE) | UNKNOWN
        if all(self._is_significant(each, 0) for each in value):
            return value
        return frozenset([ANY, *(each for each in value if self._is_significant(each, 0))])

    def _is_significant(self, possibility: AbstractValue, depth: int) -> bool:
        if isinstance(possibility, SequenceValue | MappingValue):
            possibility.readers.add(self._state.current)
            return depth < LIMITS.nested_containers and self._has_significant_member(possibility, depth)
        match possibility:
            case ConstantValue(value=str(text)):
                return len(text) <= LIMITS.name_length and " " not in text and "\n" not in text
            case ConstantValue(value=value):
                return value is None or isinstance(value, bool)
            case ExternalName(name=name):
                return name.partition(".")[0].startswith(_SIGNIFICANT_MODULES)
        return True

    def _has_significant_member(self, container: SequenceValue | MappingValue, depth: int) -> bool:
        if isinstance(container, SequenceValue):
            values = [*container.members[: LIMITS.members_searched], container.rest]
        else:
            values = [*list(container.entries.values())[: LIMITS.members_searched], container.rest]
            if any(isinstance(key, EnvironmentValue | ComposedText) for key in container.entries):
                return True
        return any(self._is_significant_member(value, depth) for value in values)

    def _is_significant_member(self, value: Value, depth: int) -> bool:
        """Return whether a member of a list or dict is significant. A constant in a list or dict is not significant."""
        return any(
            not isinstance(each, ConstantValue) and each is not ANY and self._is_significant(each, depth + 1)
            for each in value
        )
