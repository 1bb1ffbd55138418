"""Describe the machine and the versions that were measured."""

from __future__ import annotations

import os
import platform
import subprocess
from datetime import UTC, datetime
from pathlib import Path

from pycommon_cli.local import lambda_runtime

__all__ = ["facts"]

ROOT = Path(__file__).resolve().parent.parent


def facts(*, quick: bool) -> dict[str, str | bool]:
    """Return machine, versions and date."""
    return {
        "date": datetime.now(UTC).date().isoformat(),
        "commit": _commit(),
        "processor": _processor(),
        "processors": str(os.cpu_count()),
        "busy at the beginning": f"{os.getloadavg()[0]:.1f} processes",
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        "boto3": lambda_runtime.FUNCTIONS[0].partition("==")[2],
        "local AWS": lambda_runtime.MINISTACK[0].replace("==", " "),
        "quick": quick,
    }


def _commit() -> str:
    """Return the measured commit, with `-dirty` if the checkout has changes."""
    command = ["git", "-C", str(ROOT), "describe", "--always", "--dirty"]
    try:
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()  # noqa: S603
    except (OSError, subprocess.CalledProcessError):  # a source distribution, or no git
        return "unknown"


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text("utf-8").splitlines()
    except OSError:  # not Linux
        return platform.processor() or platform.machine()
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), platform.machine())
