"""How long an execution environment took to initialise: AWS bills it with the first execution.

Lambda tells a function nothing about it; the REPORT line comes after the function's end. So it is taken from the
process: it begins with the process, and ends when the first execution begins. An environment that Lambda made ahead of
demand waits in between; then the end is the moment when the last decorated function was defined, which is the last
thing that is known of the module's import.
"""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING

from pycommon.env import process_environment

if TYPE_CHECKING:
    from decimal import Decimal

__all__ = ["InitPhase", "init_phase"]

_WAITED_AFTER_S = 1.0
_LIMIT_S = 10.0  # Lambda ends an init phase that takes longer, and starts again within the first execution
_STAT = "/proc/self/stat"
_START_TIME_FIELD = 22  # proc_pid_stat(5); the fields after the command's name begin with the third
_THIRD_FIELD = 3
_ON_DEMAND = "on-demand"


class InitPhase:
    """The init phase of this process. `began` and `defined` are seconds of `time.monotonic()`."""

    def __init__(self, began: float | None = None) -> None:
        self._began = began
        self._imported = self._defined = time.monotonic()

    def note_definition(self) -> None:
        """A decorated function has just been defined: the init phase still goes on."""
        self._defined = time.monotonic()

    def duration_ms(self, first_execution: float) -> Decimal | None:
        """Its milliseconds, where AWS bills them: in Lambda, for an environment made on demand; else None.

        Args:
            first_execution: when the first execution began, in seconds of `time.monotonic()`.
        """
        kind = process_environment.get("AWS_LAMBDA_INITIALIZATION_TYPE") or _ON_DEMAND
        if kind != _ON_DEMAND or process_environment.get("AWS_LAMBDA_FUNCTION_NAME") is None:
            return None
        began = self._began if self._began is not None else _process_start() or self._imported
        waited = first_execution - self._defined > _WAITED_AFTER_S
        end = self._defined if waited else first_execution
        seconds = min(max(end - began, 0.0), _LIMIT_S)
        from decimal import Decimal

        return (Decimal(seconds) * 1000).quantize(Decimal("0.01"))


init_phase = InitPhase()
"""Of this process. There is one for each, as the process is what is initialised."""


def _process_start() -> float | None:
    """When this process started, in seconds of `time.monotonic()`; None where the system does not tell (macOS)."""
    try:
        with open(_STAT) as file:  # noqa: PTH123 - pathlib takes 3 ms to import
            fields = file.read().rpartition(")")[2].split()
        ticks = int(fields[_START_TIME_FIELD - _THIRD_FIELD])
        since_boot = time.clock_gettime(time.CLOCK_BOOTTIME)
        return time.monotonic() - (since_boot - ticks / os.sysconf("SC_CLK_TCK"))
    except (OSError, ValueError, IndexError, AttributeError):
        return None
