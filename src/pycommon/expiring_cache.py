"""Cache a limited number of values. Each value has its own expiry time."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

__all__ = ["ExpiringCache"]

V = TypeVar("V")


class ExpiringCache(Generic[V]):
    """A cache of the entries that were used last. An entry stays until it expires. Threads can share one cache."""

    def __init__(self, max_entries: int = 1024, clock: Callable[[], float] = time.monotonic) -> None:
        self._max_entries = max_entries
        self._clock = clock
        self._entries: OrderedDict[Hashable, tuple[V, float]] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: Hashable) -> V | None:
        """Return the value of `key`, or None if the cache has no value for `key` or the value has expired."""
        with self._lock:
            entry = self._entries.get(key)
            if entry is None:
                return None
            if entry[1] <= self._clock():
                del self._entries[key]
                return None
            self._entries.move_to_end(key)
            return entry[0]

    def put(self, key: Hashable, value: V, until: float) -> None:
        """Store `value` under `key` until the time `until` of this cache's clock."""
        with self._lock:
            self._entries[key] = (value, until)
            self._entries.move_to_end(key)
            while len(self._entries) > self._max_entries:
                self._entries.popitem(last=False)

    def keep(self, key: Hashable, value: V, for_s: float) -> None:
        """Store `value` under `key` for `for_s` seconds."""
        self.put(key, value, until=self._clock() + for_s)

    def clock(self) -> float:
        """Return the current time of this cache's clock."""
        return self._clock()
