"""Measure the memory of an execution, in Lambda's MB (1 MB = 1,048,576 bytes)."""

from __future__ import annotations

import resource
import sys
from typing import Any

from pycommon.env import process_environment

__all__ = ["memory_allocated_mb", "memory_used_mb"]

_SMALLEST_MB = 128
_KIB_PER_MB = _BYTES_PER_KIB = 1024
_BYTES_PER_MB = 1024 * 1024
_STATUS = "/proc/self/status"


def memory_allocated_mb(context: Any) -> int:
    """Return the memory setting from the context object, or else from the environment, or else 128 (the minimum)."""
    for value in (
        getattr(context, "memory_limit_in_mb", None),
        process_environment.get("AWS_LAMBDA_FUNCTION_MEMORY_SIZE"),
    ):
        try:
            megabytes = int(str(value))
        except ValueError:
            continue
        if megabytes > 0:
            return megabytes
    return _SMALLEST_MB


def memory_used_mb(status: str = _STATUS) -> int:
    """Return the highest resident memory of the process so far, rounded up to whole MB.

    On Linux the source is `VmHWM` of proc_pid_status(5). getrusage(2) is not usable there, because a process inherits
    the peak of its parent process. On macOS the source is getrusage(2), in bytes.

    Args:
        status: the file with the status of the process.
    """
    try:
        with open(status, "rb") as file:  # noqa: PTH123 - pathlib would take longer than the read
            _, found, rest = file.read().partition(b"VmHWM:")
        if found:
            return -(-int(rest.split(None, 1)[0]) // _KIB_PER_MB)
    except (OSError, ValueError, IndexError):
        pass
    unit = 1 if sys.platform == "darwin" else _BYTES_PER_KIB
    return -(-resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit // _BYTES_PER_MB)
