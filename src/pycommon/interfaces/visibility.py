"""Decide which operations a caller sees. The library hides an operation only if this caller can never call it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pycommon.api.ops import registry

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pycommon.api.api_operation import Operation
    from pycommon.api.operation_pipeline import CallContext

__all__ = ["is_shown"]

_ARGUMENTS = "data"


def is_shown(operation: Operation, caller: CallContext) -> bool:
    """Return False if the permission checker of `operation` refuses `caller` without reading the arguments.

    If the checker reads the arguments or raises an error, its decision is unknown before the call. The library then
    shows the operation, and checks the call later.
    """
    checker = registry.permission_of(operation)
    if checker is None:
        return True
    data = _WithoutArguments({**caller.arguments(), "account": caller.account_id, _ARGUMENTS: {}})
    try:
        permitted = checker(caller.user, data)
    except Exception:  # noqa: BLE001 - a checker may fail without arguments
        return True
    return permitted is True or data.asked_for_arguments


class _WithoutArguments(dict[str, Any]):
    """The data for a checker before there are arguments. The object notes whether the checker reads the arguments."""

    asked_for_arguments = False

    def __getitem__(self, name: str) -> Any:
        self._note(name)
        return super().__getitem__(name)

    def get(self, name: str, default: Any = None) -> Any:
        self._note(name)
        return super().get(name, default)

    def __iter__(self) -> Iterator[str]:
        self.asked_for_arguments = True  # an iteration also reads the arguments
        return super().__iter__()

    def items(self) -> Any:
        self.asked_for_arguments = True
        return super().items()

    def values(self) -> Any:
        self.asked_for_arguments = True
        return super().values()

    def pop(self, name: str, *default: Any) -> Any:
        self._note(name)
        return super().pop(name, *default)

    def setdefault(self, name: str, default: Any = None) -> Any:
        self._note(name)
        return super().setdefault(name, default)

    def copy(self) -> dict[str, Any]:
        self.asked_for_arguments = True
        return super().copy()

    def _note(self, name: str) -> None:
        if name == _ARGUMENTS:
            self.asked_for_arguments = True
