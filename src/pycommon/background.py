"""Writes that go on beside the handler: nobody waits for them but, for a bounded time, the end of the invocation.

Lambda freezes the process once the answer is out. So the end of an invocation waits a little for what was begun in it;
what is not done by then goes on when the process is thawed for the next one.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

from pycommon.execution_environment import per_execution_environment

if TYPE_CHECKING:
    from collections.abc import Callable
    from concurrent.futures import Future, ThreadPoolExecutor

__all__ = ["BackgroundWrites", "background_writes", "settle"]

_WAIT_AT_MOST_S = 0.25
_WRITERS = 2


class BackgroundWrites:
    """Runs functions that never raise, on two threads of their own."""

    def __init__(self) -> None:
        self._pending: set[Future[None]] = set()
        self._lock = threading.Lock()
        self._pool: ThreadPoolExecutor | None = None

    def submit(self, write: Callable[..., None], *args: Any) -> None:
        """Have `write(*args)` run. Returns at once."""
        from concurrent.futures import ThreadPoolExecutor

        with self._lock:
            if self._pool is None:
                self._pool = ThreadPoolExecutor(_WRITERS, thread_name_prefix="pycommon-background")
            self._pending.add(self._pool.submit(write, *args))

    def settle(self, at_most_s: float = _WAIT_AT_MOST_S) -> bool:
        """Wait for writes that nobody has waited for yet, for at most so many seconds; whether all are done."""
        if not self._pending:
            return True
        from concurrent.futures import wait

        with self._lock:
            pending, self._pending = self._pending, set()
        done, _ = wait(pending, timeout=at_most_s)
        return done == pending


@per_execution_environment
def background_writes() -> BackgroundWrites:
    """The background writes of this execution environment."""
    return BackgroundWrites()


def settle() -> None:
    """Wait, for a bounded time, for what this invocation has begun to write. At the end of every invocation."""
    background_writes().settle()
