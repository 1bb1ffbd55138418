"""Measure the init phase of an execution environment. AWS bills this time with the first execution.

A function cannot read this time from Lambda, because Lambda writes the REPORT line after the end of the function. This
module measures from the start of the process to the start of the first execution. Lambda may create an environment
ahead of demand, and the environment then waits. In this case the init phase ends with the definition of the last
decorated function. This definition is the last known moment of the import.
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
_LIMIT_S = 10.0  # Lambda stops a longer init phase, and repeats the phase in the first execution
_STAT = "/proc/self/stat"
_START_TIME_FIELD = 22  # proc_pid_stat(5). The third field is the first field after the command's name
_THIRD_FIELD = 3
_ON_DEMAND = "on-demand"


class InitPhase:
    """The init phase of this process. `began` is the start of the phase in seconds of `time.monotonic()`."""

    def __init__(self, began: float | None = None) -> None:
        self._began = began
        self._imported = self._defined = time.monotonic()

    def note_definition(self) -> None:
        """Note that a decorated function was defined now, because the init phase has not ended at this time."""
        self._defined = time.monotonic()

    def duration_ms(self, first_execution: float) -> Decimal | None:
        """Return the milliseconds of the init phase if AWS bills them, and None if not.

        AWS bills the init phase of on-demand environments in Lambda.

        Args:
            first_execution: the start of the first execution, in seconds of `time.monotonic()`.
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
"""The init phase of this process."""


def _process_start() -> float | None:
    """Return the start of this process in seconds of `time.monotonic()`.

    Return None on a system without /proc (macOS).
    """
    try:
        with open(_STAT) as file:  # noqa: PTH123 - pathlib takes 3 ms to import
            fields = file.read().rpartition(")")[2].split()
        ticks = int(fields[_START_TIME_FIELD - _THIRD_FIELD])
        since_boot = time.clock_gettime(time.CLOCK_BOOTTIME)
        return time.monotonic() - (since_boot - ticks / os.sysconf("SC_CLK_TCK"))
    except (OSError, ValueError, IndexError, AttributeError):
        return None
