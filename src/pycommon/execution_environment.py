"""Create objects once per Lambda execution environment, on first use, and share them between invocations.

AWS calls the container that runs invocations one after another an *execution environment*. AWS clients, signing keys,
caches and usage trackers live as long as their execution environment. One object holds all these parts, so that a test
can replace this object and start without old parts.
"""

from __future__ import annotations

import functools
import threading
from typing import TYPE_CHECKING, Any, TypeVar, cast

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

__all__ = ["ExecutionEnvironment", "current", "per_execution_environment", "renew"]

T = TypeVar("T")


class ExecutionEnvironment:
    """The objects ("parts") that were created so far.

    Each part is created only once, even if several threads need it.
    """

    def __init__(self) -> None:
        self._parts: dict[Hashable, Any] = {}
        self._lock = threading.RLock()
        self._making: dict[Hashable, threading.RLock] = {}

    def part(self, key: Hashable, make: Callable[[], T]) -> T:
        """Return the part with this key.

        At the first call, create the part with `make`, and store it unless `make` raises.
        """
        try:
            return cast("T", self._parts[key])
        except KeyError:
            pass
        with self._lock:  # held only for a short time: a slow `make` must not delay other parts
            making = self._making.setdefault(key, threading.RLock())
        with making:
            if key not in self._parts:
                self._parts[key] = make()
            return cast("T", self._parts[key])


class _Current:
    def __init__(self) -> None:
        self.environment = ExecutionEnvironment()


_current = _Current()


def current() -> ExecutionEnvironment:
    """Return the execution environment of this process."""
    return _current.environment


def renew() -> ExecutionEnvironment:
    """Forget all parts, as a cold start does. Tests use this function; see `pycommon.testing`."""
    _current.environment = ExecutionEnvironment()
    return _current.environment


def per_execution_environment(make: Callable[..., T]) -> Callable[..., T]:
    """Decorate `make` so that each execution environment has one object for the same (hashable) arguments."""

    @functools.wraps(make)
    def shared(*args: Hashable) -> T:
        return _current.environment.part((make, *args), lambda: make(*args))

    return shared
