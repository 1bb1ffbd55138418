"""The time that reading takes: bounded, and in proportion to the code. Measured as processor time."""

import pytest

from tests.check.calls.many_lines import seconds_to_read, write

pytestmark = pytest.mark.slow

LINES = 4_000
MOST_SECONDS = 2.0  # for 20,000 lines; measured 0.9


def test_time_grows_with_the_code_and_no_faster(tmp_path):
    (tmp_path / "few").mkdir()
    (tmp_path / "many").mkdir()
    few, many = write(tmp_path / "few", LINES), write(tmp_path / "many", 5 * LINES)
    seconds_to_read(tmp_path / "few")  # the SDK's data files are read once, whatever follows
    first, second = seconds_to_read(tmp_path / "few"), seconds_to_read(tmp_path / "many")
    assert second <= MOST_SECONDS
    assert second / many <= 1.5 * first / few


def test_time_is_bounded_where_ways_multiply(tmp_path):
    """Each function calls the next one in two ways: without bounds this would be followed a million times."""
    functions = [f"def f{n}(a):\n    f{n + 1}(a + 'x')\n    f{n + 1}(a + 'y')\n" for n in range(40)]
    text = "import os\n" + "".join(functions) + "def f40(a):\n    os.environ['A']\n\ndef handler(e, c):\n    f0('')\n"
    folder = tmp_path / "service0" / "part0"
    folder.mkdir(parents=True)
    (folder / "app.py").write_text(text)
    assert seconds_to_read(tmp_path) <= MOST_SECONDS
