import json
import pkgutil
import subprocess
import sys
from importlib import metadata

import pytest
from typer.testing import CliRunner

import pycommon
from pycommon_cli.main import app

SLOW = ("boto3", "botocore", "psutil", "rich.console", "yaml", "pycommon_cli.local.local_aws")


def run(*arguments):
    return CliRunner().invoke(app, list(arguments))


def test_version():
    result = run("--version")
    assert result.exit_code == 0
    assert result.stdout == f"pycommon {metadata.version('amplify-pycommon')}\n"


def modules_after(code):
    """Return the modules that a new interpreter has loaded after `code`."""
    command = [sys.executable, "-c", f"{code}; import sys, json; print(json.dumps(sorted(sys.modules)))"]
    return json.loads(subprocess.run(command, capture_output=True, check=True).stdout)


def test_the_frame_loads_nothing_slow():
    loaded = modules_after("import pycommon_cli.main")
    assert [name for name in SLOW if name in loaded] == []


def test_the_library_never_loads_the_command_line():
    library = [
        name
        for _, name, _ in pkgutil.walk_packages(pycommon.__path__, "pycommon.")
        if not name.startswith(("pycommon.__main__", "pycommon.testing"))
    ]
    loaded = modules_after(f"import {', '.join(library)}")
    assert [name for name in loaded if name.startswith("pycommon_cli") or name in ("typer", "rich")] == []


@pytest.mark.parametrize(
    ("arguments", "says", "help_text"),
    [
        (["status"], "No project found", "--project"),
        (["call", "GET", "/x", "--header", "nonsense"], "'nonsense' is not a header", "Name: value"),
        (["call", "POST", "/x", "--data", "@missing.json"], "missing.json could not be read", ""),
        (["logs", "f", "--since", "3 weeks"], "'3 weeks' is not a duration", "90s, 10m, 2h, 1d"),
    ],
)
def test_what_cannot_run_is_one_sentence_with_help(arguments, says, help_text, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    result = run("local", *arguments)
    assert result.exit_code == 2
    assert says in result.stderr
    assert help_text in result.stderr
    assert "Traceback" not in result.stderr
    assert result.stdout == ""


@pytest.mark.parametrize(
    ("arguments", "exit_code", "says"),
    [
        (["token"], 2, "does not run"),
        (["deploy", "amplify-gone"], 1, "Known folders: amplify-platform, amplify-greeting"),
        (["status"], 1, "does not run"),
        (["down"], 0, "does not run"),
    ],
)
def test_without_a_running_local_aws(arguments, exit_code, says, project):
    result = run("local", *arguments, "--project", str(project.root))
    assert result.exit_code == exit_code
    assert says in result.stderr + result.stdout


def test_status_is_readable_by_programs(project):
    result = run("local", "status", "--project", str(project.root), "--format", "json")
    assert json.loads(result.stdout)["running"] is False


def test_an_unknown_format_is_a_usage_error(project):
    assert run("local", "status", "--project", str(project.root), "--format", "xml").exit_code == 2


def test_node_is_missing(project, monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    result = run("local", "up", "--project", str(project.root))
    assert result.exit_code == 2
    assert "Node.js was not found on PATH" in result.stderr
    assert "20.19" in result.stderr


def test_node_is_too_old(project, monkeypatch, tmp_path):
    node = tmp_path / "node"
    node.write_text("#!/bin/sh\necho v20.18.3\n")
    node.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    result = run("local", "up", "--project", str(project.root))
    assert result.exit_code == 2
    assert "Node.js v20.18.3" in result.stderr
