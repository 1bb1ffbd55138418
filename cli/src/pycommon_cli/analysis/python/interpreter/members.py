"""Find the members of lists, dicts and other values that code iterates over."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pycommon_cli.analysis.python.analysis_limits import LIMITS
from pycommon_cli.analysis.python.aws.sdk_values import SdkValue
from pycommon_cli.analysis.python.values.abstract_values import (
    UNKNOWN,
    AbstractValue,
    EnvironmentValue,
    Value,
    join,
    one,
)
from pycommon_cli.analysis.python.values.code_contexts import MappingValue, SequenceValue

if TYPE_CHECKING:
    from pycommon_cli.analysis.python.aws.sdk import Sdk
    from pycommon_cli.analysis.python.interpreter.execution_state import ExecutionState

__all__ = ["Members"]


class Members:
    """The part of the interpreter that finds the members of values."""

    __slots__ = ("_sdk", "_state")

    def __init__(self, state: ExecutionState, sdk: Sdk) -> None:
        self._state = state
        self._sdk = sdk

    def known(self, value: Value) -> list[Value] | None:
        """Return the members of `value` in their order, or None if some members are not known."""
        if len(value) != 1:
            return None
        (container,) = value
        if isinstance(container, SequenceValue):
            container.readers.add(self._state.current)
            known = not container.rest and len(container.members) <= LIMITS.known_members
            return list(container.members) if known else None
        if isinstance(container, MappingValue):
            container.readers.add(self._state.current)
            known = not container.rest and len(container.entries) <= LIMITS.known_members
            return [one(key) for key in container.entries] if known else None
        return None

    def any_of(self, value: Value) -> Value:
        """Return every possible member of `value`."""
        known = self.known(value)
        if known is not None:
            return join(*known)
        return join(*[self.any_of_one(each) for each in value])

    def any_of_one(self, container: AbstractValue) -> Value:
        """Return every possible member of one possibility of a value."""
        match container:
            case SequenceValue():
                container.readers.add(self._state.current)
                return container.all()
            case MappingValue():
                container.readers.add(self._state.current)
                return frozenset(container.entries) or UNKNOWN
            case EnvironmentValue():
                return one(container)
            case SdkValue():
                return self._sdk.members_of(container)
        return UNKNOWN
