"""Report each AWS call of the library's own clients to observers, before the call is made."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    CallObserver = Callable[[str, str, Mapping[str, Any]], None]

__all__ = ["observe_calls", "report_call"]

_observers: list[CallObserver] = []


def observe_calls(observer: CallObserver) -> Callable[[], None]:
    """From now on, call `observer(service, operation, parameters)` before every AWS call of the library's own clients.

    Example:
        >>> end = observe_calls(lambda service, operation, parameters: print(service, operation))
        >>> end()
    """
    _observers.append(observer)
    return lambda: _observers.remove(observer)


def report_call(service: str, operation: str, parameters: Mapping[str, Any]) -> None:
    """Report a call to all observers, before the client makes the call."""
    for observer in _observers:
        observer(service, operation, parameters)
