"""Which operations a caller is shown: all but those that are refused whatever the arguments are."""

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
    """False where the permission checker of `operation` refuses `caller` without a look at the arguments.

    A checker that looks at them, or that raises, says nothing before a call: the operation is shown, and the call is
    checked. One that looks at nothing but the caller says the same then as now.
    """
    checker = registry.permission_of(operation)
    if checker is None:
        return True
    told = _WithoutArguments({**caller.arguments(), "account": caller.account_id, _ARGUMENTS: {}})
    try:
        permitted = checker(caller.user, told)
    except Exception:  # noqa: BLE001 - what it says without arguments decides nothing
        return True
    return permitted is True or told.asked_for_arguments


class _WithoutArguments(dict[str, Any]):
    """What a checker is told, before there are arguments; notes whether it wanted them."""

    asked_for_arguments = False

    def __getitem__(self, name: str) -> Any:
        self._note(name)
        return super().__getitem__(name)

    def get(self, name: str, default: Any = None) -> Any:
        self._note(name)
        return super().get(name, default)

    def __iter__(self) -> Iterator[str]:
        self.asked_for_arguments = True  # whoever goes through all of it comes by them
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
