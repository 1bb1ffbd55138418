"""What lives as long as a Lambda execution environment: one place for everything that is made once and kept.

AWS calls the container that serves invocations one after another an *execution environment*. Clients, key sets, caches
and trackers are made in it on first use and kept. They hang on one object, so that a test can begin with a fresh one.
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
    """Holds the parts made so far. Each is made once, also when several threads ask at the same time."""

    def __init__(self) -> None:
        self._parts: dict[Hashable, Any] = {}
        self._lock = threading.RLock()
        self._making: dict[Hashable, threading.RLock] = {}

    def part(self, key: Hashable, make: Callable[[], T]) -> T:
        """The part kept under `key`, made by `make` when it is first asked for. A failed make keeps nothing."""
        try:
            return cast("T", self._parts[key])
        except KeyError:
            pass
        with self._lock:  # held briefly: a slow part must not hold up the others
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
    """The execution environment of this process."""
    return _current.environment


def renew() -> ExecutionEnvironment:
    """Forget every part, as a cold start does. For tests; see `pycommon.testing`."""
    _current.environment = ExecutionEnvironment()
    return _current.environment


def per_execution_environment(make: Callable[..., T]) -> Callable[..., T]:
    """Make `make(*args)` return the same object for the same (hashable) arguments until the environment ends."""

    @functools.wraps(make)
    def kept(*args: Hashable) -> T:
        return _current.environment.part((make, *args), lambda: make(*args))

    return kept
