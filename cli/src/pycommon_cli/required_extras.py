"""Extras of the distribution that a command needs, told in a sentence where one is not installed."""

from importlib.util import find_spec

from pycommon_cli.cli_error import CliError


def need(extra: str, module: str) -> None:
    """See that `module`, which comes with `extra`, can be imported.

    Raises:
        CliError: it cannot.
    """
    if find_spec(module) is None:
        raise CliError(
            f"This command needs the package {module.replace('_', '-')}, which is not installed.",
            f"pip install 'amplify-pycommon[{extra}]'",
        )
