"""`pycommon check` and `pycommon rule` as a person runs them."""

import json
import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest
from typer.testing import CliRunner

from pycommon_cli.check.rules import rules
from pycommon_cli.main import app
from tests.check.examples import example

CORPUS = Path(__file__).parents[1] / "check" / "corpus"


@pytest.fixture
def project(tmp_path, monkeypatch):
    """A project with one bad service and one good."""
    (tmp_path / "pyproject.toml").write_text("[tool.pycommon.check]\nselect = ['EVT001', 'OPS001', 'IAM004']\n")
    for name, code, heading in (("bad", "EVT001", "Bad"), ("good", "EVT001", "Good"), ("wild", "IAM004", "Bad")):
        for file, text in example(code, heading).items():
            (tmp_path / name).mkdir(exist_ok=True)
            (tmp_path / name / file).write_text(text)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(*arguments):
    return CliRunner().invoke(app, ["check", *map(str, arguments)])


def codes(result):
    return [each["code"] for each in json.loads(result.stdout)["findings"]]


def test_exit_codes(project):
    assert run("good").exit_code == 0
    assert run("bad").exit_code == 1
    assert run("bad", "--exit-zero").exit_code == 0
    assert run("nowhere").exit_code == 2
    assert run("bad", "--select", "NOPE").exit_code == 2


def test_whole_repository_in_one_call(project):
    result = run("--format", "json")
    assert json.loads(result.stdout)["services"] == ["bad", "good", "wild"]
    assert codes(result) == ["EVT001", "IAM004"]


def test_file_stands_for_its_service(project):
    assert codes(run("bad/core.py", "--format", "json")) == ["EVT001"]
    assert run("pyproject.toml").exit_code == 0


def test_folder_without_services_cannot_be_checked(project):
    (project / "empty").mkdir()
    result = run("empty")
    assert result.exit_code == 2
    assert "There is no serverless.yml in empty or below." in result.stderr


def test_excluded_and_hidden_folders_are_not_entered(project):
    for name in ("node_modules", ".serverless", "old"):
        shutil.copytree(project / "bad", project / name / "bad")
    (project / "pyproject.toml").write_text("[tool.pycommon.check]\nselect = ['EVT001']\nexclude = ['old']\n")
    assert codes(run("--format", "json")) == ["EVT001"]


def test_select_and_ignore(project):
    assert codes(run("--select", "IAM,EVT001", "--format", "json")) == ["EVT001", "IAM004"]
    assert codes(run("--select", "IAM", "--select", "EVT001", "--ignore", "EVT001", "--format", "json")) == ["IAM004"]


def test_settings_that_mean_nothing_are_told(project):
    (project / "pyproject.toml").write_text("[tool.pycommon.check]\nselekt = []\n")
    result = run("good")
    assert result.exit_code == 2
    assert "did you mean select?" in result.stderr


def test_text_has_excerpts_and_no_colour_without_a_terminal(project):
    result = run("bad")
    assert " --> bad/core.py:10:1" in result.stdout
    assert "10 | def run(event, context):" in result.stdout
    assert "\x1b[" not in result.stdout


def test_report_goes_into_a_file(project):
    result = run("bad", "--format", "sarif", "--output", "report.sarif")
    assert (result.exit_code, result.stdout) == (1, "")
    assert json.loads((project / "report.sarif").read_text())["version"] == "2.1.0"


def test_statistics(project):
    assert run("--statistics").stdout.splitlines() == ["    1  EVT001  not-tracked", "    1  IAM004  wildcard-action"]


def test_baseline_lets_old_findings_rest(project):
    assert run("--baseline", "known.json", "--update-baseline").exit_code == 0
    assert run("--baseline", "known.json").exit_code == 0
    core = project / "bad" / "core.py"
    core.write_text("# one line more\n" + core.read_text() + "\n\ndef other(event, context):\n    return None\n")
    assert run("--baseline", "known.json").exit_code == 0
    yml = project / "bad" / "serverless.yml"
    yml.write_text(yml.read_text() + "  other:\n    handler: core.other\n    events:\n      - schedule: rate(1 day)\n")
    result = run("--baseline", "known.json", "--format", "json")
    assert [each["function"] for each in json.loads(result.stdout)["findings"]] == ["other"]


def test_missing_baseline_is_told(project):
    result = run("--baseline", "none.json")
    assert result.exit_code == 2
    assert "--update-baseline" in result.stderr


