"""Commands whose extra is not installed say so, and which it is."""

from __future__ import annotations

import pytest

from pycommon_cli.cli_error import CliError
from pycommon_cli.required_extras import need


def test_what_is_installed_is_no_trouble() -> None:
    need("cli", "typer")


def test_what_is_not_installed_is_named_with_its_extra() -> None:
    with pytest.raises(CliError, match="no-such-package") as caught:
        need("check", "no_such_package")
    assert caught.value.help_text == "pip install 'amplify-pycommon[check]'"
    assert caught.value.exit_code == 2
