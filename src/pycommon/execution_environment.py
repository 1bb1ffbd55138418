"""Create objects once per Lambda execution environment, on first use, and share them between invocations.

AWS calls the container that runs invocations one after another an *execution environment*. AWS clients, signing keys,
caches and usage trackers live as long as it. One object holds all of them, so that a test can start with a new one.
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
    """Holds the objects ("parts") that were created so far. Each is created once, also with several threads."""

    def __init__(self) -> None:
        self._parts: dict[Hashable, Any] = {}
        self._lock = threading.RLock()
        self._making: dict[Hashable, threading.RLock] = {}

    def part(self, key: Hashable, make: Callable[[], T]) -> T:
        """Return the part of `key`; create it with `make` at the first call. If `make` raises, nothing is stored."""
        try:
            return cast("T", self._parts[key])
        except KeyError:
            pass
        with self._lock:  # held only briefly: a slow `make` must not delay other parts
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
    """Forget all parts, as a cold start does. For tests; see `pycommon.testing`."""
    _current.environment = ExecutionEnvironment()
    return _current.environment


def per_execution_environment(make: Callable[..., T]) -> Callable[..., T]:
    """Decorate `make` so that it creates one object per execution environment and (hashable) arguments."""

    @functools.wraps(make)
    def shared(*args: Hashable) -> T:
        return _current.environment.part((make, *args), lambda: make(*args))

    return shared
