"""The work of reading code is bounded, and grows in proportion to the code. Measured in calls of Python functions.

The test counts calls, because a busy machine does not change their number.
`benchmarks/check_speed.py` measures seconds.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import pytest

from tests.check.calls.many_lines import read_services, write

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.slow

LINES = 2_000
MOST_CALLS_PER_LINE = 120  # measured: 61
MOST_CALLS_WHERE_WAYS_MULTIPLY = 1_000_000  # measured: 373,000


def calls_to_read(root: Path) -> int:
    """Return how many Python functions are called while every service below `root` is read."""
    calls = 0

    def count(_frame: object, event: str, _argument: Any) -> None:
        nonlocal calls
        calls += event == "call"

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        read_services(root)
    finally:
        sys.setprofile(before)
    return calls


def test_work_grows_with_the_code_and_no_faster(tmp_path: Path) -> None:
    (tmp_path / "few").mkdir()
    (tmp_path / "many").mkdir()
    few, many = write(tmp_path / "few", LINES), write(tmp_path / "many", 5 * LINES)
    read_services(tmp_path / "few")  # the SDK's data files are read once
    first, second = calls_to_read(tmp_path / "few"), calls_to_read(tmp_path / "many")
    assert second / many <= MOST_CALLS_PER_LINE
    assert second / many <= 1.5 * first / few


def test_work_is_bounded_where_ways_multiply(tmp_path: Path) -> None:
    """Each function calls the next one in two ways. Without bounds, the reader would follow 2**40 calls."""
    functions = [f"def f{n}(a):\n    f{n + 1}(a + 'x')\n    f{n + 1}(a + 'y')\n" for n in range(40)]
    text = "import os\n" + "".join(functions) + "def f40(a):\n    os.environ['A']\n\ndef handler(e, c):\n    f0('')\n"
    folder = tmp_path / "service0" / "part0"
    folder.mkdir(parents=True)
    (folder / "app.py").write_text(text)
    assert calls_to_read(tmp_path) <= MOST_CALLS_WHERE_WAYS_MULTIPLY
