"""Write records in the background while the handler runs, and wait a short time for them at the end of an invocation.

Lambda freezes the process after the response. A write that is still running continues in the next invocation, when
Lambda thaws the process.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

from pycommon.execution_environment import per_execution_environment

if TYPE_CHECKING:
    from collections.abc import Callable
    from concurrent.futures import Future, ThreadPoolExecutor

__all__ = ["BackgroundWrites", "background_writes", "wait_for_pending_writes"]

_WAIT_AT_MOST_S = 0.25
_WRITERS = 2


class BackgroundWrites:
    """Two background threads that run write functions. A write function must not raise an error."""

    def __init__(self) -> None:
        self._pending: set[Future[None]] = set()
        self._lock = threading.Lock()
        self._pool: ThreadPoolExecutor | None = None

    def submit(self, write: Callable[..., None], *args: Any) -> None:
        """Run `write(*args)` in the background, and return at once."""
        from concurrent.futures import ThreadPoolExecutor

        with self._lock:
            if self._pool is None:
                self._pool = ThreadPoolExecutor(_WRITERS, thread_name_prefix="pycommon-background")
            self._pending.add(self._pool.submit(write, *args))

    def wait(self, at_most_s: float = _WAIT_AT_MOST_S) -> bool:
        """Wait at most `at_most_s` seconds for the writes since the last wait.

        Return whether all these writes are done.
        """
        if not self._pending:
            return True
        from concurrent import futures

        with self._lock:
            pending, self._pending = self._pending, set()
        done, _ = futures.wait(pending, timeout=at_most_s)
        return done == pending


@per_execution_environment
def background_writes() -> BackgroundWrites:
    """Return the `BackgroundWrites` object of this execution environment."""
    return BackgroundWrites()


def wait_for_pending_writes() -> None:
    """Wait a short time for the writes of this invocation. The decorators call this at the end of every invocation."""
    background_writes().wait()
