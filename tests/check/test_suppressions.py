"""`# noqa` in Python and in YAML, for a line and for a file."""

import pytest

from tests.check.examples import checked, example


def edited(files, name, old, new):
    assert old in files[name]
    return {**files, name: files[name].replace(old, new, 1)}


@pytest.mark.parametrize(
    ("comment", "silenced"),
    [
        ("# noqa", True),
        ("# noqa: IAM004", True),
        ("# noqa: IAM005, IAM004", True),
        ("# noqa: iam004", True),
        ("#noqa:IAM004 - a migration", True),
        ("# noqa: IAM005", False),
        ("# noqa-list: IAM004", False),
        ("# a note", False),
    ],
)
def test_comment_in_yaml(comment, silenced, tmp_path):
    files = edited(example("IAM004", "Bad"), "serverless.yml", "dynamodb:*\n", f"dynamodb:* {comment}\n")
    report = checked(files, tmp_path)
    assert ("IAM004" not in report.counts) is silenced
    assert report.silenced == int(silenced)


@pytest.mark.parametrize(
    ("comment", "silenced"),
    [("# noqa", True), ("# noqa: EVT001", True), ("# noqa: EVT001,E501", True), ("# noqa: E501", False)],
)
def test_comment_in_python(comment, silenced, tmp_path):
    line = "def run(event, context):\n"
    files = edited(example("EVT001", "Bad"), "core.py", line, line.replace("\n", f"  {comment}\n"))
    assert ("EVT001" not in checked(files, tmp_path).counts) is silenced


def test_text_that_looks_like_a_comment_silences_nothing(tmp_path):
    line = "def run(event, context):\n"
    files = edited(example("EVT001", "Bad"), "core.py", line, 'def run(event, context="# noqa"):\n')
    assert "EVT001" in checked(files, tmp_path).counts


@pytest.mark.parametrize("name", ["serverless.yml", "core.py"])
def test_whole_file(name, tmp_path):
    code = {"serverless.yml": "IAM004", "core.py": "EVT001"}[name]
    files = example(code, "Bad")
    files[name] = f"# pycommon: noqa: {code}\n{files[name]}"
    assert code not in checked(files, tmp_path).counts
