"""The memory of an execution, in MB as Lambda counts them (1 MB = 1,048,576 bytes)."""

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
    """The function's setting: from Lambda's context object, else from Lambda's environment, else 128, the smallest."""
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
    """The peak of the process's resident memory so far, rounded up.

    On Linux it is `VmHWM` of proc_pid_status(5). Where there is none (macOS), getrusage(2) tells it, in bytes; on Linux
    that would not do: a process inherits there the peak of the one that started it.

    Args:
        status: the file of the process's status.
    """
    try:
        with open(status, "rb") as file:  # noqa: PTH123 - pathlib would cost more than the read
            _, found, rest = file.read().partition(b"VmHWM:")
        if found:
            return -(-int(rest.split(None, 1)[0]) // _KIB_PER_MB)
    except (OSError, ValueError, IndexError):
        pass
    unit = 1 if sys.platform == "darwin" else _BYTES_PER_KIB
    return -(-resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit // _BYTES_PER_MB)
