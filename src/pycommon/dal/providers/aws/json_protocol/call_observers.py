"""Who is shown each call before it is made."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    CallObserver = Callable[[str, str, Mapping[str, Any]], None]

__all__ = ["observe_calls", "show"]

_observers: list[CallObserver] = []


def observe_calls(observer: CallObserver) -> Callable[[], None]:
    """Show every call from now on to `observer`: the service, the operation, the parameters. What it returns ends that.

    Example:
        >>> end = observe_calls(lambda service, operation, parameters: print(service, operation))
        >>> end()
    """
    _observers.append(observer)
    return lambda: _observers.remove(observer)


def show(service: str, operation: str, parameters: Mapping[str, Any]) -> None:
    """A call is about to be made."""
    for observer in _observers:
        observer(service, operation, parameters)
