"""Memory in MB, as Lambda counts them."""

from __future__ import annotations

import resource
import subprocess
import sys
from pathlib import Path

import pytest

from pycommon.metrics.memory_use import memory_used_mb

LINUX = pytest.mark.skipif(sys.platform != "linux", reason="there is no /proc")


@LINUX
def test_the_peak_is_the_kernels_own_figure() -> None:
    (line,) = [line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM")]
    kibibytes = int(line.split()[1])
    assert kibibytes / 1024 <= memory_used_mb() <= kibibytes / 1024 + 2


def test_the_peak_grows_with_what_was_held_and_stays() -> None:
    before = memory_used_mb()
    held = bytearray(before * 1_048_576)  # as much again as ever was
    grown = memory_used_mb()
    del held
    assert grown > before
    assert memory_used_mb() >= grown - 1  # the kernel counts in batches of pages, proc_pid_status(5)


@LINUX
def test_the_peak_of_whoever_started_the_process_is_not_its_own() -> None:
    """The record must not contain the memory of the parent process, which getrusage(2) returns on Linux."""
    report = "from pycommon.metrics.memory_use import memory_used_mb; print(memory_used_mb())"
    parent = (
        f"held = bytearray(400_000_000); import os, sys; os.execv(sys.executable, [sys.executable, '-c', {report!r}])"
    )
    ran = subprocess.run([sys.executable, "-c", parent], capture_output=True, text=True, check=True)
    assert int(ran.stdout) < 200


@pytest.mark.parametrize("status", ["", "Name: python", "VmHWM:", "VmHWM: much kB"])
def test_without_the_kernels_figure_getrusage_tells(tmp_path: Path, status: str) -> None:
    file = tmp_path / "status"
    file.write_text(status)
    unit = 1 if sys.platform == "darwin" else 1024
    megabytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 1_048_576
    assert megabytes <= memory_used_mb(str(file)) <= megabytes + 2
    assert memory_used_mb(str(tmp_path / "missing")) >= megabytes
