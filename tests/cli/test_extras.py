"""A command whose extra is not installed names the extra."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest
from typer.testing import CliRunner

from pycommon_cli.cli_error import CliError
from pycommon_cli.main import app
from pycommon_cli.required_extras import need

if TYPE_CHECKING:
    from pycommon_cli.local.project_folders import Project


def test_what_is_installed_is_no_trouble() -> None:
    need("cli", "typer")


def test_what_is_not_installed_is_named_with_its_extra() -> None:
    with pytest.raises(CliError, match="no-such-package") as caught:
        need("check", "no_such_package")
    assert caught.value.help_text == "pip install 'amplify-pycommon[check]'"
    assert caught.value.exit_code == 2


def test_the_local_aws_names_its_extra(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """`amplify-pycommon[cli]` does not install psutil. The command must not end in a traceback."""
    monkeypatch.setitem(sys.modules, "psutil", None)
    for command in (["local", "status"], ["keys", "list"], ["usage", "list", "acc-1"]):
        result = CliRunner().invoke(app, [*command, "--project", str(project.root)])
        assert (result.exit_code, "amplify-pycommon[local]" in result.stderr) == (2, True), result.output
