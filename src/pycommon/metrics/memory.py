"""The memory of an execution, in MB as Lambda counts them (1 MB = 1,048,576 bytes)."""

from __future__ import annotations

import resource
import sys
from typing import Any

from pycommon.env import environment

__all__ = ["memory_allocated_mb", "memory_used_mb"]

_SMALLEST_MB = 128
_BYTES_PER_MB = 1024 * 1024


def memory_allocated_mb(context: Any) -> int:
    """The function's setting: from Lambda's context object, else from Lambda's environment, else 128, the smallest."""
    for value in (
        getattr(context, "memory_limit_in_mb", None),
        environment.get("AWS_LAMBDA_FUNCTION_MEMORY_SIZE"),
    ):
        try:
            megabytes = int(str(value))
        except ValueError:
            continue
        if megabytes > 0:
            return megabytes
    return _SMALLEST_MB


def memory_used_mb(platform: str = sys.platform) -> int:
    """The peak of the process's resident memory so far, rounded up.

    Source: getrusage(2); `ru_maxrss` is in KiB on Linux and in bytes on macOS.
    """
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return -(-peak * (1 if platform == "darwin" else 1024) // _BYTES_PER_MB)
