"""The baseline recognizes findings when lines move, and only as many as it has."""

import json

import pytest

from pycommon_cli.analysis.facts import Place
from pycommon_cli.check.baseline import BaselineError, read_baseline, write_baseline
from pycommon_cli.check.findings import Finding, Severity


def finding(line=1, code="IAM001", message="m", path="a.py"):
    return Finding(code, Severity.ERROR, message, "", Place(path, line))


def test_what_is_known_is_not_new(tmp_path):
    file = tmp_path / "baseline.json"
    assert write_baseline(file, [finding(3), finding(9, code="ENV001")]) == 2
    known = read_baseline(file)
    assert known.new([finding(4), finding(11, code="ENV001")]) == []
    assert known.new([finding(4), finding(5)]) == [finding(5)]
    assert known.new([finding(4, message="other"), finding(4, path="b.py")]) == [
        finding(4, message="other"),
        finding(4, path="b.py"),
    ]


def test_how_many_are_gone(tmp_path):
    file = tmp_path / "baseline.json"
    write_baseline(file, [finding(3), finding(9), finding(2, code="ENV001")])
    assert read_baseline(file).gone([finding(3)]) == 2


def test_file_is_the_same_whatever_the_order(tmp_path):
    one, other = tmp_path / "one", tmp_path / "other"
    write_baseline(one, [finding(3), finding(1, path="b.py")])
    write_baseline(other, [finding(8, path="b.py"), finding(2)])
    assert one.read_text() == other.read_text()
    assert json.loads(one.read_text())["findings"][0] == {"path": "a.py", "code": "IAM001", "message": "m", "count": 1}


@pytest.mark.parametrize("text", ["", "[]", '{"findings": [{}]}', '{"findings": [{"code": 1}]}'])
def test_what_is_no_baseline_is_refused(text, tmp_path):
    file = tmp_path / "baseline.json"
    file.write_text(text)
    with pytest.raises(BaselineError, match="not a baseline"):
        read_baseline(file)


def test_missing_baseline_says_how_to_make_one(tmp_path):
    with pytest.raises(BaselineError, match="--update-baseline"):
        read_baseline(tmp_path / "none.json")
