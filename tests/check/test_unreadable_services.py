"""A file that cannot be read is one clear finding, and never a traceback."""

import pytest

from tests.check.examples import checked

PLAIN = "service: s\nprovider: { name: aws, logRetentionInDays: 1 }\nfunctions:\n  run:\n    handler: core.run\n"
CODE = "def run(event, context):\n    return None\n"


def cyclic_import():
    return {
        "core.py": f"from other import helper\n\n\n{CODE}",
        "other.py": "from core import run\n\n\ndef helper():\n    run(0, 0)\n",
    }


@pytest.mark.parametrize(
    ("files", "code", "path", "line"),
    [
        ({"core.py": "def run(event, context:\n    return None\n"}, "SRC001", "core.py", 1),
        ({"core.py": CODE, "other.py": "x = = 1\n"}, "SRC001", "other.py", 1),
        ({"core.py": CODE, "large.py": "# " + "x" * 5_000_000 + "\n"}, "SRC001", "large.py", 1),
        ({"core.py": CODE, "deep.py": "x = " + "(" * 5000 + ")" * 5000 + "\n"}, "SRC001", "deep.py", 1),
        (
            {"core.py": CODE, "serverless.yml": "service: s\nprovider: { name: aws\n  x: [\n"},
            "SRC002",
            "serverless.yml",
            None,
        ),
        ({"core.py": CODE, "serverless.yml": PLAIN + "custom: ${file(missing.yml)}\n"}, "SRC002", "serverless.yml", 6),
        (
            {"core.py": CODE, "serverless.yml": PLAIN + "custom:\n  a: ${self:custom.b}\n  b: ${self:custom.a}\n"},
            "SRC002",
            "serverless.yml",
            None,
        ),
        ({"core.py": CODE, "serverless.yml": "# " + "x" * 5_000_000 + "\n" + PLAIN}, "SRC002", "serverless.yml", 1),
        ({"core.py": CODE, "serverless.yml": "- a\n- b\n"}, "SRC002", "serverless.yml", 1),
        ({"core.py": CODE, "serverless.yml": ""}, "SRC002", "serverless.yml", 1),
        ({"serverless.yml": PLAIN}, "SRC003", "serverless.yml", 5),
        ({"core.py": "x = 1\n"}, "SRC003", "serverless.yml", 5),
    ],
    ids=[
        "syntax error",
        "syntax error in another module",
        "5 MB of Python",
        "nested too deep",
        "broken YAML",
        "missing file",
        "cyclic variables",
        "5 MB of YAML",
        "a list",
        "empty",
        "no module",
        "no function",
    ],
)
def test_one_clear_finding(files, code, path, line, tmp_path):
    report = checked({"serverless.yml": PLAIN, **files}, tmp_path)
    assert [(each.code, each.place.path) for each in report.findings] == [(code, path)]
    assert line is None or report.findings[0].place.line == line
    assert "Traceback" not in report.findings[0].message


def test_not_utf_8(tmp_path):
    (tmp_path / "latin.py").write_bytes(b"name = '\xe9'\n")
    report = checked({"serverless.yml": PLAIN, "core.py": CODE}, tmp_path)
    assert [(each.code, each.place.path) for each in report.findings] == [("SRC001", "latin.py")]


def test_modules_that_import_each_other_are_no_fault(tmp_path):
    assert not checked({"serverless.yml": PLAIN, **cyclic_import()}, tmp_path).findings


def test_file_that_includes_itself(tmp_path):
    files = {"serverless.yml": PLAIN + "custom: ${file(more.yml)}\n", "more.yml": "again: ${file(more.yml)}\n"}
    codes = set(checked({**files, "core.py": CODE}, tmp_path).counts)
    assert codes <= {"SRC002"}
