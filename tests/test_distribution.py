"""How tests are distributed over worker processes, seen from a run of pytest on a few small tests."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("xdist")

ROOT = Path(__file__).resolve().parents[1]
TOGETHER = """
import os
import time
from pathlib import Path

import pytest


@pytest.mark.same_worker("one stack")
@pytest.mark.parametrize("number", range(3))
def test_together(number):
    Path(os.environ["SEEN"], f"{__name__}-{number}").write_text(os.environ["PYTEST_XDIST_WORKER"])
    time.sleep(0.1)


def test_failing():
    raise AssertionError
"""


def test_tests_with_one_name_meet_in_one_worker_and_a_failed_test_says_how_to_run_it_alone(tmp_path: Path) -> None:
    seen = tmp_path / "seen"
    seen.mkdir()
    for name in ("test_one.py", "test_two.py"):
        (tmp_path / name).write_text(TOGETHER)
    command = [sys.executable, "-m", "pytest", "-p", "tests.distribution", "-p", "no:cacheprovider", "-n", "2"]
    ran = subprocess.run(
        [*command, "--dist", "loadfile", f"--basetemp={tmp_path / 'base'}", "--rootdir=."],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT), "SEEN": str(seen)},
        capture_output=True,
        text=True,
        check=False,
    )
    workers = [file.read_text() for file in seen.iterdir()]
    assert (len(workers), len(set(workers))) == (6, 1), ran.stdout + ran.stderr
    assert " -m pytest test_one.py::test_failing\n" in ran.stdout
