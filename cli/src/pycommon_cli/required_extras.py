"""Check that the package that a command needs is installed, and name the extra that installs it."""

from importlib.util import find_spec

from pycommon_cli.cli_error import CliError


def need(extra: str, module: str) -> None:
    """Check that `module`, which the extra `extra` installs, can be imported.

    Raises:
        CliError: `module` is not installed.
    """
    if find_spec(module) is None:
        raise CliError(
            f"This command needs the package {module.replace('_', '-')}, which is not installed.",
            f"pip install 'amplify-pycommon[{extra}]'",
        )
