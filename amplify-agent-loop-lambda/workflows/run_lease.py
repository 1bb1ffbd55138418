"""Define the lease of a run: which execution may continue the run, and until when.

An execution takes the lease for the longest time that its invocation can last. The execution never has to renew the
lease, and the lease expires after Lambda has stopped the invocation. Each lease has a different name, so that two
executions can be distinguished.
"""

from __future__ import annotations

import secrets
import time
from dataclasses import dataclass
from typing import Any

__all__ = ["RunLease"]

_WITHOUT_LAMBDA_S = 30.0
_MARGIN_S = 2.0  # more than the difference between the clocks of two machines
STEP_RESERVE_S = 5.0
"""If less time is left, no step begins: the step would probably not finish, and its result would be unknown."""


@dataclass(frozen=True, slots=True)
class RunLease:
    """The lease of one execution.

    Attributes:
        holder: the lease's name, which is in every record that the execution writes.
        ends_at: the time when the invocation ends, in seconds of `time.monotonic()`.
        until_ms: the time when the lease ends, in milliseconds since the epoch.
    """

    holder: str
    ends_at: float
    until_ms: int

    @classmethod
    def of(cls, lambda_context: Any) -> RunLease:
        """Return a lease for the invocation of `lambda_context`. Outside Lambda, the lease lasts for 30 seconds."""
        left_s = _WITHOUT_LAMBDA_S
        if lambda_context is not None:
            left_s = lambda_context.get_remaining_time_in_millis() / 1000
        until_ms = int((time.time() + left_s + _MARGIN_S) * 1000)
        return cls(secrets.token_hex(8), time.monotonic() + left_s, until_ms)

    def has_time_for_a_step(self) -> bool:
        """Return whether a step may begin."""
        return self.ends_at - time.monotonic() >= STEP_RESERVE_S