def test_baseline_of_the_settings(project):
    (project / "pyproject.toml").write_text("[tool.pycommon.check]\nselect = ['EVT001']\nbaseline = 'known.json'\n")
    assert run("--update-baseline").exit_code == 0
    assert (project / "known.json").is_file()
    assert run().exit_code == 0


@pytest.fixture
def fixable(project):
    for file, text in example("DEC001", "Bad").items():
        (project / "bad" / file).write_text(text)
    (project / "pyproject.toml").write_text("[tool.pycommon.check]\nselect = ['DEC', 'EVT002']\n")
    return project


def test_diff_shows_and_changes_nothing(fixable):
    before = (fixable / "bad" / "core.py").read_text()
    result = run("bad", "--diff")
    assert result.exit_code == 1
    assert "\n+@required_env_vars" in result.stdout
    assert (fixable / "bad" / "core.py").read_text() == before


def test_fix_mends_and_has_nothing_to_do_again(fixable):
    result = run("bad", "--fix")
    assert result.exit_code == 0
    assert "fixed bad/core.py:" in result.stderr
    text = (fixable / "bad" / "core.py").read_text()
    assert text.index("@required_env_vars") < text.index("@track_execution")
    assert "USAGE_METRICS_DYNAMO_TABLE" in text
    again = run("bad", "--fix")
    assert (again.exit_code, again.stderr) == (0, "")
    assert (fixable / "bad" / "core.py").read_text() == text
    assert run("bad", "--diff").stdout == ""


def test_stage_of_variables(project):
    yml = project / "good" / "serverless.yml"
    yml.write_text(yml.read_text() + "custom: ${file(var-${sls:stage}.yml)}\n")
    (project / "good" / "var-prod.yml").write_text("a: 1\n")
    assert run("good", "--stage", "prod", "--select", "SRC").exit_code == 0
    assert run("good", "--select", "SRC").exit_code == 1


def test_watch_checks_again_when_a_file_changes(project):
    command = [sys.executable, "-u", "-c", "from pycommon_cli.main import app; app()", "check", "bad", "--watch"]
    process = subprocess.Popen(command, cwd=project, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        assert "Found 1 warning" in _until(process, "Found")
        core = project / "bad" / "core.py"
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:  # the watch begins a moment after the first report
            core.write_text(
                core.read_text().replace("def run(event, context):\n", "def run(event, context):  # noqa\n")
            )
            os.utime(core)
            if line := _line(process, 1.0):
                break
        assert "No findings" in line + _until(process, "No findings")
    finally:
        process.kill()
        process.wait(10)
        process.stdout.close()
        process.stderr.close()


def _until(process, text):
    read = ""
    while text not in read:
        line = process.stdout.readline()
        assert line, process.stderr.read()
        read += line
    return read


def _line(process, seconds):
    import select

    ready, _, _ = select.select([process.stdout], [], [], seconds)
    return process.stdout.readline() if ready else ""


def test_corpus_in_processes_is_as_in_one(project):
    """Facts go from process to process and lose nothing on the way."""
    from pycommon_cli.check.check_settings import Settings
    from pycommon_cli.check.service_check import check

    folders = sorted(file.parent for file in CORPUS.glob("*/serverless.yml"))[:20]
    one, two = (check(folders, CORPUS, Settings(), jobs=jobs) for jobs in (1, 2))
    assert one == two


def explained(*arguments):
    return CliRunner().invoke(app, ["rule", *arguments])


def test_rule_is_explained():
    assert explained("iam003").stdout.startswith("# IAM003: wrong-resource\n")


def test_unknown_rule_is_told():
    result = explained("IAM03")
    assert result.exit_code == 2
    assert "Did you mean IAM003?" in result.stderr


def test_every_rule_is_listed():
    listed = re.findall(r"^  ([A-Z]+\d+) ", explained("--all").stdout, re.MULTILINE)
    assert listed == list(rules())
    assert explained().exit_code == 2


DOCS = (Path(__file__).parents[2] / "docs" / "check-command.md").read_text("utf-8")


def test_every_option_is_in_the_docs():
    import typer

    command = typer.main.get_command(app).commands["check"]
    options = {name for parameter in command.params for name in parameter.opts if name.startswith("--")}
    assert {name for name in options - {"--help"} if f"`{name}" not in DOCS} == set()


def test_every_setting_and_group_is_in_the_docs():
    from pycommon_cli.check.rules import GROUPS
    from pycommon_cli.project_settings import KEYS

    assert {name for name in KEYS if not re.search(rf"^(\[tool.pycommon.check.)?{name}\b", DOCS, re.MULTILINE)} == set()
    assert {letters for letters in GROUPS if f"| `{letters}` |" not in DOCS} == set()
