"""The command `pycommon`: hand over to the command line, or say how to install it.

The library installs this command, so that a function's package never holds the tools behind it. They are the
distribution `amplify-pycommon-cli`.
"""

from __future__ import annotations

import sys

__all__ = ["main"]

_COULD_NOT_RUN = 2


def main() -> int:
    """Run the command line. Return 2 when it is not installed; `--version` needs the library only."""
    try:
        from pycommon_cli.main import app
    except ModuleNotFoundError as error:
        if error.name is None or error.name.partition(".")[0] == "pycommon":
            raise
        return _without_command_line(error.name)
    app()
    return 0


def _without_command_line(missing: str) -> int:
    if sys.argv[1:] == ["--version"]:
        from importlib import metadata

        sys.stdout.write(f"pycommon {metadata.version('amplify-pycommon')}\n")
        return 0
    sys.stderr.write(
        f"error: the command line is not installed: the package {missing.partition('.')[0]} is missing.\n"
        "help: pip install 'amplify-pycommon[cli]'\n"
    )
    return _COULD_NOT_RUN


if __name__ == "__main__":
    sys.exit(main())
