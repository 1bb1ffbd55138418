"""Memory in MB, as Lambda counts them."""

from __future__ import annotations

import resource

import pytest

from pycommon.metrics.memory import memory_used_mb


@pytest.mark.parametrize(("platform", "bytes_per_unit"), [("linux", 1024), ("darwin", 1)])
def test_the_peak_has_another_unit_on_macos(platform: str, bytes_per_unit: int) -> None:
    units = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    megabytes = units * bytes_per_unit / 1_048_576
    assert megabytes <= memory_used_mb(platform) <= megabytes + 2


def test_the_peak_grows_with_what_was_held_and_stays() -> None:
    before = memory_used_mb()
    held = bytearray(before * 1_048_576)  # as much again as ever was
    grown = memory_used_mb()
    del held
    assert grown > before
    assert memory_used_mb() >= grown
