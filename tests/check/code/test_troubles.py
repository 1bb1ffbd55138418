"""What cannot be read is one clear trouble, and never an exception."""

import pytest

from pycommon_cli.analysis.python import read_code
from tests.check.code.reading import read

BROKEN = {
    "syntax": (b"def f(:\n", 1, "syntax error"),
    "encoding": (b"x = '\xff\xfe'\n", 1, "not UTF-8"),
    "null byte": (b"x = 1\x00\n", 1, "null bytes"),
    "nesting": (b"x = " + b"(" * 300 + b")" * 300 + b"\n", 1, "too many nested parentheses"),
    "size": (b"# " + b"x" * 5_000_000, 1, "larger than 2,000,000 bytes"),
}


@pytest.mark.parametrize("fault", BROKEN)
def test_file_that_cannot_be_read(fault, tmp_path):
    content, line, said = BROKEN[fault]
    (tmp_path / "core.py").write_bytes(content)
    (tmp_path / "other.py").write_text("import core\n\ndef handler(event, context):\n    return core.x\n")
    code = read_code(tmp_path, tmp_path, {"other.handler", "core.handler"})
    (trouble,) = code.troubles
    assert (trouble.place.path, trouble.place.line) == ("core.py", line)
    assert said in trouble.message
    assert trouble.help_text
    assert set(code.handlers) == {"other.handler"}


def test_deep_expressions_are_a_trouble_or_read(tmp_path):
    deep = "x = " + " + ".join(["os.environ['A']"] * 900)
    code = read(tmp_path, f"def handler(event, context):\n    return 1\n\ndef f():\n    {deep}\n\nf()\n")
    assert all(trouble.message for trouble in code.troubles)
    assert "core.handler" in code.handlers


def test_long_chain_of_calls_is_followed(tmp_path):
    functions = [f"def f{n}(name):\n    return f{n + 1}(name)\n" for n in range(300)]
    text = (
        "".join(functions)
        + "def f300(name):\n    return os.environ[name]\n\ndef handler(event, context):\n    return f0('A')\n"
    )
    code = read(tmp_path, text)
    assert [each.variable for each in code.handlers["core.handler"].reads] == ["A"]
    assert code.troubles == ()


def test_encoding_that_is_declared_is_taken(tmp_path):
    (tmp_path / "core.py").write_bytes(
        b"# -*- coding: latin-1 -*-\nx = '\xe9'\n\ndef handler(event, context):\n    ...\n"
    )
    assert read_code(tmp_path, tmp_path, {"core.handler"}).troubles == ()


def test_nothing_is_run(tmp_path):
    read(tmp_path, f"open({str(tmp_path / 'ran')!r}, 'w')\n\ndef handler(event, context):\n    ...\n")
    assert not (tmp_path / "ran").exists()


def test_other_folders_are_not_the_service(tmp_path):
    files = {
        "core.py": "def handler(event, context):\n    ...\n",
        "node_modules/x.py": "def (\n",
        ".hidden/x.py": "def (\n",
        "env/pyvenv.cfg": "",
        "env/x.py": "def (\n",
    }
    assert read(tmp_path, files).troubles == ()


def test_places_are_relative_to_the_root(tmp_path):
    (tmp_path / "service").mkdir()
    (tmp_path / "service" / "core.py").write_text("import os\nA = os.environ['A']\n\ndef handler(e, c):\n    ...\n")
    code = read_code(tmp_path / "service", tmp_path, {"core.handler"})
    assert {each.place.path for each in code.handlers["core.handler"].reads} == {"service/core.py"}


def test_empty_folder(tmp_path):
    assert read_code(tmp_path, tmp_path, {"core.handler"}).handlers == {}
